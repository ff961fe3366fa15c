// The transposes of a convolution as operations. By the operand it is a convolution of the cotangent with the kernel turned
// around, which is direct where strides are 1; strides spread the cotangent, and products that are added up where windows
// overlap do less work, but for depthwise convolutions.

import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";
import { type Dim, divideExactly, mulDims, subDims } from "../size.ts";
import type { Shape } from "../types.ts";
import { type Convolution, type ConvolutionForm, foldIntoOperand } from "./convolution-windows.ts";

const isNumber = (dim: Dim): dim is number => typeof dim === "number";
const all = (list: readonly number[], value: number): boolean => list.every((item) => item === value);
const spansOf = (kernel: Shape, { rhs_dilation }: Convolution): readonly number[] =>
  rhs_dilation.map((dilation, axis) => ((kernel[axis] as number) - 1) * dilation + 1);

export function cotangentOfKernel(b: GraphBuilder, { conv, operand, kernel }: ConvolutionForm, cotangent: Node): Node {
  return b.make("conv_filter_gradient", [operand, cotangent], { ...conv, window: kernel.slice(0, -2) });
}

export function cotangentOfOperand(b: GraphBuilder, form: ConvolutionForm, weights: Node, cotangent: Node): Node {
  const { conv, operand, kernel, result } = form;
  const sizes = operand.type.shape.slice(1, -1);
  const counts = result.slice(1, -1);
  const plain = all(conv.lhs_dilation, 1) && conv.batch_groups === 1
    && (isDepthwise(kernel, conv) || (all(conv.strides, 1) && isWide(kernel))) && [...sizes, ...counts, ...conv.low, ...conv.high].every(isNumber) && !counts.includes(0);
  if (!plain || !(isDepthwise(kernel, conv) || fewMore(sizes as number[], counts as number[]))) return foldIntoOperand(b, form, weights, cotangent);
  const spans = spansOf(kernel, conv);
  const low = conv.low.map((dim, axis) => spans[axis]! - 1 - (dim as number));
  const high = sizes.map((size, axis) => (size as number) + spans[axis]! - 2 - ((counts[axis] as number) - 1) * conv.strides[axis]! - low[axis]!);
  const { strides, lhs_dilation } = conv;
  return b.make("conv_general", [cotangent, turn(b, weights, conv.groups)], { ...conv, low, high, strides: lhs_dilation, lhs_dilation: strides });
}

/** One filter for each channel. */
function isDepthwise(kernel: Shape, { groups }: Convolution): boolean {
  return kernel.length <= 4 && groups > 1 && kernel[kernel.length - 2] === 1 && kernel[kernel.length - 1] === groups;
}

/** Whether the turned convolution, which multiplies at each place of the operand, does little more than at those of the result. */
function fewMore(sizes: readonly number[], counts: readonly number[]): boolean {
  return sizes.reduce((more, size, axis) => more * (size / counts[axis]!), 1) <= 1.2;
}

/** Whether the operand has enough channels to fill vectors: they are the outputs of the turned convolution. */
function isWide(kernel: Shape): boolean {
  const channels = kernel[kernel.length - 2]!;
  return isNumber(channels) && channels >= 8;
}

/** The kernel with its window reversed, and inputs and outputs exchanged within each group. */
function turn(b: GraphBuilder, kernel: Node, groups: number): Node {
  const { shape } = kernel.type;
  const spatial = shape.slice(0, -2).map((_, axis) => axis);
  const rank = spatial.length;
  const [channels, outputs] = [shape[rank]!, shape[rank + 1]!];
  const perGroup = divideExactly(outputs, groups)!;
  const split = b.reshape(kernel, [...shape.slice(0, rank), channels, groups, perGroup]);
  const exchanged = b.transpose(split, [...spatial, rank + 2, rank + 1, rank]);
  return b.make("reverse", [b.reshape(exchanged, [...shape.slice(0, rank), perGroup, mulDims(channels, groups)])], { axes: spatial });
}

/**
 * A convolution of a spread operand as the transpose of one with strides: the products of all elements and the kernel,
 * added up where they meet. Undefined where the operand is not spread, or the form is another.
 */
export function spreadAsFold(b: GraphBuilder, { conv, operand, kernel, result }: ConvolutionForm, weights: Node): Node | undefined {
  if (all(conv.lhs_dilation, 1) || !all(conv.strides, 1) || conv.batch_groups > 1 || conv.groups > 1) return undefined;
  const sizes = operand.type.shape.slice(1, -1);
  if (![...sizes, ...result.slice(1, -1)].every((dim) => isNumber(dim) && dim > 0)) return undefined;
  const spans = spansOf(kernel, conv);
  const mirrored = (dims: readonly Dim[]): readonly Dim[] => dims.map((dim, axis) => subDims(spans[axis]! - 1, dim));
  const strided: Convolution = {
    ...conv, strides: conv.lhs_dilation, lhs_dilation: conv.strides, low: mirrored(conv.low), high: mirrored(conv.high),
  };
  const turned = turn(b, weights, 1);
  const shaped = b.full(0, operand.type.dtype, result);
  return foldIntoOperand(b, { conv: strided, operand: shaped, kernel: turned.type.shape, result: operand.type.shape }, turned, operand);
}
