// Convolution as a product of matrices: patches (every window of the padded operand, one row each) times the kernel.
// Its two transposes are the same product with the roles exchanged. This is what forms of convolutions become that no
// kernel computes directly: patches are stored.
//
//   patches  [N, out..., k..., C]    with groups  [B, N, out..., k..., G, C]
//   kernel   [k..., C, O]                         [k..., C, B, G, O]
//   result   [N, out..., O]                       [N, out..., B, G, O]

import { dimsAttribute, intAttribute, intsAttribute } from "../attributes.ts";
import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";
import { type Dim, divideExactly } from "../size.ts";
import type { Shape } from "../types.ts";
import { invertPermutation } from "./movement.ts";
import { transposePad } from "./slicing.ts";
import { overlapAdd, windows } from "./window.ts";

export interface Convolution {
  readonly strides: readonly number[];
  readonly low: readonly Dim[];
  readonly high: readonly Dim[];
  readonly lhs_dilation: readonly number[];
  readonly rhs_dilation: readonly number[];
  readonly groups: number;
  readonly batch_groups: number;
}

export function convolutionOf(from: Parameters<typeof intsAttribute>[0]): Convolution {
  return {
    strides: intsAttribute(from, "strides"),
    low: dimsAttribute(from, "low"),
    high: dimsAttribute(from, "high"),
    lhs_dilation: intsAttribute(from, "lhs_dilation"),
    rhs_dilation: intsAttribute(from, "rhs_dilation"),
    groups: intAttribute(from, "groups"),
    batch_groups: intAttribute(from, "batch_groups"),
  };
}

const range = (from: number, length: number): readonly number[] => Array.from({ length }, (_, i) => from + i);

/** Axes of the three tensors in the form that the products take; the group axes are absent without groups. */
interface Axes {
  readonly groups: readonly number[];
  readonly n: number;
  readonly out: readonly number[];
  readonly k: readonly number[];
  readonly c: number;
  readonly o: number;
}

interface Layout {
  readonly patches: Pick<Axes, "groups" | "n" | "out" | "k" | "c">;
  readonly kernel: Pick<Axes, "groups" | "k" | "c" | "o">;
  readonly result: Pick<Axes, "groups" | "n" | "out" | "o">;
}

function layoutOf(spatial: number, grouped: boolean): Layout {
  const [first, both] = grouped ? [1, 2] : [0, 0];
  return {
    patches: {
      groups: grouped ? [0, 2 * spatial + 2] : [],
      n: first, out: range(first + 1, spatial), k: range(first + 1 + spatial, spatial), c: 2 * spatial + 1 + both,
    },
    kernel: { groups: grouped ? [spatial + 1, spatial + 2] : [], k: range(0, spatial), c: spatial, o: spatial + 1 + both },
    result: { groups: grouped ? [spatial + 1, spatial + 2] : [], n: 0, out: range(1, spatial), o: spatial + 1 + both },
  };
}

/** A convolution by its operand and the shapes of the other two tensors. */
export interface ConvolutionForm {
  readonly conv: Convolution;
  readonly operand: Node;
  readonly kernel: Shape;
  readonly result: Shape;
}

/** What the three products share: the layout and the sizes. */
interface Setting {
  readonly conv: Convolution;
  readonly operand: Node;
  readonly layout: Layout;
  readonly spatial: number;
  readonly grouped: boolean;
  readonly window: readonly Dim[];
  readonly counts: readonly Dim[];
  readonly batch: Dim;
  readonly channels: Dim;
  readonly out: Dim;
}

function settingOf({ conv, operand, kernel, result }: ConvolutionForm): Setting {
  const spatial = conv.strides.length;
  const grouped = conv.groups * conv.batch_groups > 1;
  return {
    conv, operand, spatial, grouped,
    layout: layoutOf(spatial, grouped),
    window: kernel.slice(0, spatial),
    counts: result.slice(1, -1),
    batch: result[0]!,
    channels: kernel[spatial]!,
    out: divideExactly(kernel[spatial + 1]!, conv.groups * conv.batch_groups)!,
  };
}

function patchesShape({ conv, grouped, batch, counts, window, channels }: Setting): Shape {
  return grouped
    ? [conv.batch_groups, batch, ...counts, ...window, conv.groups, channels]
    : [batch, ...counts, ...window, channels];
}

function kernelInForm(b: GraphBuilder, kernel: Node, { conv, grouped, window, channels, out }: Setting): Node {
  return grouped ? b.reshape(kernel, [...window, channels, conv.batch_groups, conv.groups, out]) : kernel;
}

function resultInForm(b: GraphBuilder, cotangent: Node, { conv, grouped, batch, counts, out }: Setting): Node {
  return grouped ? b.reshape(cotangent, [batch, ...counts, conv.batch_groups, conv.groups, out]) : cotangent;
}

/** The padded operand, and the attributes of its windows. Gaps between elements need an op of their own. */
function paddedOperand(b: GraphBuilder, { conv, operand: x, window }: Setting) {
  const aroundSpatial = <T>(edge: T, inner: readonly T[]): readonly T[] => [edge, ...inner, edge];
  const gaps = conv.lhs_dilation.some((dilation) => dilation > 1);
  const [low, high] = [aroundSpatial<Dim>(0, conv.low), aroundSpatial<Dim>(0, conv.high)];
  const none = x.type.shape.map(() => 0);
  const padded = gaps
    ? b.make("pad", [x], { low, high, interior: aroundSpatial(0, conv.lhs_dilation.map((dilation) => dilation - 1)), value: 0 })
    : x;
  const geometry = {
    window: aroundSpatial<Dim>(1, window), strides: aroundSpatial(1, conv.strides), dilation: aroundSpatial(1, conv.rhs_dilation),
    low: gaps ? none : low, high: gaps ? none : high,
  };
  const trivial = window.every((size) => size === 1) && conv.strides.every((stride) => stride === 1) &&
    [...geometry.low, ...geometry.high].every((margin) => margin === 0);
  return { padded, gaps, geometry, trivial };
}

/** Where the axes [N, out..., k..., C] stand in [N, out..., C, 1, k..., 1] without the ones. */
function channelsLast(spatial: number): readonly number[] {
  return [0, ...range(1, spatial), ...range(spatial + 2, spatial), spatial + 1];
}

function patchesOf(b: GraphBuilder, setting: Setting): Node {
  const { padded, geometry, trivial } = paddedOperand(b, setting);
  if (trivial) return b.reshape(padded, patchesShape(setting));
  const all = b.make(windows.name, [padded], { ...geometry, value: 0 });
  const narrow = b.reshape(all, [...all.type.shape.slice(0, setting.spatial + 2), ...setting.window]);
  return b.reshape(b.transpose(narrow, channelsLast(setting.spatial)), patchesShape(setting));
}

/** The transpose of patchesOf. */
function foldPatches(b: GraphBuilder, patches: Node, setting: Setting): Node {
  const { padded, gaps, geometry, trivial } = paddedOperand(b, setting);
  const { shape } = padded.type;
  const unpad = (x: Node): Node => (gaps ? transposePad(b, padded, x) : x);
  if (trivial) return unpad(b.reshape(patches, shape));
  const [batch, channels] = [shape[0]!, shape[shape.length - 1]!];
  const flat = b.reshape(patches, [batch, ...setting.counts, ...setting.window, channels]);
  const narrow = b.transpose(flat, invertPermutation(channelsLast(setting.spatial)));
  const all = b.reshape(narrow, [batch, ...setting.counts, channels, 1, ...setting.window, 1]);
  return unpad(b.make(overlapAdd.name, [all], { ...geometry, shape }));
}

/** dot_general whose result axes are brought into `order`: for each axis of the result wanted, its place in the product. */
function product(
  b: GraphBuilder, lhs: Node, rhs: Node, lhsAxes: Pick<Axes, "groups">, rhsAxes: Pick<Axes, "groups">,
  lhsContract: readonly number[], rhsContract: readonly number[], order: readonly number[],
): Node {
  const dot = b.make("dot_general", [lhs, rhs], {
    lhs_contract: lhsContract, rhs_contract: rhsContract, lhs_batch: lhsAxes.groups, rhs_batch: rhsAxes.groups,
  });
  return lhsAxes.groups.length === 0 ? dot : b.transpose(dot, order);
}

/** The result of a convolution. */
export function convolve(b: GraphBuilder, form: ConvolutionForm, weights: Node): Node {
  const setting = settingOf(form);
  const { patches, kernel } = setting.layout;
  const { spatial } = setting;
  // [B, G, N, out..., O] -> [N, out..., B, G, O]
  const order = [...range(2, 1 + spatial), 0, 1, spatial + 3];
  const dot = product(
    b, patchesOf(b, setting), kernelInForm(b, weights, setting), patches, kernel,
    [...patches.k, patches.c], [...kernel.k, kernel.c], order,
  );
  return b.reshape(dot, form.result);
}

/** The cotangent of the operand. */
export function foldIntoOperand(b: GraphBuilder, form: ConvolutionForm, weights: Node, cotangent: Node): Node {
  const setting = settingOf(form);
  const { kernel, result } = setting.layout;
  const { spatial } = setting;
  // [B, G, N, out..., k..., C] -> [B, N, out..., k..., G, C]
  const order = [0, ...range(2, 1 + 2 * spatial), 1, 2 * spatial + 3];
  const dot = product(
    b, resultInForm(b, cotangent, setting), kernelInForm(b, weights, setting), result, kernel, [result.o], [kernel.o], order,
  );
  return foldPatches(b, dot, setting);
}

/** The cotangent of the kernel. */
export function sumIntoKernel(b: GraphBuilder, form: ConvolutionForm, cotangent: Node): Node {
  const setting = settingOf(form);
  const { patches, result } = setting.layout;
  const { spatial } = setting;
  // [B, G, k..., C, O] -> [k..., C, B, G, O]
  const order = [...range(2, spatial + 1), 0, 1, spatial + 3];
  const dot = product(
    b, patchesOf(b, setting), resultInForm(b, cotangent, setting), patches, result,
    [patches.n, ...patches.out], [result.n, ...result.out], order,
  );
  return b.reshape(dot, form.kernel);
}
