// Convolution of real tensors as a product of their spectra.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isSmooth } from "../../ir/routines/fft/line-checks.ts";
import { describeTyped } from "../expression.ts";
import { padNode, sliceAxis } from "../ops/movement.ts";
import { meet, type Operand, toDType, toNode } from "../ops/operand.ts";
import { floatOf } from "../promote.ts";
import { toAxes } from "../shape.ts";
import { complexMul } from "./complex.ts";
import { irfftn, rfftn } from "./transform.ts";

export interface ConvolveOptions {
  /** All places where the two meet; as many as x has, from the middle; or those where all of the shorter one lies inside. */
  readonly mode?: "full" | "same" | "valid" | undefined;
  /** All axes unless they are said; along others the two broadcast. */
  readonly axes?: readonly number[] | null | undefined;
}

/** Sums of x[j] kernel[i - j]. Sizes along the axes are known when the graph is built. E203, E205. */
export function fftConvolve(x: Operand, kernel: Operand, { mode = "full", axes }: ConvolveOptions = {}): Node {
  const op = "fftConvolve";
  const dtype = floatOf(meet(op, [x, kernel]));
  const [a, b] = [toDType(op, toNode(op, x), dtype), toDType(op, toNode(op, kernel), dtype)];
  const rank = a.type.shape.length;
  if (b.type.shape.length !== rank) throw userError("E203", { op, message: `ranks differ: ${describeTyped(a)} and ${describeTyped(b)}` });
  if (!["full", "same", "valid"].includes(mode)) throw userError("E205", { op, message: `there is no mode ${String(mode)}`, hint: "full, same, valid" });
  const list = toAxes(op, axes, rank);
  const sizes = [a, b].map((node) => list.map((axis) => {
    const size = node.type.shape[axis]!;
    if (typeof size === "number" && size > 0) return size;
    throw userError("E205", { op, message: `axis ${axis} of ${describeTyped(node)} must have a size that is known when the graph is built, and elements` });
  })) as [number[], number[]];
  const full = sizes[0].map((size, i) => size + sizes[1][i]! - 1);
  const lengths = full.map(convenientFrom);
  const spectrum = (node: Node): Node => rfftn(filled(node, list, lengths), { axes: list });
  const sums = irfftn(complexMul(spectrum(a), spectrum(b)), { axes: list, length: lengths.at(-1)! });
  return list.reduce((result, axis, i) => {
    const [start, size] = placesOf(op, mode, sizes[0][i]!, sizes[1][i]!);
    return sliceAxis(result, axis, start, start + size, 1);
  }, sums);
}

function placesOf(op: string, mode: "full" | "same" | "valid", size: number, other: number): readonly [start: number, size: number] {
  const full = size + other - 1;
  if (mode === "full") return [0, full];
  if (mode === "same") return [Math.floor((full - size) / 2), size];
  if (other > size) throw userError("E205", { op, message: `with mode "valid" the kernel, of size ${other}, must lie within x, of size ${size}` });
  return [other - 1, size - other + 1];
}

function filled(node: Node, axes: readonly number[], lengths: readonly number[]): Node {
  const high = node.type.shape.map((size, axis) => (axes.includes(axis) ? lengths[axes.indexOf(axis)]! - (size as number) : 0));
  return high.every((count) => count === 0) ? node : padNode(node, 0, high.map(() => 0), high);
}

/** The least even length from `least` on with no factors but 2, 3 and 5. */
function convenientFrom(least: number): number {
  let half = Math.ceil(least / 2);
  while (!isSmooth(half)) half++;
  return 2 * half;
}
