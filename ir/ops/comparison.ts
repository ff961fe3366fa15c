// Comparisons and the choice between two tensors.

import { allocateTensor } from "../data.ts";
import type { ScalarOp } from "../kernel/scalar.ts";
import type { OpDefinition } from "../op.ts";
import { dtypes } from "../types.ts";
import { checkDType, checkShape, inferSame, lowerElement, test } from "./elementwise-entry.ts";

type Operand = number | bigint;

function comparison<Name extends ScalarOp>(name: Name, holds: (a: Operand, b: Operand) => boolean): OpDefinition<Name> {
  return test({ name, accepts: dtypes, holds, element: (kernel, [a, b]) => kernel.op(name, a!, b!) }, 2);
}

export const comparisonOps = [
  comparison("eq", (a, b) => a === b),
  comparison("ne", (a, b) => a !== b),
  comparison("lt", (a, b) => a < b),
  comparison("le", (a, b) => a <= b),
  comparison("gt", (a, b) => a > b),
  comparison("ge", (a, b) => a >= b),
  {
    // select(condition, a, b): a where the condition holds, b elsewhere; all of one shape
    name: "select",
    arity: 3,
    attributes: {},
    infer: (operands) => {
      const [condition, a, b] = operands;
      checkDType("select (condition)", ["bool"], condition!.dtype);
      checkShape("select", condition!, a!);
      return inferSame("select", dtypes, [a!, b!]);
    },
    evaluate: ([condition, a, b], { type }) => {
      const result = allocateTensor(type.dtype, type.shape);
      for (let i = 0; i < result.data.length; i++) result.data[i] = condition!.data[i] ? a!.data[i]! : b!.data[i]!;
      return result;
    },
    gradient: {
      kind: "linear",
      inputs: [1, 2],
      // Not a product with the condition: a NaN or infinity of the side not taken must not get through.
      transpose: (b, node, cotangent, input) => {
        const none = b.fullLike(cotangent, 0);
        return input === 1 ? b.select(node.inputs[0]!, cotangent, none) : b.select(node.inputs[0]!, none, cotangent);
      },
    },
    lower: lowerElement((kernel, [condition, a, b]) => kernel.select(condition!, a!, b!)),
  },
] as const satisfies readonly OpDefinition[];
