// conv_general: cross-correlation over 1 to 3 spatial axes, as in XLA. Operand N, spatial..., C; kernel spatial...,
// C / groups, O; result N / batch_groups, spatial..., O. conv_filter_gradient is its transpose by the kernel; the one by the
// operand is a convolution again. Sums run over the kernel in row-major order, those of the gradient over the result.

import { intsAttribute } from "../attributes.ts";
import type { TensorData } from "../data.ts";
import { userError } from "../errors.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { Attributes } from "../node.ts";
import type { EvaluateContext, OpDefinition } from "../op.ts";
import { divideExactly, mulDims, showDim } from "../size.ts";
import { registerOp } from "../table.ts";
import { type TensorType, shapeEquals, showShape, tensorType } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { cotangentOfKernel, cotangentOfOperand, spreadAsFold } from "./convolution-gradient.ts";
import { type Convolution, convolutionOf, convolve, sumIntoKernel } from "./convolution-windows.ts";
import { type Element, forEachIndex, readerOf, tabulate } from "./index-space.ts";
import { dilatedSize, paddedReader } from "./padding.ts";
import { checkAtLeast, checkDType, checkEntries, checkRank, checkSameDType } from "./structural-checks.ts";
import { windowCounts } from "./window-geometry.ts";

function checkAttributes(op: string, conv: Convolution, spatial: number): void {
  for (const name of ["strides", "low", "high", "lhs_dilation", "rhs_dilation"] as const) checkEntries(op, name, conv[name], spatial);
  checkAtLeast(op, "strides", conv.strides, 1);
  checkAtLeast(op, "lhs_dilation", conv.lhs_dilation, 1);
  checkAtLeast(op, "rhs_dilation", conv.rhs_dilation, 1);
  checkAtLeast(op, "groups", [conv.groups, conv.batch_groups], 1);
  if (conv.groups > 1 && conv.batch_groups > 1) {
    throw userError("E205", { op, message: `groups (${conv.groups}) and batch_groups (${conv.batch_groups}) cannot both be above 1` });
  }
}

function checkChannels(op: string, operand: TensorType, kernel: TensorType, conv: Convolution): void {
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

const geometry = {
  strides: "ints", low: "dims", high: "dims", lhs_dilation: "ints", rhs_dilation: "ints", groups: "int", batch_groups: "int",
} as const;

/** The type of the result. */
function inferResult(op: string, operand: TensorType, kernel: TensorType, attributes: Attributes): TensorType {
  const conv = convolutionOf({ attributes });
  const rank = operand.shape.length;
  if (rank < 3 || rank > 5) {
    throw userError("E203", { op, message: `the operand has shape ${showShape(operand.shape)}`, hint: "1 to 3 spatial axes between batch and channels" });
  }
  checkSameDType(op, [operand, kernel]);
  checkDType(op, operand, (dtype) => dtype !== "bool", "numbers");
  checkRank(op, "the kernel", kernel, rank);
  checkAttributes(op, conv, rank - 2);
  checkChannels(op, operand, kernel, conv);
  const window = kernel.shape.slice(0, rank - 2);
  if (!window.every((size): size is number => typeof size === "number" && size > 0)) {
    throw userError("E203", { op, message: `the kernel's spatial sizes ${showShape(window)} must be positive numbers` });
  }
  const dilated = operand.shape.slice(1, -1).map((dim, axis) => dilatedSize(dim, conv.lhs_dilation[axis]! - 1));
  const counts = windowCounts({ ...conv, window, dilation: conv.rhs_dilation }, dilated);
  return tensorType(operand.dtype, [divideExactly(operand.shape[0]!, conv.batch_groups)!, ...counts, kernel.shape[rank - 1]!]);
}

interface Sizes {
  readonly batch: number;
  readonly channelsPerGroup: number;
  readonly outputs: number;
}

/** The factor of the operand that meets result element `index` at kernel place `tap` (the window's axes, then the channel). */
function patchReader(operand: TensorData, context: EvaluateContext, { batch, channelsPerGroup, outputs }: Sizes) {
  const { strides, lhs_dilation, rhs_dilation, groups, batch_groups } = convolutionOf(context);
  const low = [0, ...intsAttribute(context, "low"), 0];
  const read = paddedReader(operand, low, [0, ...lhs_dilation.map((d) => d - 1), 0], identityOf("add", context.type.dtype));
  return (index: readonly number[], tap: readonly number[]): Element => {
    const group = Math.floor(index[index.length - 1]! / (outputs / (groups * batch_groups)));
    const row = index[0]! + (batch_groups > 1 ? group * batch : 0);
    const place = strides.map((stride, axis) => index[axis + 1]! * stride + tap[axis]! * rhs_dilation[axis]!);
    return read([row, ...place, (groups > 1 ? group * channelsPerGroup : 0) + tap[strides.length]!]);
  };
}

export const convGeneral = registerOp<OpDefinition<"conv_general">>({
  name: "conv_general",
  arity: 2,
  attributes: geometry,
  infer: ([operand, kernel], attributes) => inferResult("conv_general", operand!, kernel!, attributes),
  evaluate([operand, kernel], context) {
    const { dtype, shape } = context.type;
    const taps = kernel!.shape.slice(0, -1);
    const patch = patchReader(operand!, context, { batch: shape[0]!, channelsPerGroup: taps[taps.length - 1]!, outputs: shape[shape.length - 1]! });
    const weight = readerOf(kernel!);
    const [add, multiply] = [combineOf("add", dtype), combineOf("mul", dtype)];
    return tabulate(context, (index) => {
      let sum = identityOf("add", dtype);
      forEachIndex(taps, (tap) => {
        sum = add(sum, multiply(patch(index, tap), weight([...tap, index[index.length - 1]!])));
      });
      return sum;
    });
  },
  gradient: {
    kind: "multilinear",
    inputs: [0, 1],
    transpose(b, { inputs: [operand, kernel], attributes, type }, cotangent, input) {
      const form = { conv: convolutionOf({ attributes }), operand: operand!, kernel: kernel!.type.shape, result: type.shape };
      return input === 0 ? cotangentOfOperand(b, form, kernel!, cotangent) : cotangentOfKernel(b, form, cotangent);
    },
  },
  lower: {
    kind: "convolution",
    computes: "result",
    build(b, { inputs: [operand, kernel], attributes, type }) {
      const form = { conv: convolutionOf({ attributes }), operand: operand!, kernel: kernel!.type.shape, result: type.shape };
      return spreadAsFold(b, form, kernel!) ?? convolve(b, form, kernel!);
    },
  },
});

export const convFilterGradient = registerOp<OpDefinition<"conv_filter_gradient">>({
  name: "conv_filter_gradient",
  arity: 2,
  attributes: { ...geometry, window: "ints" },
  infer([operand, cotangent], attributes) {
    const op = "conv_filter_gradient";
    const { groups } = convolutionOf({ attributes });
    checkRank(op, "the cotangent", cotangent!, operand!.shape.length);
    const [channels, outputs] = [operand!.shape[operand!.shape.length - 1]!, cotangent!.shape[cotangent!.shape.length - 1]!];
    checkAtLeast(op, "groups", [groups], 1);
    const perGroup = divideExactly(channels, groups);
    if (perGroup === undefined) throw userError("E205", { op, message: `the ${showDim(channels)} channels cannot be split into ${groups} groups` });
    const kernel = tensorType(cotangent!.dtype, [...intsAttribute({ attributes }, "window"), perGroup, outputs]);
    const result = inferResult(op, operand!, kernel, attributes);
    if (!shapeEquals(result.shape, cotangent!.shape)) {
      throw userError("E203", { op, message: `the convolution has shape ${showShape(result.shape)}, the cotangent ${showShape(cotangent!.shape)}` });
    }
    return kernel;
  },
  evaluate([operand, cotangent], context) {
    const { dtype, shape } = context.type;
    const places = cotangent!.shape.slice(0, -1);
    const patch = patchReader(operand!, context, { batch: places[0]!, channelsPerGroup: shape[shape.length - 2]!, outputs: shape[shape.length - 1]! });
    const read = readerOf(cotangent!);
    const [add, multiply] = [combineOf("add", dtype), combineOf("mul", dtype)];
    return tabulate(context, (tap) => {
      let sum = identityOf("add", dtype);
      forEachIndex(places, (place) => {
        const index = [...place, tap[tap.length - 1]!];
        sum = add(sum, multiply(patch(index, tap), read(index)));
      });
      return sum;
    });
  },
  gradient: {
    kind: "multilinear",
    inputs: [0, 1],
    transpose(b, { inputs: [operand, result], attributes: { window: _, ...attributes }, type }, cotangent, input) {
      const form = { conv: convolutionOf({ attributes }), operand: operand!, kernel: type.shape, result: result!.type.shape };
      return input === 0 ? cotangentOfOperand(b, form, cotangent, result!) : b.make("conv_general", [operand!, cotangent], attributes);
    },
  },
  lower: {
    kind: "convolution",
    computes: "filter",
    build: (b, { inputs: [operand, cotangent], attributes, type }) =>
      sumIntoKernel(b, { conv: convolutionOf({ attributes }), operand: operand!, kernel: type.shape, result: cotangent!.type.shape }, cotangent!),
  },
});

export const convolutionOps = [convGeneral, convFilterGradient] as const;
