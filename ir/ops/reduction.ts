// Reductions: the named axes disappear. Elements are combined in row-major order; nothing reduced gives the identity.

import { intsAttribute } from "../attributes.ts";
import { allocateTensor, stridesOf } from "../data.ts";
import { type CombineOp, identityOf } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { Gradient, GraphBuilder, Lower, OpDefinition } from "../op.ts";
import type { DType } from "../types.ts";
import { tensorType } from "../types.ts";
import { argReductionOps } from "./arg-reduction.ts";
import { combineOf } from "./combine-elements.ts";
import { exclusiveProduct } from "./exclusive-product.ts";
import { stretchBack } from "./stretch-back.ts";
import { elementsOf, forEachIndex, offsetAt } from "./index-space.ts";
import { checkAxes, checkDType } from "./structural-checks.ts";

interface Reduction<Name extends string> {
  readonly name: Name;
  readonly combine: CombineOp;
  readonly accepts: (dtype: DType) => boolean;
  readonly wanted: string;
  readonly gradient: Gradient;
}

function define<Name extends string>({ name, combine, accepts, wanted, gradient }: Reduction<Name>): OpDefinition<Name> {
  return {
    name,
    arity: 1,
    attributes: { axes: "ints" },
    infer([operand], attributes) {
      const axes = intsAttribute({ attributes }, "axes");
      checkDType(name, operand!, accepts, wanted);
      checkAxes(name, axes, operand!.shape.length);
      return tensorType(operand!.dtype, operand!.shape.filter((_, axis) => !axes.includes(axis)));
    },
    evaluate([operand], context) {
      const axes = intsAttribute(context, "axes");
      const result = allocateTensor(context.type.dtype, context.type.shape);
      const [from, to] = [elementsOf(operand!), elementsOf(result)];
      const apply = combineOf(combine, context.type.dtype);
      const strides = reducedStrides(operand!.shape, axes);
      to.fill(identityOf(combine, context.type.dtype));
      forEachIndex(operand!.shape, (index, position) => {
        const at = offsetAt(index, strides);
        to[at] = apply(to[at]!, from[position]!);
      });
      return result;
    },
    gradient,
    lower: lowerReduction(combine),
  };
}

/** Strides, over the operand's axes, of the result without the reduced ones. */
export function reducedStrides(shape: readonly number[], axes: readonly number[]): readonly number[] {
  const kept = stridesOf(shape.filter((_, axis) => !axes.includes(axis)));
  let next = 0;
  return shape.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]!));
}

function lowerReduction(combine: CombineOp): Lower {
  return {
    kind: "reduction",
    axes: (node) => intsAttribute(node, "axes"),
    combine,
  };
}

const sumGradient: Gradient = {
  kind: "linear",
  inputs: [0],
  transpose: (b, node, cotangent) => stretchBack(b, cotangent, node.inputs[0]!, intsAttribute(node, "axes")),
};

const productGradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const [x] = node.inputs;
    const axes = intsAttribute(node, "axes");
    return [b.mul(stretchBack(b, cotangent, x!, axes), exclusiveProduct(b, x!, axes))];
  },
  jvp(b, node, [tangent]) {
    const axes = intsAttribute(node, "axes");
    return tangent && b.sum(b.mul(tangent, exclusiveProduct(b, node.inputs[0]!, axes)), axes);
  },
};

/** The elements that equal the extremum share the gradient equally. */
const extremumGradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const [x] = node.inputs;
    const axes = intsAttribute(node, "axes");
    const { ties, count } = tiesOf(b, x!, node, axes);
    return [b.mul(ties, stretchBack(b, b.div(cotangent, count), x!, axes))];
  },
  jvp(b, node, [tangent]) {
    if (tangent === undefined) return undefined;
    const axes = intsAttribute(node, "axes");
    const { ties, count } = tiesOf(b, node.inputs[0]!, node, axes);
    return b.div(b.sum(b.mul(ties, tangent), axes), count);
  },
};

/** 1 where `x` equals the extremum of its group and 0 elsewhere, and how many there are in each group. */
export function tiesOf(b: GraphBuilder, x: Node, extremum: Node, axes: readonly number[]): { readonly ties: Node; readonly count: Node } {
  const ties = b.convert(b.binary("eq", x, stretchBack(b, extremum, x, axes)), x.type.dtype);
  return { ties, count: b.sum(ties, axes) };
}

const isNumeric = (dtype: DType): boolean => dtype !== "bool";
const isBool = (dtype: DType): boolean => dtype === "bool";

const numeric = <Name extends string>(name: Name, combine: CombineOp, gradient: Gradient): OpDefinition<Name> =>
  define({ name, combine, accepts: isNumeric, wanted: "numbers", gradient });
const logical = <Name extends string>(name: Name, combine: CombineOp): OpDefinition<Name> =>
  define({ name, combine, accepts: isBool, wanted: "bool", gradient: { kind: "zero" } });

export const reductionOps = [
  numeric("reduce_sum", "add", sumGradient),
  numeric("reduce_prod", "mul", productGradient),
  numeric("reduce_max", "max", extremumGradient),
  numeric("reduce_min", "min", extremumGradient),
  logical("reduce_any", "or"),
  logical("reduce_all", "and"),
  ...argReductionOps,
] as const;
