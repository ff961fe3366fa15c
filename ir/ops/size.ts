// size: a dimension as a value, an i32 scalar. The only way from sizes to elements.

import { concreteDimsAttribute, dimsAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { OpDefinition } from "../op.ts";
import { tensorType } from "../types.ts";

export const sizeOps = [{
  name: "size",
  arity: 0,
  attributes: { size: "dims" },
  infer(_operands, attributes) {
    const count = dimsAttribute({ attributes }, "size").length;
    if (count !== 1) throw userError("E205", { op: "size", message: `takes one size, not ${count}` });
    return tensorType("i32", []);
  },
  evaluate: (_operands, context) => ({ dtype: "i32", shape: [], data: Int32Array.of(concreteDimsAttribute(context, "size")[0]!) }),
  gradient: { kind: "zero" },
  lower: { kind: "movement", element: (b, _index, node) => b.dim(dimsAttribute(node, "size")[0]!) },
}] as const satisfies readonly OpDefinition[];
