// Convolutions of every kind of geometry, and the graphs that compute their result and gradients: for the tests of all targets.

import { createBuilder } from "../../ir/build.ts";
import "../../ir/every-op.ts";
import type { Attributes, Graph, Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import { vjpOf } from "../ops/linearize.ts";

export interface ConvolutionCase {
  readonly name: string;
  readonly image: readonly number[];
  readonly filter: readonly number[];
  readonly attributes?: Attributes;
}

export function attributesOf({ filter, attributes }: ConvolutionCase): Attributes {
  const each = (value: number): readonly number[] => filter.slice(2).map(() => value);
  return { strides: each(1), low: each(0), high: each(0), lhs_dilation: each(1), rhs_dilation: each(1), groups: 1, batch_groups: 1, ...attributes };
}

export const convolutionCases: readonly ConvolutionCase[] = [
  { name: "3x3 with padding", image: [2, 7, 6, 8], filter: [3, 3, 8, 9], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "no padding", image: [3, 6, 5, 3], filter: [2, 3, 3, 17] },
  { name: "one channel", image: [5, 9, 9, 1], filter: [5, 5, 1, 6] },
  { name: "strides and uneven padding", image: [2, 9, 8, 5], filter: [3, 2, 5, 4], attributes: { strides: [2, 3], low: [0, 1], high: [1, 2] } },
  { name: "seven by seven, stride two", image: [1, 15, 15, 3], filter: [7, 7, 3, 8], attributes: { strides: [2, 2], low: [2, 2], high: [3, 3] } },
  { name: "dilation", image: [2, 9, 9, 4], filter: [3, 3, 4, 5], attributes: { rhs_dilation: [2, 3], low: [2, 3], high: [2, 3] } },
  { name: "groups", image: [2, 6, 6, 12], filter: [3, 3, 4, 15], attributes: { groups: 3, low: [1, 1], high: [1, 1] } },
  { name: "groups of one column", image: [2, 5, 5, 6], filter: [2, 2, 3, 2], attributes: { groups: 2 } },
  { name: "cropping", image: [2, 9, 9, 3], filter: [3, 3, 3, 7], attributes: { low: [-2, -1], high: [-1, -3] } },
  { name: "cropping and padding", image: [2, 6, 6, 3], filter: [3, 3, 3, 7], attributes: { low: [-1, 2], high: [2, -1] } },
  { name: "padding wider than the window", image: [1, 3, 3, 2], filter: [2, 2, 2, 3], attributes: { low: [4, 0], high: [0, 5] } },
  { name: "pointwise with strides", image: [2, 7, 7, 9], filter: [1, 1, 9, 5], attributes: { strides: [2, 2] } },
  { name: "one axis", image: [3, 40, 6], filter: [5, 6, 10], attributes: { low: [2], high: [2], rhs_dilation: [1] } },
  { name: "three axes", image: [2, 4, 5, 6, 3], filter: [2, 3, 2, 3, 7], attributes: { low: [0, 1, 1], high: [1, 1, 0], strides: [1, 2, 1] } },
  { name: "a depth of several blocks", image: [1, 4, 4, 160], filter: [3, 3, 160, 9], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "more images than a block", image: [67, 4, 4, 3], filter: [3, 3, 3, 4], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "depthwise", image: [2, 9, 14, 8], filter: [3, 3, 1, 8], attributes: { groups: 8, low: [1, 1], high: [1, 1] } },
  { name: "depthwise with strides", image: [2, 11, 13, 21], filter: [3, 3, 1, 21], attributes: { groups: 21, strides: [2, 2], low: [1, 0], high: [0, 1] } },
  { name: "depthwise, a wide window", image: [1, 9, 19, 6], filter: [5, 7, 1, 6], attributes: { groups: 6, low: [2, 3], high: [2, 3] } },
  { name: "depthwise, dilated and cropped", image: [2, 12, 17, 4], filter: [3, 2, 1, 4], attributes: { groups: 4, rhs_dilation: [2, 3], low: [-1, 2], high: [1, -2] } },
  { name: "depthwise, padding wider than the window", image: [1, 3, 4, 5], filter: [2, 2, 1, 5], attributes: { groups: 5, low: [3, 6], high: [0, 7] } },
  { name: "depthwise, strides of three", image: [1, 10, 11, 19], filter: [2, 4, 1, 19], attributes: { groups: 19, strides: [3, 3], low: [0, 2], high: [1, 0] } },
  { name: "depthwise, parts that end beside wide turns", image: [2, 5, 6, 61], filter: [3, 2, 1, 61], attributes: { groups: 61, low: [1, 0], high: [1, 1] } },
  { name: "depthwise, one axis", image: [2, 23, 12], filter: [4, 1, 12], attributes: { groups: 12, low: [3], high: [0] } },
  { name: "depthwise, spread", image: [2, 5, 6, 7], filter: [3, 3, 1, 7], attributes: { groups: 7, lhs_dilation: [2, 3], low: [2, 1], high: [1, 2] } },
  { name: "rows of several blocks", image: [1, 25, 26, 4], filter: [2, 2, 4, 11] },
];

export type Computes = "result" | "filter" | "input";

/** What is computed from image, filter and, for gradients, the cotangent of the result. */
export function convolutionGraph(entry: ConvolutionCase, dtype: DType, computes: Computes, batch: Dim = entry.image[0]!): Graph {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype, shape: [batch, ...entry.image.slice(1)] });
  const w = b.parameter(1, "w", { dtype, shape: entry.filter });
  const result = b.make("conv_general", [x, w], attributesOf(entry));
  const g = b.parameter(2, "g", result.type);
  const gradient = (): Node => vjpOf(b, result, g)[computes === "input" ? 0 : 1]!;
  return { name: "f", parameters: [x, w, g], results: [computes === "result" ? result : gradient()] };
}
