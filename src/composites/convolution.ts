// Convolution and pooling over 1 to 3 spatial axes. Channels stand last ([N, ..., C], filters [..., C / groups, O]) or
// first ([N, C, ...], filters [O, C / groups, ...]). As everywhere in the field, filters are not flipped.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { convGeneral } from "../../ir/ops/convolution.ts";
import { reduceWindow } from "../../ir/ops/reduce-window.ts";
import type { Dim } from "../../ir/size.ts";
import { addDims, ceilDivDims, divideExactly, floorDivDims, maxDims, mulDims, subDims } from "../../ir/size.ts";
import { describeNode } from "../expression.ts";
import { floatOf } from "../promote.ts";
import { div } from "../ops/elementwise.ts";
import { meet, type Operand, toDType, toNode } from "../ops/operand.ts";
import { convert, full, make, reshape, reverse, transpose } from "../ops/primitive.ts";

type PerAxis = number | readonly number[];
type PaddingPair = readonly [before: number, after: number];

interface WindowOptions {
  /** 1 unless said otherwise; of pooling, the window. */
  readonly stride?: PerAxis | undefined;
  /** `valid` (the default): none; `same`: the result has ceil(size / stride) places; `full`: every overlap; or how much. */
  readonly padding?: "valid" | "same" | "full" | number | readonly PaddingPair[] | undefined;
  readonly dilation?: PerAxis | undefined;
  /** Where the channels stand: `last` (the default) or `first`. */
  readonly channels?: "last" | "first" | undefined;
}
export interface ConvOptions extends WindowOptions {
  readonly groups?: number | undefined;
}
export interface PoolOptions extends WindowOptions {
  /** Whether padding counts in an average. It does not unless said otherwise. */
  readonly countPadding?: boolean | undefined;
}

type Pads = readonly { readonly low: Dim; readonly high: Dim }[];

function perAxis(op: string, what: string, value: PerAxis | undefined, otherwise: PerAxis, rank: number): number[] {
  const given = value ?? otherwise;
  const list = typeof given === "number" ? new Array<number>(rank).fill(given) : [...given];
  if (list.length === rank && list.every((item) => Number.isInteger(item) && item >= 1)) return list;
  throw userError("E205", { op, message: `${what} is ${JSON.stringify(given)}, ${rank} positive integers are needed` });
}

/** Padding of each spatial axis. */
function padsOf(op: string, padding: WindowOptions["padding"], sizes: readonly Dim[], spans: readonly number[], strides: readonly number[]): Pads {
  const rank = sizes.length;
  if (padding === undefined || padding === "valid") return sizes.map(() => ({ low: 0, high: 0 }));
  if (padding === "full") return spans.map((span) => ({ low: span - 1, high: span - 1 }));
  if (padding === "same") return sizes.map((size, i) => samePadding(size, spans[i]!, strides[i]!));
  if (typeof padding === "number") return padsOf(op, spans.map(() => [padding, padding] as const), sizes, spans, strides);
  const valid = Array.isArray(padding) && padding.length === rank
    && padding.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((width) => Number.isInteger(width) && width >= 0));
  if (valid) return padding.map(([low, high]) => ({ low, high }));
  throw userError("E205", { op, message: `padding is ${JSON.stringify(padding)}`, hint: `use "valid", "same", "full", a number or ${rank} pairs` });
}

// What the last window needs beyond the end, split in two; the odd element comes after.
function samePadding(size: Dim, span: number, stride: number): { low: Dim; high: Dim } {
  const reach = addDims(mulDims(subDims(ceilDivDims(size, stride), 1), stride), span);
  const missing = stride === 1 ? span - 1 : maxDims(0, subDims(reach, size));
  const low = floorDivDims(missing, 2);
  return { low, high: subDims(missing, low) };
}

function spansOf(window: readonly number[], dilation: readonly number[]): number[] {
  return window.map((size, i) => (size - 1) * dilation[i]! + 1);
}

function checkRank(op: string, what: string, node: Node, rank: number): void {
  if (node.type.shape.length === rank + 2) return;
  throw userError("E203", { op, message: `${what} ${describeNode(node)} must have rank ${rank + 2}` });
}

/** [N, C, ...] to [N, ..., C] and back. */
function channelsLast(node: Node): Node {
  const rank = node.type.shape.length;
  return transpose(node, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]);
}
function channelsFirst(node: Node): Node {
  const rank = node.type.shape.length;
  return transpose(node, [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]);
}
/** [O, C, ...] to [..., C, O]. */
function filtersLast(node: Node): Node {
  const rank = node.type.shape.length;
  return transpose(node, [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0]);
}

function operands(op: string, rank: number, x: Operand, filters: Operand, first: boolean): [Node, Node] {
  const nodes = [toNode(op, x), toNode(op, filters)] as const;
  const met = meet(op, nodes);
  const [image, weights] = nodes.map((node) => toDType(op, node, met === "bool" ? "i32" : met)) as [Node, Node];
  checkRank(op, "the input", image, rank);
  checkRank(op, "the filters", weights, rank);
  return first ? [channelsLast(image), filtersLast(weights)] : [image, weights];
}

function windowOf(op: string, filters: Node, rank: number): number[] {
  return filters.type.shape.slice(0, rank).map((size) => {
    if (typeof size === "number") return size;
    throw userError("E205", { op, message: `the filters ${describeNode(filters)} have a symbolic window` });
  });
}

function checkGroups(op: string, groups: number, image: Node, perGroup: Dim, out: Dim): void {
  const channels = image.type.shape.at(-1)!;
  if (!Number.isInteger(groups) || groups < 1) throw userError("E205", { op, message: `groups is ${String(groups)}` });
  if (mulDims(perGroup, groups) !== channels) {
    throw userError("E207", { op, message: `channels differ: the input ${describeNode(image)} has ${String(channels)}, the filters take ${groups} times ${String(perGroup)}` });
  }
  if (divideExactly(out, groups) === undefined) throw userError("E205", { op, message: `${String(out)} output channels do not split into ${groups} groups` });
}

/** Cross-correlation. */
function convolution(rank: number) {
  const op = `conv${rank}d`;
  return (x: Operand, filters: Operand, options: ConvOptions = {}): Node => {
    const first = options.channels === "first";
    const [image, weights] = operands(op, rank, x, filters, first);
    const groups = options.groups ?? 1;
    checkGroups(op, groups, image, weights.type.shape[rank]!, weights.type.shape[rank + 1]!);
    const strides = perAxis(op, "stride", options.stride, 1, rank);
    const dilation = perAxis(op, "dilation", options.dilation, 1, rank);
    const spans = spansOf(windowOf(op, weights, rank), dilation);
    const pads = padsOf(op, options.padding, image.type.shape.slice(1, -1), spans, strides);
    const result = make(convGeneral.name, [image, weights], {
      strides, low: pads.map(({ low }) => low), high: pads.map(({ high }) => high),
      lhs_dilation: strides.map(() => 1), rhs_dilation: dilation, groups, batch_groups: 1,
    });
    return first ? channelsFirst(result) : result;
  };
}
export const conv1d = convolution(1);
export const conv2d = convolution(2);
export const conv3d = convolution(3);

function sameTransposed(span: number, stride: number): { low: Dim; high: Dim } {
  const missing = Math.max(0, span - stride);
  const low = Math.floor(missing / 2);
  return { low, high: span - stride - low };
}

/** The transpose of a convolution: what carries its result's gradient back to its input. `filters` and options are those
 *  of the convolution; so the channels of x are the filters' outputs. `same` gives size * stride places. */
function transposedConvolution(rank: number) {
  const op = `convTranspose${rank}d`;
  return (x: Operand, filters: Operand, options: ConvOptions = {}): Node => {
    const first = options.channels === "first";
    const [image, weights] = operands(op, rank, x, filters, first);
    const groups = options.groups ?? 1;
    const [perGroup, out] = [weights.type.shape[rank]!, weights.type.shape[rank + 1]!];
    const inPerGroup = divideExactly(out, groups);
    if (out !== image.type.shape.at(-1) || inPerGroup === undefined) {
      throw userError("E207", { op, message: `channels differ: the input ${describeNode(image)} for filters ${describeNode(weights)}` });
    }
    const strides = perAxis(op, "stride", options.stride, 1, rank);
    const dilation = perAxis(op, "dilation", options.dilation, 1, rank);
    const window = windowOf(op, weights, rank);
    const spans = spansOf(window, dilation);
    const pads = options.padding === "same"
      // The convolution would read size * stride places: high lets the last window reach their end.
      ? spans.map((span, i) => sameTransposed(span, strides[i]!))
      : padsOf(op, options.padding, image.type.shape.slice(1, -1), spans, strides);
    const spatial = window.map((_, i) => i);
    // [..., C/g, g, O/g] to [..., O/g, g, C/g]: inputs and outputs change places within each group.
    const split = reshape(weights, [...window, perGroup, groups, inPerGroup]);
    const swapped = reshape(transpose(split, [...spatial, rank + 2, rank + 1, rank]), [...window, inPerGroup, mulDims(perGroup, groups)]);
    const result = make(convGeneral.name, [image, reverse(swapped, spatial)], {
      strides: strides.map(() => 1),
      low: pads.map(({ low }, i) => subDims(spans[i]! - 1, low)),
      high: pads.map(({ high }, i) => subDims(spans[i]! - 1, high)),
      lhs_dilation: strides, rhs_dilation: dilation, groups, batch_groups: 1,
    });
    return first ? channelsFirst(result) : result;
  };
}
export const convTranspose1d = transposedConvolution(1);
export const convTranspose2d = transposedConvolution(2);
export const convTranspose3d = transposedConvolution(3);

function pooling(name: string, rank: number, pool: (image: Node, attributes: Parameters<typeof make>[2], options: PoolOptions, places: number) => Node) {
  const op = `${name}${rank}d`;
  return (x: Operand, window: PerAxis, options: PoolOptions = {}): Node => {
    const node = toNode(op, x);
    checkRank(op, "the input", node, rank);
    const first = options.channels === "first";
    const image = first ? channelsLast(node) : node;
    const sizes = perAxis(op, "window", window, 1, rank);
    const strides = perAxis(op, "stride", options.stride, sizes, rank);
    const dilation = perAxis(op, "dilation", options.dilation, 1, rank);
    const pads = padsOf(op, options.padding, image.type.shape.slice(1, -1), spansOf(sizes, dilation), strides);
    const attributes = {
      window: [1, ...sizes, 1], strides: [1, ...strides, 1], dilation: [1, ...dilation, 1],
      low: [0, ...pads.map(({ low }) => low), 0], high: [0, ...pads.map(({ high }) => high), 0],
    };
    const result = pool(image, attributes, options, sizes.reduce((product, size) => product * size, 1));
    return first ? channelsFirst(result) : result;
  };
}

function maxPool(rank: number) {
  return pooling("maxPool", rank, (image, attributes) => make(reduceWindow.name, [image], { ...attributes, kind: "max" }));
}
export const maxPool1d = maxPool(1);
export const maxPool2d = maxPool(2);
export const maxPool3d = maxPool(3);

function avgPool(rank: number) {
  return pooling("avgPool", rank, (image, attributes, { padding = "valid", countPadding = false }, places) => {
    const float = convert(image, floatOf(image.type.dtype));
    const sums = make(reduceWindow.name, [float], { ...attributes, kind: "sum" });
    if (countPadding || padding === "valid") return div(sums, places);
    const ones = full(1, float.type.dtype, float.type.shape);
    return div(sums, make(reduceWindow.name, [ones], { ...attributes, kind: "sum" }));
  });
}
export const avgPool1d = avgPool(1);
export const avgPool2d = avgPool(2);
export const avgPool3d = avgPool(3);
