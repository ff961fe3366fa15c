// Running combinations along one axis: result element i combines the elements up to and including i, or, reversed, from
// i on. Combined one after the other, in that order.

import { boolAttribute, intAttribute } from "../attributes.ts";
import { allocateTensor, stridesOf } from "../data.ts";
import type { CombineOp } from "../kernel/scalar.ts";
import type { Gradient, OpDefinition } from "../op.ts";
import { combineOf } from "./combine-elements.ts";
import { extremumGradient, productGradient } from "./cumulative-gradient.ts";
import { elementsOf, forEachIndex } from "./index-space.ts";
import { checkAxes, checkDType } from "./structural-checks.ts";

function define<Name extends string>(name: Name, combine: CombineOp, gradient: Gradient): OpDefinition<Name> {
  return {
    name,
    arity: 1,
    attributes: { axis: "int", reverse: "bool" },
    infer([operand], attributes) {
      checkDType(name, operand!, (dtype) => dtype !== "bool", "numbers");
      checkAxes(name, [intAttribute({ attributes }, "axis")], operand!.shape.length);
      return operand!;
    },
    evaluate([operand], context) {
      const axis = intAttribute(context, "axis");
      const reverse = boolAttribute(context, "reverse");
      const { dtype, shape } = operand!;
      const result = allocateTensor(dtype, shape);
      const [from, to] = [elementsOf(operand!), elementsOf(result)];
      const apply = combineOf(combine, dtype);
      const stride = stridesOf(shape)[axis]!;
      const last = shape[axis]! - 1;
      // Visits the lines along the axis by their first element.
      forEachIndex(shape, (index, position) => {
        if (index[axis] !== 0) return;
        for (let i = 0; i <= last; i++) {
          const at = position + (reverse ? last - i : i) * stride;
          to[at] = i === 0 ? from[at]! : apply(to[reverse ? at + stride : at - stride]!, from[at]!);
        }
      });
      return result;
    },
    gradient,
    lower: {
      kind: "cumulative",
      axis: (node) => intAttribute(node, "axis"),
      reverse: (node) => boolAttribute(node, "reverse"),
      combine,
    },
  };
}

const sumGradient: Gradient = {
  kind: "linear",
  inputs: [0],
  transpose: (b, node, cotangent) =>
    b.make("cumsum", [cotangent], { axis: intAttribute(node, "axis"), reverse: !boolAttribute(node, "reverse") }),
};

export const cumulativeOps = [
  define("cumsum", "add", sumGradient),
  define("cumprod", "mul", productGradient),
  define("cummax", "max", extremumGradient),
  define("cummin", "min", extremumGradient),
] as const;
