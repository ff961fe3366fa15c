// What is looked at before a routine is called: the operands that are indices, and the conditions under which it has no failure.

import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import { batchShape, siteOf } from "../../ir/routine.ts";
import { failureMessage } from "../../ir/routines/evaluate-routine.ts";
import { opOf } from "../../ir/table.ts";
import { lowerConditionCheck } from "../effects/condition-check.ts";
import { checkWith } from "../schedule/check-with.ts";
import { indexChecks } from "../schedule/index-check.ts";
import type { Effect } from "../schedule/program-parts.ts";

export function checksOf(node: Node): readonly Effect[] {
  const { lower } = opOf(node.op);
  if (lower.kind !== "routine") return [];
  const { indices = [], failures } = lower.routine;
  const site = siteOf(lower.routine, node);
  const batch = batchShape(lower.routine, node.inputs.map(({ type }) => type));
  const conditions = lower.conditions?.(createBuilder(node.location), node) ?? [];
  return [
    ...indexChecks(node, indices.map(({ operand, limit }) => ({ index: node.inputs[operand]!, limit: limit(site) }))),
    ...conditions.map((condition, i): Effect => ({
      node, reads: [condition], key: `condition ${i} of ${node.id}`,
      lower: (parts, context) => checkWith(parts, `E609 ${node.location?.call ?? node.op}: ${failureMessage(failures[i]!, batch, "{0}")}`, node, (flag) => lowerConditionCheck(condition, flag, context, batch.length)),
    })),
  ];
}
