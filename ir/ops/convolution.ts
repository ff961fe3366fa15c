// conv_general: cross-correlation over 1 to 3 spatial axes, as in XLA. Operand N, spatial..., C; kernel spatial...,
// C / groups, O; result N / batch_groups, spatial..., O. It is linear in each operand; windows and dot_general say what
// that means for the gradient and for targets.

import { intsAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { OpDefinition } from "../op.ts";
import { divideExactly, mulDims, showDim } from "../size.ts";
import { type TensorType, showShape, tensorType } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { type Convolution, convolutionOf, convolve, transposeToKernel, transposeToOperand } from "./convolution-windows.ts";
import { forEachIndex, readerOf, tabulate } from "./index-space.ts";
import { dilatedSize, paddedReader } from "./padding.ts";
import { checkAtLeast, checkDType, checkEntries, checkRank, checkSameDType } from "./structural-checks.ts";
import { windowCounts } from "./window-geometry.ts";

const op = "conv_general";

function checkAttributes(conv: Convolution, spatial: number): void {
  for (const name of ["strides", "low", "high", "lhs_dilation", "rhs_dilation"] as const) checkEntries(op, name, conv[name], spatial);
  checkAtLeast(op, "strides", conv.strides, 1);
  checkAtLeast(op, "lhs_dilation", conv.lhs_dilation, 1);
  checkAtLeast(op, "rhs_dilation", conv.rhs_dilation, 1);
  checkAtLeast(op, "groups", [conv.groups, conv.batch_groups], 1);
  if (conv.groups > 1 && conv.batch_groups > 1) {
    throw userError("E205", { op, message: `groups (${conv.groups}) and batch_groups (${conv.batch_groups}) cannot both be above 1` });
  }
}

function checkChannels(operand: TensorType, kernel: TensorType, conv: Convolution): void {
  const rank = operand.shape.length;
  const [channels, perGroup, out] = [operand.shape[rank - 1]!, kernel.shape[rank - 2]!, kernel.shape[rank - 1]!];
  if (mulDims(perGroup, conv.groups) !== channels) {
    throw userError("E207", {
      op,
      message: `${showShape(operand.shape)} has ${showDim(channels)} channels, the kernel ${showShape(kernel.shape)} takes ${showDim(perGroup)} in each of ${conv.groups} groups`,
    });
  }
  for (const [dim, by, what] of [
    [out, conv.groups * conv.batch_groups, "output channels"],
    [operand.shape[0]!, conv.batch_groups, "batch"],
  ] as const) {
    if (divideExactly(dim, by) === undefined) {
      throw userError("E205", { op, message: `the ${what}, ${showDim(dim)}, cannot be split into ${by} groups` });
    }
  }
}

const convGeneral: OpDefinition = {
  name: op,
  arity: 2,
  attributes: {
    strides: "ints", low: "dims", high: "dims", lhs_dilation: "ints", rhs_dilation: "ints", groups: "int", batch_groups: "int",
  },
  infer(operands, attributes) {
    const [operand, kernel] = operands;
    const conv = convolutionOf({ attributes });
    const rank = operand!.shape.length;
    if (rank < 3 || rank > 5) {
      throw userError("E203", { op, message: `the operand has shape ${showShape(operand!.shape)}`, hint: "1 to 3 spatial axes between batch and channels" });
    }
    checkSameDType(op, operands);
    checkDType(op, operand!, (dtype) => dtype !== "bool", "numbers");
    checkRank(op, "the kernel", kernel!, rank);
    checkAttributes(conv, rank - 2);
    checkChannels(operand!, kernel!, conv);
    const window = kernel!.shape.slice(0, rank - 2);
    if (!window.every((size): size is number => typeof size === "number" && size > 0)) {
      throw userError("E203", { op, message: `the kernel's spatial sizes ${showShape(window)} must be positive numbers` });
    }
    const dilated = operand!.shape.slice(1, -1).map((dim, axis) => dilatedSize(dim, conv.lhs_dilation[axis]! - 1));
    const counts = windowCounts({ ...conv, window: window as number[], dilation: conv.rhs_dilation }, dilated);
    return tensorType(operand!.dtype, [divideExactly(operand!.shape[0]!, conv.batch_groups)!, ...counts, kernel!.shape[rank - 1]!]);
  },
  evaluate([operand, kernel], context) {
    const { strides, lhs_dilation, rhs_dilation, groups, batch_groups } = convolutionOf(context);
    const low = [0, ...intsAttribute(context, "low"), 0];
    const zero = identityOf("add", context.type.dtype);
    const read = paddedReader(operand!, low, [0, ...lhs_dilation.map((d) => d - 1), 0], zero);
    const weight = readerOf(kernel!);
    const [add, multiply] = [combineOf("add", context.type.dtype), combineOf("mul", context.type.dtype)];
    const [batch, out] = [context.type.shape[0]!, context.type.shape[context.type.shape.length - 1]!];
    const window = kernel!.shape.slice(0, -1);
    const perGroup = kernel!.shape[strides.length]!;
    return tabulate(context, (index) => {
      const channel = index[index.length - 1]!;
      const group = Math.floor(channel / (out / (groups * batch_groups)));
      const row = index[0]! + (batch_groups > 1 ? group * batch : 0);
      const firstChannel = groups > 1 ? group * perGroup : 0;
      let sum = zero;
      forEachIndex(window, (offset) => {
        const place = strides.map((stride, axis) => index[axis + 1]! * stride + offset[axis]! * rhs_dilation[axis]!);
        sum = add(sum, multiply(read([row, ...place, firstChannel + offset[strides.length]!]), weight([...offset, channel])));
      });
      return sum;
    });
  },
  gradient: {
    kind: "multilinear",
    inputs: [0, 1],
    transpose: (b, node, cotangent, input) =>
      input === 0 ? transposeToOperand(b, node, cotangent) : transposeToKernel(b, node, cotangent),
  },
  lower: { kind: "expand", build: convolve },
};

export const convolutionOps: readonly OpDefinition[] = [convGeneral];
