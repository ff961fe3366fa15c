// What checks become.

import { stringAttribute } from "../../ir/attributes.ts";
import { InternalError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { checkWith } from "../schedule/check-with.ts";
import type { Effect } from "../schedule/program-parts.ts";
import { lowerConditionCheck } from "./condition-check.ts";

export function effectsOf(node: Node): readonly Effect[] {
  if (node.op !== "check") throw new InternalError(`${node.op} has no effect`);
  const condition = node.inputs[1]!;
  const message = stringAttribute(node, "message");
  return [{
    node, reads: [condition], key: `check ${condition.id} ${message}`,
    lower: (parts, context) => checkWith(parts, `E607 check: ${message}`, node, (flag) => lowerConditionCheck(condition, flag, context)),
  }];
}
