// NumPy's indexing: reading (`at`) and writing (`setSubtensor`, `incSubtensor`) by integers, ranges, ":", "...", null for
// a new axis, integer tensors, and, where the result's size does not depend on values, boolean masks.

import { userError } from "../ir/errors.ts";
import type { Node } from "../ir/node.ts";
import type { Dim } from "../ir/size.ts";
import { addDims, floorDivDims, productOfDims, subDims } from "../ir/size.ts";
import type { Shape } from "../ir/types.ts";
import { isInt } from "../ir/types.ts";
import { describeNode, describeTyped, Expression } from "./expression.ts";
import { add, select } from "./ops/elementwise.ts";
import { sliceAxis, stretchTo } from "./ops/movement.ts";
import { broadcastShapes, describeArgument, isWeak, type Operand, stretch, toDType, toNode, weakNode } from "./ops/operand.ts";
import { convert, full, iota, make, reshape, transpose } from "./ops/primitive.ts";
import { sizeValue } from "./ops/size.ts";
import { toAxis } from "./shape.ts";
import { HostValue } from "./value.ts";

export interface Range {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}
export type Index = number | Range | ":" | "..." | null | Expression | Node | HostValue;

type Place =
  | { readonly kind: "new" }
  | { readonly kind: "all"; readonly axis: number }
  | { readonly kind: "range"; readonly axis: number; readonly range: Range }
  | { readonly kind: "integer"; readonly axis: number; readonly place: Dim }
  | { readonly kind: "tensor"; readonly axis: number; readonly indices: Node };

function isTensor(item: unknown): item is Expression | Node | HostValue {
  return item instanceof Expression || item instanceof HostValue || (typeof item === "object" && item !== null && "op" in item);
}

/** Which axis each item speaks of; "..." and missing items become ":". */
function placesOf(op: string, node: Node, index: readonly unknown[]): Place[] {
  const { shape } = node.type;
  const consumed = index.filter((item) => item !== null && item !== "...").length;
  if (index.filter((item) => item === "...").length > 1) throw userError("E208", { op, message: `"..." stands twice in the index` });
  if (consumed > shape.length) throw userError("E208", { op, message: `${consumed} indices for ${describeNode(node)}` });
  const places: Place[] = [];
  let axis = 0;
  const takeAll = (count: number): void => {
    for (let i = 0; i < count; i++) places.push({ kind: "all", axis: axis++ });
  };
  for (const item of index) {
    if (item === null) places.push({ kind: "new" });
    else if (item === "...") takeAll(shape.length - consumed);
    else places.push(placeOf(op, node, item, axis++));
  }
  takeAll(shape.length - axis);
  return places;
}

function placeOf(op: string, node: Node, item: unknown, axis: number): Place {
  const size = node.type.shape[axis]!;
  if (item === ":") return { kind: "all", axis };
  if (typeof item === "number") return { kind: "integer", axis, place: integerPlace(op, node, item, axis, size) };
  if (isTensor(item)) {
    const indices = toNode(op, item);
    if (!isInt(indices.type.dtype)) {
      throw userError("E202", { op, message: `the index ${describeTyped(indices)} must be integers`, hint: maskHint(indices) });
    }
    return { kind: "tensor", axis, indices: convert(indices, "i32") };
  }
  if (typeof item === "object" && item !== null && ["start", "stop", "step"].some((key) => key in item || Object.keys(item).length === 0)) {
    const range = item as Range;
    for (const value of [range.start, range.stop, range.step]) {
      if (value === undefined || value === null || Number.isInteger(value)) continue;
      throw userError("E208", { op, message: `a range holds ${describeArgument(value)}, which is no integer` });
    }
    if (range.step === 0) throw userError("E208", { op, message: "the step of a range is 0" });
    return { kind: "range", axis, range };
  }
  throw userError("E209", { op, message: `${describeArgument(item)} is not an index`, hint: 'use integers, { start, stop, step }, ":", "...", null or tensors' });
}

function maskHint(indices: Node): string | undefined {
  return indices.type.dtype === "bool" ? "a read by a mask has a size that depends on values; use compress(mask, x, { size }) or select()" : undefined;
}

function integerPlace(op: string, node: Node, place: number, axis: number, size: Dim): Dim {
  const known = typeof size === "number";
  if (!Number.isInteger(place) || (known && (place < -size || place >= size))) {
    throw userError("E208", { op, message: `index ${place} is out of range for axis ${axis} of ${describeNode(node)}` });
  }
  return place < 0 ? addDims(size, place) : place;
}

/** `x[index]`. */
export function at(x: Operand, ...index: readonly Index[]): Node {
  const node = toNode("at", x);
  const places = placesOf("at", node, index);
  return places.some((place) => place.kind === "tensor") ? readGathered(node, places) : readBasic(node, places);
}

function readBasic(node: Node, places: readonly Place[]): Node {
  let cut = node;
  const shape: Dim[] = [];
  for (const place of places) {
    if (place.kind === "new") shape.push(1);
    else if (place.kind === "all") shape.push(node.type.shape[place.axis]!);
    else if (place.kind === "range") {
      cut = sliceAxis(cut, place.axis, place.range.start, place.range.stop, place.range.step ?? 1);
      shape.push(cut.type.shape[place.axis]!);
    } else if (place.kind === "integer") cut = sliceAxis(cut, place.axis, place.place, addDims(place.place, 1), 1);
  }
  return reshape(cut, shape);
}

// With index tensors: ranges are cut first, then one gather reads the rest. Integers count as index tensors, as in NumPy.
function readGathered(node: Node, places: readonly Place[]): Node {
  let cut = node;
  for (const place of places) {
    if (place.kind === "range") cut = sliceAxis(cut, place.axis, place.range.start, place.range.stop, place.range.step ?? 1);
  }
  const { indices, axes, block } = gatherBlock("at", places);
  const gathered = make("gather", [cut, ...indices], { axes, bounds: "check" });
  const lead = block.length;
  const result: number[] = [];
  const shape: Dim[] = [];
  const rest = cut.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const front = blockPosition(places);
  const putBlock = (): void => block.forEach((dim, i) => {
    result.push(i);
    shape.push(dim);
  });
  if (front === 0) putBlock();
  places.forEach((place, i) => {
    if (i === front && front > 0) putBlock();
    if (place.kind === "new") shape.push(1);
    else if (place.kind === "all" || place.kind === "range") {
      result.push(lead + rest.indexOf(place.axis));
      shape.push(cut.type.shape[place.axis]!);
    }
  });
  return reshape(transpose(gathered, result), shape);
}

type Pointed = Extract<Place, { kind: "integer" | "tensor" }>;

function isPointed(place: Place): place is Pointed {
  return place.kind === "integer" || place.kind === "tensor";
}

/** Position among the places where the axes of the index tensors go: in place if they stand together, else in front. */
function blockPosition(places: readonly Place[]): number {
  const positions = places.map((_, i) => i).filter((i) => isPointed(places[i]!));
  const together = positions.every((position, i) => position === positions[0]! + i);
  return together ? positions[0]! : 0;
}

function indexNode(place: Pointed): Node {
  if (place.kind === "tensor") return place.indices;
  return typeof place.place === "number" ? full(place.place, "i32", []) : sizeValue(place.place);
}

function gatherBlock(op: string, places: readonly Place[]): { indices: Node[]; axes: number[]; block: Dim[] } {
  const pointed = places.filter(isPointed);
  const nodes = pointed.map(indexNode);
  const block = broadcastShapes(op, nodes);
  return { indices: nodes.map((node) => stretch(node, block)), axes: pointed.map((place) => place.axis), block };
}

type Mode = "set" | "add";

/** x with another value where `index` points. Where the same place is named twice, the later one stays. */
export function setSubtensor(x: Operand, index: readonly Index[], value: Operand): Node {
  return write("setSubtensor", x, index, value, "set");
}

/** x with `value` added where `index` points; places named twice are added to twice. */
export function incSubtensor(x: Operand, index: readonly Index[], value: Operand): Node {
  return write("incSubtensor", x, index, value, "add");
}

function write(op: string, x: Operand, given: readonly Index[] | Index, value: Operand, mode: Mode): Node {
  const node = toNode(op, x);
  const index = Array.isArray(given) ? (given as readonly Index[]) : [given as Index];
  const mask = index.length === 1 && isTensor(index[0]) ? toNode(op, index[0]) : undefined;
  if (mask?.type.dtype === "bool") return writeMasked(op, node, mask, value, mode);
  return scatterInto(op, node, placesOf(op, node, index), value, mode);
}

function writeMasked(op: string, node: Node, mask: Node, value: Operand, mode: Mode): Node {
  const rank = mask.type.shape.length;
  if (rank > node.type.shape.length) throw userError("E208", { op, message: `the mask ${describeNode(mask)} has more axes than ${describeNode(node)}` });
  const wide = stretchTo(op, reshape(mask, [...mask.type.shape, ...node.type.shape.slice(rank).map(() => 1)]), node.type.shape);
  const update = stretchTo(op, toDType(op, value, node.type.dtype), node.type.shape);
  return select(wide, mode === "set" ? update : add(node, update), node);
}

// The touched axes, in the order of the indexed shape, make the shape I of one scatter; whole axes are the rest.
function scatterInto(op: string, node: Node, places: readonly Place[], value: Operand, mode: Mode): Node {
  const { indices: pointers, axes: pointedAxes, block } = gatherBlock(op, places);
  const touched: Dim[] = [];
  const order: { touched: boolean; size: Dim }[] = [];
  const region: Dim[] = [];
  const written: { axis: number; along: number; start: Dim; step: number }[] = [];
  let blockAt = -1;
  const front = pointers.length === 0 ? -1 : blockPosition(places);
  const addAxis = (size: Dim, isTouched: boolean): void => {
    region.push(size);
    order.push({ touched: isTouched, size });
    if (isTouched) touched.push(size);
  };
  const putBlock = (): void => {
    blockAt = touched.length;
    for (const size of block) addAxis(size, true);
  };
  if (front === 0) putBlock();
  places.forEach((place, i) => {
    if (i === front && front > 0) putBlock();
    if (place.kind === "new") region.push(1);
    else if (place.kind === "all") addAxis(node.type.shape[place.axis]!, false);
    else if (place.kind === "range") {
      const { start, size, step } = rangePlaces(place.range, node.type.shape[place.axis]!);
      written.push({ axis: place.axis, along: touched.length, start, step });
      addAxis(size, true);
    }
  });
  const fitted = isWeak(value) ? weakNode(op, value, node.type.dtype, region) : stretchTo(op, toDType(op, value, node.type.dtype), region);
  const plain = reshape(fitted, order.map(({ size }) => size));
  const axesOf = (wanted: boolean): number[] => order.map((_, i) => i).filter((i) => order[i]!.touched === wanted);
  const updates = transpose(plain, [...axesOf(true), ...axesOf(false)]);
  const indices = [
    ...pointers.map((pointer, i) => ({ axis: pointedAxes[i]!, node: placeBlock(pointer, touched, blockAt) })),
    ...written.map(({ axis, along, start, step }) => ({ axis, node: rangeIndices(touched, along, start, step) })),
  ].sort((a, b) => a.axis - b.axis);
  // Nothing is touched: the whole tensor is written.
  if (indices.length === 0) return mode === "set" ? updates : add(node, updates);
  return make("scatter", [node, updates, ...indices.map((entry) => entry.node)], { axes: indices.map((entry) => entry.axis), mode, bounds: "check" });
}

function placeBlock(pointer: Node, touched: Shape, at: number): Node {
  const rank = pointer.type.shape.length;
  return make("broadcast", [pointer], { shape: touched, axes: Array.from({ length: rank }, (_, i) => at + i) });
}

function rangeIndices(shape: Shape, along: number, start: Dim, step: number): Node {
  const steps = iota("i32", shape, along);
  const scaled = step === 1 ? steps : make("mul", [steps, full(step, "i32", shape)]);
  return start === 0 ? scaled : make("add", [scaled, stretch(sizeValue(start), shape)]);
}

/** First place, number of places and step of a range over an axis. */
function rangePlaces(range: Range, size: Dim): { start: Dim; size: Dim; step: number } {
  const step = range.step ?? 1;
  const place = (value: number | undefined, otherwise: Dim): Dim => {
    if (value === undefined || value === null) return otherwise;
    const counted = value < 0 ? addDims(size, value) : value;
    if (typeof counted !== "number" || typeof size !== "number") return counted;
    return step > 0 ? Math.min(Math.max(counted, 0), size) : Math.min(Math.max(counted, -1), size - 1);
  };
  const last = subDims(size, 1);
  const start = place(range.start, step > 0 ? 0 : last);
  const stop = place(range.stop, step > 0 ? size : -1);
  const span = step > 0 ? subDims(stop, start) : subDims(start, stop);
  const count = floorDivDims(addDims(span, Math.abs(step) - 1), Math.abs(step));
  return { start, size: typeof count === "number" ? Math.max(0, count) : count, step };
}

/** Elements at `indices` of one axis, which the axes of the indices replace; without an axis x is read as if it were flat. */
export function take(x: Operand, indices: Operand, axis: number | null = null): Node {
  const node = toNode("take", x);
  if (isWeak(indices)) return take(node, weakNode("take", indices, "i32", []), axis);
  if (axis === null) return at(reshape(node, [productOfDims(node.type.shape)]), toNode("take", indices));
  const place = toAxis("take", axis, node.type.shape.length);
  return at(node, ...Array.from({ length: place }, () => ":" as const), toNode("take", indices));
}

/** result[i, j] = x[indices[i, j], j] and so on: one index per element along the axis, the other places unchanged. */
export function takeAlongAxis(x: Operand, indices: Operand, axis: number): Node {
  const op = "takeAlongAxis";
  const [node, index] = [toNode(op, x), toNode(op, indices)];
  const rank = node.type.shape.length;
  if (!isInt(index.type.dtype)) throw userError("E202", { op, message: `the index ${describeTyped(index)} must be integers` });
  const place = toAxis(op, axis, rank);
  if (index.type.shape.length !== rank) throw userError("E203", { op, message: `ranks differ: ${describeNode(node)} and ${describeNode(index)}` });
  const shape = index.type.shape.map((dim, i) => (i === place ? dim : node.type.shape[i]!));
  const wide = stretchTo(op, convert(index, "i32"), shape);
  const places = shape.map((_, i) => (i === place ? wide : iota("i32", shape, i)));
  return make("gather", [node, ...places], { axes: shape.map((_, i) => i), bounds: "check" });
}
