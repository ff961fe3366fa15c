// Ops that rearrange elements by a fixed map of indices: none computes anything, all are linear.

import { dimsAttribute, dtypeAttribute, intAttribute, intsAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { OpDefinition } from "../op.ts";
import { productOfDims, showDim, subDims } from "../size.ts";
import { shapeEquals, showShape, showType, tensorType } from "../types.ts";
import { concat } from "./concat.ts";
import { readerOf, tabulate } from "./index-space.ts";
import { reshapeIndex } from "./reshape-index.ts";
import { checkAxes, checkDType, checkEntries, checkShape } from "./structural-checks.ts";

const broadcast: OpDefinition<"broadcast"> = {
  name: "broadcast",
  arity: 1,
  attributes: { shape: "dims", axes: "ints" },
  infer([operand], attributes) {
    const shape = dimsAttribute({ attributes }, "shape");
    const axes = intsAttribute({ attributes }, "axes");
    checkShape("broadcast", shape);
    checkEntries("broadcast", "axes", axes, operand!.shape.length);
    checkAxes("broadcast", axes, shape.length);
    if (axes.some((axis, i) => i > 0 && axis <= axes[i - 1]!)) {
      throw userError("E204", { op: "broadcast", message: `axes [${axes}] are not in increasing order`, hint: "transpose first" });
    }
    operand!.shape.forEach((dim, i) => {
      if (dim !== 1 && dim !== shape[axes[i]!]) {
        throw userError("E203", {
          op: "broadcast",
          message: `${showShape(operand!.shape)} does not stretch to ${showShape(shape)} along axes [${axes}]`,
        });
      }
    });
    return tensorType(operand!.dtype, shape);
  },
  evaluate([operand], context) {
    const axes = intsAttribute(context, "axes");
    const read = readerOf(operand!);
    return tabulate(context, (index) => read(axes.map((axis, i) => (operand!.shape[i] === 1 ? 0 : index[axis]!))));
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose(b, node, cotangent) {
      const { shape } = node.inputs[0]!.type;
      const axes = intsAttribute(node, "axes");
      const kept = axes.filter((axis, i) => shape[i] !== 1 || node.type.shape[axis] === 1);
      const summed = node.type.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
      return b.reshape(b.sum(cotangent, summed), shape);
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const { shape } = node.inputs[0]!.type;
      return b.operand(0, intsAttribute(node, "axes").map((axis, i) => (shape[i] === 1 ? b.kernel.i32(0) : index[axis]!)));
    },
  },
};

const reshape: OpDefinition<"reshape"> = {
  name: "reshape",
  arity: 1,
  attributes: { shape: "dims" },
  infer([operand], attributes) {
    const shape = dimsAttribute({ attributes }, "shape");
    checkShape("reshape", shape);
    const [from, to] = [productOfDims(operand!.shape), productOfDims(shape)];
    if (from !== to) {
      throw userError("E206", {
        op: "reshape",
        message: `${showShape(operand!.shape)} has ${showDim(from)} elements, ${showShape(shape)} has ${showDim(to)}`,
      });
    }
    return tensorType(operand!.dtype, shape);
  },
  evaluate: ([operand], { type }) => ({ dtype: operand!.dtype, shape: type.shape, data: operand!.data.slice() }),
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => b.reshape(cotangent, node.inputs[0]!.type.shape),
  },
  lower: {
    kind: "movement",
    element: (b, index, node) => b.operand(0, reshapeIndex(b, node.inputs[0]!.type.shape, node.type.shape, index)),
  },
};

const transpose: OpDefinition<"transpose"> = {
  name: "transpose",
  arity: 1,
  attributes: { permutation: "ints" },
  infer([operand], attributes) {
    const permutation = intsAttribute({ attributes }, "permutation");
    checkEntries("transpose", "permutation", permutation, operand!.shape.length);
    checkAxes("transpose", permutation, operand!.shape.length);
    return tensorType(operand!.dtype, permutation.map((axis) => operand!.shape[axis]!));
  },
  evaluate([operand], context) {
    const inverse = invertPermutation(intsAttribute(context, "permutation"));
    const read = readerOf(operand!);
    return tabulate(context, (index) => read(inverse.map((axis) => index[axis]!)));
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => b.transpose(cotangent, invertPermutation(intsAttribute(node, "permutation"))),
  },
  lower: {
    kind: "movement",
    element: (b, index, node) => b.operand(0, invertPermutation(intsAttribute(node, "permutation")).map((axis) => index[axis]!)),
  },
};

/** Axis a of the operand is axis `inverse[a]` of the result. */
export function invertPermutation(permutation: readonly number[]): readonly number[] {
  const inverse = permutation.map(() => 0);
  permutation.forEach((axis, i) => {
    inverse[axis] = i;
  });
  return inverse;
}

const reverse: OpDefinition<"reverse"> = {
  name: "reverse",
  arity: 1,
  attributes: { axes: "ints" },
  infer([operand], attributes) {
    checkAxes("reverse", intsAttribute({ attributes }, "axes"), operand!.shape.length);
    return operand!;
  },
  evaluate([operand], context) {
    const axes = intsAttribute(context, "axes");
    const read = readerOf(operand!);
    return tabulate(context, (index) => read(index.map((i, axis) => (axes.includes(axis) ? operand!.shape[axis]! - 1 - i : i))));
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => b.make("reverse", [cotangent], node.attributes),
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const axes = intsAttribute(node, "axes");
      return b.operand(0, index.map((i, axis) => (axes.includes(axis) ? b.kernel.sub(b.dim(subDims(node.type.shape[axis]!, 1)), i) : i)));
    },
  },
};

const iota: OpDefinition<"iota"> = {
  name: "iota",
  arity: 0,
  attributes: { dtype: "dtype", shape: "dims", axis: "int" },
  infer(_operands, attributes) {
    const type = tensorType(dtypeAttribute({ attributes }, "dtype"), dimsAttribute({ attributes }, "shape"));
    checkShape("iota", type.shape);
    checkDType("iota", type, (dtype) => dtype !== "bool", "a dtype of numbers");
    checkAxes("iota", [intAttribute({ attributes }, "axis")], type.shape.length);
    return type;
  },
  evaluate(_operands, context) {
    const axis = intAttribute(context, "axis");
    return tabulate(context, (index) => (context.type.dtype === "i64" ? BigInt(index[axis]!) : index[axis]!));
  },
  gradient: { kind: "zero" },
  lower: {
    kind: "movement",
    element: (b, index, node) => b.kernel.convert(index[intAttribute(node, "axis")]!, node.type.dtype),
  },
};

const assume: OpDefinition<"assume"> = {
  name: "assume",
  arity: 1,
  attributes: { shape: "dims" },
  infer([operand], attributes) {
    const shape = dimsAttribute({ attributes }, "shape");
    checkShape("assume", shape);
    checkEntries("assume", "shape", shape, operand!.shape.length);
    shape.forEach((dim, axis) => {
      const own = operand!.shape[axis]!;
      if (typeof dim === "number" && typeof own === "number" && dim !== own) {
        throw userError("E210", { op: "assume", message: `${showType(operand!)} cannot have shape ${showShape(shape)}` });
      }
    });
    return tensorType(operand!.dtype, shape);
  },
  evaluate([operand], { type }) {
    if (!shapeEquals(operand!.shape, type.shape)) {
      throw userError("E604", { op: "assume", message: `${showShape(operand!.shape)} and ${showShape(type.shape)} must agree` });
    }
    return operand!;
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => b.make("assume", [cotangent], { shape: node.inputs[0]!.type.shape }),
  },
  lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
};

export const movementOps = [broadcast, reshape, transpose, reverse, concat, iota, assume] as const;
