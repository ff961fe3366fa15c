// Operators that move elements and compute nothing: NumPy's semantics over the IR's broadcast, reshape, transpose,
// slice, reverse, concat and pad.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { addDims, divideExactly, floorDivDims, maxDims, mulDims, productOfDims, showDim, subDims } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { shapeEquals, showShape } from "../../ir/types.ts";
import { describeNode } from "../expression.ts";
import { promote } from "../promote.ts";
import { neverEqual, toAxes, toAxis, toShape } from "../shape.ts";
import { broadcastShapes, isWeak, joinDims, type Operand, stretch, toNode, weakNode, weakValue } from "./operand.ts";
import { sizeValue } from "./size.ts";
import { assume as assumeShape, convert, iota, make, reshape as reshapeNode, reverse, sliceAxes, transpose as transposeNode } from "./primitive.ts";

/** All axes in reverse order, or in the given order. */
export function transpose(x: Operand, axes?: readonly number[] | null): Node {
  const node = toNode("transpose", x);
  const rank = node.type.shape.length;
  if (axes === undefined || axes === null) return transposeNode(node, Array.from({ length: rank }, (_, i) => rank - 1 - i));
  const permutation = axes.map((axis) => toAxis("transpose", axis, rank));
  if (permutation.length !== rank || new Set(permutation).size !== rank) {
    throw userError("E204", { op: "transpose", message: `[${axes.join(",")}] does not name each axis of ${describeNode(node)} once` });
  }
  return transposeNode(node, permutation);
}

export function swapAxes(x: Operand, a: number, b: number): Node {
  const node = toNode("swapAxes", x);
  const rank = node.type.shape.length;
  const [i, j] = [toAxis("swapAxes", a, rank), toAxis("swapAxes", b, rank)];
  return transposeNode(node, node.type.shape.map((_, axis) => (axis === i ? j : axis === j ? i : axis)));
}

/** Axis `from` goes to place `to`; the others keep their order. */
export function moveAxis(x: Operand, from: number, to: number): Node {
  const node = toNode("moveAxis", x);
  const rank = node.type.shape.length;
  const [i, j] = [toAxis("moveAxis", from, rank), toAxis("moveAxis", to, rank)];
  const order = node.type.shape.map((_, axis) => axis).filter((axis) => axis !== i);
  order.splice(j, 0, i);
  return transposeNode(node, order);
}

/** The same elements, row by row, in another shape; one size may be -1, which stands for what is left over. */
export function reshape(x: Operand, shape: readonly unknown[]): Node {
  const node = toNode("reshape", x);
  if (!Array.isArray(shape)) toShape(shape);
  const open = shape.indexOf(-1);
  const dims = toShape(shape.map((dim, axis) => (axis === open ? 1 : dim)));
  const elements = productOfDims(node.type.shape);
  if (open >= 0) dims[open] = leftOver(node, elements, dims, shape);
  const wanted = productOfDims(dims);
  if (wanted === elements) return reshapeNode(node, dims);
  if (neverEqual(elements, wanted)) throw doesNotFit(node, elements, dims, wanted);
  return reshapeAssuming(node, dims);
}

function leftOver(node: Node, elements: Dim, dims: readonly Dim[], shape: readonly unknown[]): Dim {
  const others = productOfDims(dims);
  if (others === 0) throw userError("E206", { op: "reshape", message: `the -1 in [${shape.join(",")}] is not determined` });
  const exact = divideExactly(elements, others);
  if (exact !== undefined) return exact;
  if (typeof elements === "number" && typeof others === "number") throw doesNotFit(node, elements, dims, others);
  return floorDivDims(elements, others);
}

function doesNotFit(node: Node, elements: Dim, dims: Shape, wanted: Dim): Error {
  return userError("E206", {
    op: "reshape", message: `${describeNode(node)} has ${showDim(elements)} elements, ${showShape(dims)} has ${showDim(wanted)}`,
  });
}

// The counts agree only for some sizes: flat, the check is one of sizes.
function reshapeAssuming(node: Node, dims: Shape): Node {
  const flat = reshapeNode(node, [productOfDims(node.type.shape)]);
  return reshapeNode(assumeShape(flat, [productOfDims(dims)]), dims);
}

export function flatten(x: Operand): Node {
  const node = toNode("flatten", x);
  return reshapeNode(node, [productOfDims(node.type.shape)]);
}

/** A new axis of size 1; `axis` counts in the result. */
export function expandDims(x: Operand, axis: number): Node {
  const node = toNode("expandDims", x);
  const shape = [...node.type.shape];
  shape.splice(toAxis("expandDims", axis, shape.length + 1), 0, 1);
  return reshapeNode(node, shape);
}

/** Without the axes, whose size is 1; without an argument, all such axes. */
export function squeeze(x: Operand, axes?: number | readonly number[] | null): Node {
  const node = toNode("squeeze", x);
  const { shape } = node.type;
  const given = axes !== undefined && axes !== null;
  const dropped = given ? toAxes("squeeze", axes, shape.length) : shape.map((_, axis) => axis).filter((axis) => shape[axis] === 1);
  for (const axis of dropped) {
    if (shape[axis] === 1) continue;
    throw userError("E204", { op: "squeeze", message: `axis ${axis} of ${describeNode(node)} has size ${showDim(shape[axis]!)}, not 1` });
  }
  return reshapeNode(node, shape.filter((_, axis) => !dropped.includes(axis)));
}

export function broadcastTo(x: Operand, shape: readonly unknown[]): Node {
  const dims = toShape(shape);
  if (isWeak(x)) return weakNode("broadcastTo", x, "f32", dims);
  return stretchTo("broadcastTo", toNode("broadcastTo", x), dims);
}

/** E203 unless the node stretches to exactly `dims`. */
export function stretchTo(op: string, node: Node, dims: Shape): Node {
  const own = node.type.shape;
  const fits = own.length <= dims.length && own.every((dim, i) => {
    const wanted = dims[dims.length - own.length + i]!;
    return dim === 1 || (wanted !== 1 && !neverEqual(dim, wanted));
  });
  if (!fits) throw userError("E203", { op, message: `${describeNode(node)} does not stretch to ${showShape(dims)}` });
  return stretch(node, dims);
}

/** States a shape that is not known by itself; sizes that are not equal by construction are checked when the function runs. */
export function assume(x: Operand, shape: readonly unknown[]): Node {
  const node = toNode("assume", x);
  const dims = toShape(shape);
  if (shapeEquals(node.type.shape, dims)) return node;
  const possible = dims.length === node.type.shape.length && dims.every((dim, axis) => !neverEqual(dim, node.type.shape[axis]!));
  if (!possible) throw userError("E210", { op: "assume", message: `${describeNode(node)} cannot have shape ${showShape(dims)}` });
  return assumeShape(node, dims);
}

/** One axis from `start` to before `stop`; negative places count from the end, places beyond it are cut. */
export function sliceAxis(node: Node, axis: number, start: number | Dim | undefined, stop: number | Dim | undefined, step: number): Node {
  const size = node.type.shape[axis]!;
  if (step < 0) {
    const flipped = reverse(node, [axis]);
    // Position p of the reversed axis is size - 1 - p of the axis itself.
    const mirror = (place: number | Dim): Dim => subDims(subDims(size, 1), fromEnd(place, size));
    return sliceAxis(flipped, axis, start === undefined ? undefined : clampPlace(mirror(start), size), stop === undefined ? undefined : clampPlace(mirror(stop), size), -step);
  }
  const low = start === undefined ? 0 : clampPlace(fromEnd(start, size), size);
  const high = stop === undefined ? size : clampPlace(fromEnd(stop, size), size);
  const limit = typeof low === "number" && typeof high === "number" ? Math.max(low, high) : high;
  const whole = typeof size === "number" ? node : assumeAtLeast(node, axis, leastSize(size, low, limit));
  const { shape } = whole.type;
  return sliceAxes(whole, shape.map((_, i) => (i === axis ? low : 0)), shape.map((dim, i) => (i === axis ? limit : dim)), shape.map((_, i) => (i === axis ? step : 1)));
}

// How large a symbolic size must be for the places to lie within it, apart from what follows from limit - low not being
// negative, which is checked for every shape.
function leastSize(size: Dim, low: Dim, limit: Dim): number {
  const fromStart = typeof limit === "number" ? limit : 0;
  const behind = typeof low === "number" ? 0 : subDims(size, low);
  return Math.max(fromStart, typeof behind === "number" ? behind : 0);
}

function assumeAtLeast(node: Node, axis: number, least: number): Node {
  if (least === 0) return node;
  return assumeShape(node, node.type.shape.map((dim, i) => (i === axis ? maxDims(dim, least) : dim)));
}

function fromEnd(place: number | Dim, size: Dim): Dim {
  return typeof place === "number" && place < 0 ? addDims(size, place) : place;
}

// Where the size is known, places beyond it are cut, as in NumPy; within a symbolic one they must lie, so that x[1:] and
// x[:-1] have the same size. That is checked when the function runs.
function clampPlace(place: Dim, size: Dim): Dim {
  return typeof place === "number" && typeof size === "number" ? Math.min(Math.max(place, 0), size) : place;
}

/** Reads one axis from `start` to before `stop` in steps. */
export function slice(x: Operand, axis: number, start: number, stop?: number | null, step = 1): Node {
  const node = toNode("slice", x);
  for (const [name, value] of [["start", start], ["stop", stop], ["step", step]] as const) {
    if (value === undefined || value === null || Number.isInteger(value)) continue;
    throw userError("E208", { op: "slice", message: `${name} must be an integer, not ${String(value)}` });
  }
  if (step === 0) throw userError("E208", { op: "slice", message: "step is 0" });
  return sliceAxis(node, toAxis("slice", axis, node.type.shape.length), start, stop ?? undefined, step);
}

export function flip(x: Operand, axes?: number | readonly number[] | null): Node {
  const node = toNode("flip", x);
  return reverse(node, toAxes("flip", axes, node.type.shape.length));
}

function listOf(op: string, list: readonly unknown[]): Node[] {
  if (!Array.isArray(list) || list.length === 0) throw userError("E201", { op, message: "takes a list of at least one tensor" });
  const nodes = list.map((x) => toNode(op, x));
  const dtype = nodes.map((node) => node.type.dtype).reduce(promote);
  return nodes.map((node) => convert(node, dtype));
}

/** Joins tensors of one rank along an axis; the other sizes must be equal. */
export function concat(list: readonly Operand[], axis = 0): Node {
  return concatNodes("concat", listOf("concat", list), axis);
}

export function concatNodes(op: string, nodes: readonly Node[], axis: number): Node {
  const rank = nodes[0]!.type.shape.length;
  const differing = nodes.find((node) => node.type.shape.length !== rank);
  if (differing !== undefined) {
    throw userError("E203", { op, message: `ranks differ: ${describeNode(nodes[0]!)} and ${describeNode(differing)}` });
  }
  const at = toAxis(op, axis, rank);
  const joined = [...nodes[0]!.type.shape];
  for (const node of nodes) {
    node.type.shape.forEach((dim, i) => {
      if (i === at) return;
      const same = joinDims(joined[i]!, dim);
      if (same === undefined) {
        throw userError("E203", { op, message: `${describeNode(nodes[0]!)} and ${describeNode(node)} differ beside axis ${at} (axis ${i}: ${showDim(joined[i]!)} and ${showDim(dim)})` });
      }
      joined[i] = same;
    });
  }
  if (nodes.length === 1) return nodes[0]!;
  const agreed = nodes.map((node) => {
    const shape = joined.map((dim, i) => (i === at ? node.type.shape[i]! : dim));
    return shapeEquals(shape, node.type.shape) ? node : assumeShape(node, shape);
  });
  return make("concat", agreed, { axis: at });
}

/** Joins tensors of one shape along a new axis; `axis` counts in the result. */
export function stack(list: readonly Operand[], axis = 0): Node {
  const nodes = listOf("stack", list);
  const [first] = nodes;
  const rank = first!.type.shape.length;
  const at = toAxis("stack", axis, rank + 1);
  for (const node of nodes) {
    const { shape } = node.type;
    const same = shape.length === rank && shape.every((dim, i) => joinDims(first!.type.shape[i]!, dim) !== undefined);
    if (!same) throw userError("E203", { op: "stack", message: `${describeNode(first!)} and ${describeNode(node)} differ` });
  }
  return concatNodes("stack", nodes.map((node) => expandDims(node, at)), at);
}

/** `sections` equal parts, or parts between the given places. */
export function split(x: Operand, sections: number | readonly number[], axis = 0): Node[] {
  const node = toNode("split", x);
  const at = toAxis("split", axis, node.type.shape.length);
  const size = node.type.shape[at]!;
  if (typeof sections === "number") {
    const part = divideExactly(size, sections);
    if (!Number.isInteger(sections) || sections < 1 || part === undefined) {
      throw userError("E208", { op: "split", message: `axis ${at} of ${describeNode(node)} does not split into ${sections} equal parts` });
    }
    return Array.from({ length: sections }, (_, i) => sliceAxis(node, at, mulDims(part, i), mulDims(part, i + 1), 1));
  }
  return [...sections, undefined].map((stop, i) => sliceAxis(node, at, i === 0 ? 0 : sections[i - 1]!, stop, 1));
}

/** Each axis `reps` times as long; the shorter of shape and reps is led by ones. */
export function tile(x: Operand, reps: readonly number[]): Node {
  const node = toNode("tile", x);
  const counts = reps.map((count) => toCount("tile", count));
  const rank = Math.max(counts.length, node.type.shape.length);
  const lead = <T>(list: readonly T[], one: T): T[] => [...new Array<T>(rank - list.length).fill(one), ...list];
  const shape = lead<Dim>(node.type.shape, 1);
  const times = lead(counts, 1);
  // A new axis before each one takes the copies.
  const spread = reshapeNode(node, shape.flatMap((dim) => [1, dim]));
  return reshapeNode(stretch(spread, shape.flatMap((dim, axis) => [times[axis]!, dim])), shape.map((dim, axis) => mulDims(dim, times[axis]!)));
}

/** Each element `times` times in a row along the axis. */
export function repeat(x: Operand, times: number, axis: number): Node {
  const node = toNode("repeat", x);
  const at = toAxis("repeat", axis, node.type.shape.length);
  const count = toCount("repeat", times);
  const { shape } = node.type;
  const insert = (size: Dim): Dim[] => shape.flatMap((dim, i) => (i === at ? [dim, size] : [dim]));
  return reshapeNode(stretch(reshapeNode(node, insert(1)), insert(count)), shape.map((dim, i) => (i === at ? mulDims(dim, count) : dim)));
}

function toCount(op: string, count: unknown): number {
  if (typeof count === "number" && Number.isInteger(count) && count >= 0) return count;
  throw userError("E205", { op, message: `${String(count)} is not a count`, hint: "counts are non-negative integers" });
}

/** Elements shifted along the axis, those beyond the end entering at the front; without an axis, as if x were flat. */
export function roll(x: Operand, shift: number, axis: number | null = null): Node {
  const node = toNode("roll", x);
  if (axis === null) return reshapeNode(roll(flatten(node), shift, 0), node.type.shape);
  if (!Number.isInteger(shift)) throw userError("E205", { op: "roll", message: `the shift ${String(shift)} is not an integer` });
  const at = toAxis("roll", axis, node.type.shape.length);
  const size = node.type.shape[at]!;
  if (typeof size === "number") {
    const places = size === 0 ? 0 : ((shift % size) + size) % size;
    if (places === 0) return node;
    return concatNodes("roll", [sliceAxis(node, at, size - places, size, 1), sliceAxis(node, at, 0, size - places, 1)], at);
  }
  // Of a symbolic size: read at (i - shift) modulo the size.
  return rollSymbolic(node, shift, at, size);
}

function rollSymbolic(node: Node, shift: number, axis: number, size: Dim): Node {
  const place = iota("i32", [size], 0);
  const sizes = stretch(sizeValue(size), [size]);
  const moved = make("sub", [place, weakNode("roll", shift, "i32", [size])]);
  const at = make("rem", [moved, sizes]);
  const order = node.type.shape.map((_, i) => i).filter((i) => i !== axis);
  const gathered = make("gather", [node, at], { axes: [axis], bounds: "clamp" });
  const inverse = [axis, ...order];
  return transposeNode(gathered, inverse.map((_, i) => inverse.indexOf(i)));
}

/** Adds `value` before and after each axis, as many elements as the pairs say. */
export function pad(x: Operand, widths: readonly (readonly [number, number])[], value: number | bigint | boolean = 0): Node {
  const node = toNode("pad", x);
  const { shape, dtype } = node.type;
  const valid = Array.isArray(widths) && widths.length === shape.length
    && widths.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every((width) => Number.isInteger(width) && width >= 0));
  if (!valid) throw userError("E205", { op: "pad", message: `takes one pair [before, after] per axis of ${describeNode(node)}` });
  if (widths.every(([before, after]) => before === 0 && after === 0)) return node;
  return padNode(node, weakValue("pad", value, dtype), widths.map(([before]) => before), widths.map(([, after]) => after));
}

export function padNode(node: Node, value: number | bigint, low: readonly Dim[], high: readonly Dim[]): Node {
  return make("pad", [node], { low, high, interior: low.map(() => 0), value });
}

/** Operands stretched to the one shape they broadcast to. */
export function broadcastTogether(op: string, nodes: readonly Node[]): Node[] {
  const shape = broadcastShapes(op, nodes);
  return nodes.map((node) => stretch(node, shape));
}
