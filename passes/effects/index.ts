// What effects become.

import { stringAttribute } from "../../ir/attributes.ts";
import { InternalError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { checkWith } from "../schedule/check-with.ts";
import type { Effect } from "../schedule/program-parts.ts";
import { lowerConditionCheck } from "./condition-check.ts";
import { lowerPrint } from "./print.ts";

export function effectsOf(node: Node): readonly Effect[] {
  switch (node.op) {
    case "check": return [checkEffect(node)];
    case "print": return [{ node, reads: [node.inputs[0]!], key: `print ${node.id}`, lower: (parts, context) => [lowerPrint(node, parts, context)] }];
    default: throw new InternalError(`${node.op} has no effect`);
  }
}

function checkEffect(node: Node): Effect {
  const condition = node.inputs[1]!;
  const [failing, message] = ["failing", "message"].map((name) => stringAttribute(node, name)) as [string, string];
  const title = failing === "check" ? "E607 check" : `E609 ${node.location?.call ?? failing}`;
  return {
    node, reads: [condition], key: `check ${condition.id} ${title} ${message}`,
    lower: (parts, context) => checkWith(parts, `${title}: ${message}`, node, (flag) => lowerConditionCheck(condition, flag, context)),
  };
}
