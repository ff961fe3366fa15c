// Fourier transforms along one axis and along several. What an op of the IR cannot do is made of what it can: other lengths by a convolution
// with a chirp (Bluestein), real lines of odd length by complex ones.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { turn } from "../../ir/reference/turn.ts";
import { fft as fftOp } from "../../ir/routines/fft/fft.ts";
import { isSmooth } from "../../ir/routines/fft/line-checks.ts";
import { transformNaively } from "../../ir/routines/fft/naive.ts";
import { irfft as irfftOp, rfft as rfftOp } from "../../ir/routines/fft/real-fft.ts";
import { type Dim, showDim } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { concatNodes, moveAxis, padNode, sliceAxis } from "../ops/movement.ts";
import { expectDType, type Operand, toNode } from "../ops/operand.ts";
import { constant, convert, fullLike, iota, make, reverse, transpose } from "../ops/primitive.ts";
import { floatOf } from "../promote.ts";
import { axesAsNamed, toAxis } from "../shape.ts";
import { complex, complexMul, conj, pairsOf, real } from "./complex.ts";
import { type FloatDType, mostStored, rootsOfUnity } from "./roots.ts";

/** What is divided by the length: the backward transform, both by its root, or the forward one. */
export type Norm = "backward" | "ortho" | "forward";

export interface TransformOptions {
  /** The axis, not counting that of the pairs; the last unless said otherwise. */
  readonly axis?: number | undefined;
  /** How many values there are: what is over is left out, what lacks is 0. */
  readonly length?: number | undefined;
  readonly norm?: Norm | undefined;
}

const dtypeOf = (node: Node): FloatDType => node.type.dtype as FloatDType;

/** A length that is known when the graph is built. E205. */
function staticLength(op: string, length: Dim | undefined, given: Node): number {
  if (typeof length === "number" && Number.isInteger(length) && length >= 1) return length;
  const message = typeof length === "object" ? `the size ${showDim(length)} of ${describeTyped(given)} is not known when the graph is built` : `${String(length)} values cannot be transformed`;
  throw userError("E205", { op, message, hint: "state a number: { length: 256 }" });
}

/** The axis cut, or filled with 0, to the length. */
function fit(node: Node, axis: number, length: number): Node {
  const own = node.type.shape[axis]!;
  if (own === length) return node;
  if (typeof own !== "number") throw userError("E205", { op: "fft", message: `the size ${showDim(own)} of ${describeTyped(node)} is not known when the graph is built` });
  if (own > length) return sliceAxis(node, axis, 0, length, 1);
  return padNode(node, 0, node.type.shape.map(() => 0), node.type.shape.map((_, i) => (i === axis ? length - own : 0)));
}

function factorOf(op: string, norm: Norm, isInverse: boolean, length: number): number {
  switch (norm) {
    case "backward": return isInverse ? 1 / length : 1;
    case "ortho": return 1 / Math.sqrt(length);
    case "forward": return isInverse ? 1 : 1 / length;
    default: throw userError("E205", { op, message: `there is no norm ${String(norm)}`, hint: "backward, ortho, forward" });
  }
}

const scaled = (node: Node, factor: number): Node => (factor === 1 ? node : e.mul(node, factor));

/** Transforms [..., n, 2] without a factor. */
function transformPairs(lines: Node, inverse: boolean): Node {
  const n = lines.type.shape.at(-2) as number;
  return isSmooth(n) ? make(fftOp.name, [lines, rootsOfUnity(n, n, dtypeOf(lines))], { inverse }) : byChirp(lines, n, inverse);
}

/**
 * Bluestein: j k = (j^2 + k^2 - (k - j)^2) / 2, so with the chirp c[k] = e^(-pi i k^2 / n) the transform is
 * X[k] = c[k] * sum over j of (x[j] c[j]) conj(c[k - j]), a convolution, for which any longer length will do.
 */
function byChirp(lines: Node, n: number, inverse: boolean): Node {
  const dtype = dtypeOf(lines);
  const length = smoothFrom(2 * n - 1);
  // Squares modulo 2 n, of which the chirp has the period.
  const place = iota("i64", [n], 0);
  const power = convert(e.rem(e.mul(place, place), 2 * n), "i32");
  const forward = transpose(make("gather", [rootsOfUnity(2 * n, 2 * n, dtype), power], { axes: [1], bounds: "clamp" }), [0, 1]);
  const chirp = inverse ? conj(forward) : forward;
  const axis = lines.type.shape.length - 2;
  const filter = length <= mostStored ? filterSpectrum(n, length, inverse, dtype) : scaled(transformPairs(filterOf(conj(chirp), n, length), false), 1 / length);
  const sums = transformPairs(complexMul(transformPairs(fit(complexMul(lines, chirp), axis, length), false), filter), true);
  return complexMul(sliceAxis(sums, axis, 0, n, 1), chirp);
}

/** The conjugate of the chirp for k = 0 ... n - 1, and for -k from the end back. */
function filterOf(back: Node, n: number, length: number): Node {
  const gap = padNode(back, 0, [0, 0], [length - 2 * n + 1, 0]);
  return concatNodes("fft", [gap, reverse(sliceAxis(back, 0, 1, n, 1), [0])], 0);
}

/** Its spectrum divided by the length, [length, 2], as a table: the same in every call. */
function filterSpectrum(n: number, length: number, inverse: boolean, dtype: FloatDType): Node {
  const filter = new Float64Array(2 * length);
  for (let k = 0; k < n; k++) {
    const [cos, sin] = turn((k * k) % (2 * n), 2 * n);
    for (const at of [k, (length - k) % length]) filter.set([cos, inverse ? -sin : sin], 2 * at);
  }
  const spectrum = transformNaively(filter, -1).map((x) => x / length);
  return constant({ dtype, shape: [length, 2], data: dtype === "f32" ? Float32Array.from(spectrum) : spectrum } as Parameters<typeof constant>[0]);
}

/** The least length from `least` on that is 16 times a product of powers of 2, 3 and 5: whole vectors from the first pass on. */
function smoothFrom(least: number): number {
  let sixteenths = Math.ceil(least / 16);
  while (!isSmooth(sixteenths)) sixteenths++;
  return 16 * sixteenths;
}

function alongPairs(op: string, z: Operand, { axis = -1, length, norm = "backward" }: TransformOptions, inverse: boolean): Node {
  const pairs = pairsOf(op, z);
  const rank = pairs.type.shape.length - 1;
  const at = toAxis(op, axis, rank);
  const n = staticLength(op, length ?? pairs.type.shape[at], pairs);
  const lines = moveAxis(fit(pairs, at, n), at, rank - 1);
  return moveAxis(scaled(transformPairs(lines, inverse), factorOf(op, norm, inverse, n)), rank - 1, at);
}

/** The Fourier transform of pairs along an axis: sums of x[j] e^(-2 pi i j k / n). */
export function fft(z: Operand, options: TransformOptions = {}): Node {
  return alongPairs("fft", z, options, false);
}

export function ifft(z: Operand, options: TransformOptions = {}): Node {
  return alongPairs("ifft", z, options, true);
}

/** Pairs 0 ... floor(n / 2) of the transform of a real tensor; the others are their conjugates. */
export function rfft(x: Operand, { axis = -1, length, norm = "backward" }: TransformOptions = {}): Node {
  const op = "rfft";
  const given = expectDType(op, toNode(op, x), (dtype) => dtype !== "bool", "numbers");
  const rank = given.type.shape.length;
  const at = toAxis(op, axis, rank);
  const n = staticLength(op, length ?? given.type.shape[at], given);
  const lines = moveAxis(fit(convert(given, floatOf(given.type.dtype)), at, n), at, rank - 1);
  return moveAxis(scaled(realLines(lines, n), factorOf(op, norm, false, n)), rank - 1, at);
}

const isHalved = (n: number): boolean => n % 2 === 0 && isSmooth(n / 2);
const tablesOf = (n: number, dtype: FloatDType): readonly Node[] => [rootsOfUnity(n / 2, n / 2, dtype), rootsOfUnity(n, Math.floor(n / 4) + 1, dtype)];

function realLines(lines: Node, n: number): Node {
  if (isHalved(n)) return make(rfftOp.name, [lines, ...tablesOf(n, dtypeOf(lines))]);
  return sliceAxis(transformPairs(complex(lines, fullLike(lines, 0)), false), lines.type.shape.length - 1, 0, Math.floor(n / 2) + 1, 1);
}

/** The real tensor of which the pairs are the first half of the transform, of `length` values: an even number unless it is said. */
export function irfft(z: Operand, { axis = -1, length, norm = "backward" }: TransformOptions = {}): Node {
  const op = "irfft";
  const pairs = pairsOf(op, z);
  const rank = pairs.type.shape.length - 1;
  const at = toAxis(op, axis, rank);
  const own = pairs.type.shape[at]!;
  const n = staticLength(op, length ?? (typeof own === "number" ? 2 * (own - 1) : own), pairs);
  const half = moveAxis(fit(pairs, at, Math.floor(n / 2) + 1), at, rank - 1);
  return moveAxis(scaled(linesOfHalf(half, n), factorOf(op, norm, true, n)), rank - 1, at);
}

function linesOfHalf(half: Node, n: number): Node {
  if (isHalved(n)) return make(irfftOp.name, [half, ...tablesOf(n, dtypeOf(half))]);
  const axis = half.type.shape.length - 2;
  const rest = n - (half.type.shape[axis] as number);
  const others = reverse(conj(sliceAxis(half, axis, 1, 1 + rest, 1)), [axis]);
  return real(transformPairs(rest === 0 ? half : concatNodes("irfft", [half, others], axis), true));
}

export interface SeveralOptions {
  /** The axes, not counting that of the pairs; all unless they are said. */
  readonly axes?: readonly number[] | null | undefined;
  readonly norm?: Norm | undefined;
}

function along(op: string, node: Node, rank: number, { axes, norm = "backward" }: SeveralOptions, run: (node: Node, axis: number, norm: Norm, isLast: boolean) => Node): Node {
  const list = axesAsNamed(op, axes, rank);
  if (list.length === 0) throw userError("E204", { op, message: `${describeTyped(node)} is transformed along no axis` });
  return list.reduceRight((result, axis, i) => run(result, axis, norm, i === list.length - 1), node);
}

/** Along several axes. */
export function fftn(z: Operand, options: SeveralOptions = {}): Node {
  const pairs = pairsOf("fftn", z);
  return along("fftn", pairs, pairs.type.shape.length - 1, options, (node, axis, norm) => fft(node, { axis, norm }));
}

export function ifftn(z: Operand, options: SeveralOptions = {}): Node {
  const pairs = pairsOf("ifftn", z);
  return along("ifftn", pairs, pairs.type.shape.length - 1, options, (node, axis, norm) => ifft(node, { axis, norm }));
}

/** Of a real tensor; the last of the axes is the one of which there is half. */
export function rfftn(x: Operand, options: SeveralOptions = {}): Node {
  const node = toNode("rfftn", x);
  return along("rfftn", node, node.type.shape.length, options, (part, axis, norm, isLast) => (isLast ? rfft(part, { axis, norm }) : fft(part, { axis, norm })));
}

/** Back to a real tensor; `length` is the size of the last of the axes: an even number unless it is said. */
export function irfftn(z: Operand, { length, ...options }: SeveralOptions & { readonly length?: number | undefined } = {}): Node {
  const pairs = pairsOf("irfftn", z);
  const rank = pairs.type.shape.length - 1;
  const axes = axesAsNamed("irfftn", options.axes, rank);
  const last = axes.at(-1);
  if (last === undefined) return along("irfftn", pairs, rank, { ...options, axes }, (node) => node);
  const rest = axes.slice(0, -1);
  const { norm } = options;
  return irfft(rest.reduce((node, axis) => ifft(node, { axis, norm }), pairs), { axis: last, length, norm });
}
