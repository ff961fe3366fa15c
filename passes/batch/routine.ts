// Ops that call routines know of a batch already: one more axis before it. An operand that all elements share stays what it is where
// it is the same for all members.

import { InternalError } from "../../ir/errors.ts";
import { batchShape } from "../../ir/routine.ts";
import { opOf } from "../../ir/table.ts";
import type { BatchingRule } from "./rule.ts";
import { batched, spread } from "./value.ts";

export const routine: BatchingRule = {
  kind: "region",
  build(batch, node, operands) {
    const { lower } = opOf(node.op);
    if (lower.kind !== "routine") throw new InternalError(`${node.op} calls no routine`);
    const { operandRanks } = lower.routine;
    const own = batchShape(lower.routine, node.inputs.map(({ type }) => type));
    const { b, size } = batch;
    const made = b.make(node.op, operands.map((operand, i) => {
      const isShared = node.inputs[i]!.type.shape.length === operandRanks[i];
      if (!operand.isBatched) return isShared ? operand.node : spread(batch, operand);
      // Shared by the elements, but not by the members: it takes part in the batch, as the others do.
      const { shape } = operand.node.type;
      return isShared && own.length > 0 ? b.broadcast(operand.node, [size, ...own, ...shape.slice(1)], [0, ...shape.slice(1).map((_, axis) => 1 + own.length + axis)]) : operand.node;
    }), node.attributes);
    return node.results.length === 1 && lower.routine.resultRanks.length === 1 ? [batched(made)] : node.results.map((_, i) => batched(b.result(made, i)));
  },
};
