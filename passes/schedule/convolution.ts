// Which convolutions are one statement: those of floats whose spatial sizes and channels are known, and whose image is not
// spread, but for depthwise ones. The others become windows and a product. The choice depends on the op, its attributes and static shapes, so bits do too.

import { convolutionOf } from "../../ir/ops/convolution-windows.ts";
import type { Node } from "../../ir/node.ts";
import type { ConvolutionGeometry } from "../../ir/program/program.ts";
import type { Dim } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { type FloatDType, isFloat, type Shape } from "../../ir/types.ts";

/** A convolution as a statement computes it. */
export interface DirectConvolution {
  readonly computes: "result" | "filter";
  /** In which it is computed: halves in f32. */
  readonly dtype: FloatDType;
  readonly batch: Dim;
  readonly geometry: ConvolutionGeometry;
}

export function isDirectConvolution(node: Node): boolean {
  return directConvolution(node) !== undefined;
}

export function directConvolution(node: Node): DirectConvolution | undefined {
  const { lower } = opOf(node.op);
  const { dtype } = node.type;
  if (lower.kind !== "convolution" || !isFloat(dtype)) return undefined;
  const [image, other] = node.inputs;
  const [filter, result] = lower.computes === "result" ? [other!.type.shape, node.type.shape] : [node.type.shape, other!.type.shape];
  const geometry = geometryOf(node, image!.type.shape, filter, result);
  const { computes } = lower;
  if (geometry === undefined || !(isDepthwise(geometry, computes) || isProduct(geometry))) return undefined;
  return { computes, dtype: dtype === "f16" ? "f32" : dtype, batch: result[0]!, geometry };
}

function geometryOf(node: Node, image: Shape, filter: Shape, result: Shape): ConvolutionGeometry | undefined {
  const { strides, rhs_dilation, lhs_dilation, low, groups, batch_groups } = convolutionOf(node);
  const known = [...image.slice(1), ...filter, ...result.slice(1), ...low];
  if (!known.every((dim) => typeof dim === "number") || batch_groups > 1) return undefined;
  const rank = strides.length;
  const sizes = [image, filter, result] as readonly (readonly number[])[];
  return {
    image: sizes[0]!.slice(1, -1), window: sizes[1]!.slice(0, rank), counts: sizes[2]!.slice(1, -1),
    strides, dilation: rhs_dilation, spread: lhs_dilation, low: low as readonly number[],
    channels: sizes[0]![rank + 1]!, outputs: sizes[1]![rank + 1]!, groups,
  };
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const isPlain = (sizes: readonly number[]): boolean => sizes.every((size) => size === 1);

/** A product has at least two rows in either direction, and nothing is empty. */
function isProduct({ image, window, counts, spread, channels, outputs, groups }: ConvolutionGeometry): boolean {
  const [positions, depth] = [product(counts), (product(window) * channels) / groups];
  const isPointwise = product(window) === 1 && positions === product(image);
  return positions >= 2 && depth >= 2 && outputs > 0 && product(image) > 0 && isPlain(spread) && !isPointwise && (groups === 1 || channels > groups);
}

/** One filter for each channel, in windows that fit registers. */
function isDepthwise({ image, window, counts, spread, channels, outputs, groups }: ConvolutionGeometry, computes: "result" | "filter"): boolean {
  return image.length <= 2 && groups === channels && outputs === channels && channels >= 4 && window.every((size) => size <= 8)
    && product(counts) > 0 && product(image) > 0 && (computes === "result" || isPlain(spread));
}
