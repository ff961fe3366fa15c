// What the ops on sparse matrices share, most of it for compressed rows. Element k of n has the value values[k] in column columns[k]; row i of r has the elements
// borders[i] to before borders[i + 1]. The r + 1 borders rise and lie in 0 to n; whatever the outer ones are, all elements belong to rows, the first to row 0 and the last to
// row r - 1. Order within a row is free, and elements may stand in one place.

import type { TypedArray } from "../../data.ts";
import { userError } from "../../errors.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { check } from "../../ops/effect.ts";
import { addDims, type Dim, dimEquals, maxDims, mulDims, subDims } from "../../size.ts";
import { isWideFloat, showShape, showType, type TensorType } from "../../types.ts";
import { failureMessage } from "../evaluate-routine.ts";
import { batchIndices, lastIndex, sizeValue } from "../line-indices.ts";

/** How many rows the borders are of. */
export const rowCount = ({ shape }: Pick<TensorType, "shape">): Dim => subDims(shape[0]!, 1);

/** E202 and E203 unless rows, borders and columns are i32, values and dense operands of one dtype, f32 or f64, and sizes meet: pairs of what they are, and of what they must be. */
export function checkOperands(op: string, places: readonly TensorType[], numbers: readonly TensorType[], sizes: readonly (readonly [what: string, own: Dim, wanted: Dim])[]): void {
  const other = places.find(({ dtype }) => dtype !== "i32");
  if (other !== undefined) throw userError("E202", { op, message: `rows, columns and row borders are i32, not ${showType(other)}` });
  const [{ dtype }] = numbers as readonly [TensorType];
  if (!isWideFloat(dtype)) throw userError("E202", { op, message: `${showType(numbers[0]!)} must be f32 or f64` });
  const different = numbers.find((number) => number.dtype !== dtype);
  if (different !== undefined) throw userError("E202", { op, message: `dtypes ${dtype} and ${different.dtype} differ` });
  const unequal = sizes.find(([, own, wanted]) => !dimEquals(own, wanted));
  if (unequal !== undefined) throw userError("E203", { op, message: `${unequal[0]}: sizes ${showShape([unequal[1]])} and ${showShape([unequal[2]])} differ` });
}

export const bordersFailure = "the row borders do not rise, or leave what is stored";

/** Two operations for each stored element and dense column, and a few for each row. */
export const operationsOf = (stored: Dim, rows: Dim, width: Dim): Dim => addDims(mulDims(2, mulDims(stored, width)), mulDims(8, rows));

/** The code of the failure, or 0. */
export function bordersFault(borders: TypedArray, stored: number): number {
  const all = [0, ...Array.from(borders as Int32Array), stored];
  return all.every((border, i) => i === 0 || border >= all[i - 1]!) && (borders.length > 1 || stored === 0) ? 0 : 1;
}

/** Where a row begins, and the next one where it ends. */
export function borderOf(borders: TypedArray, row: number, stored: number): number {
  return row === 0 ? 0 : row === borders.length - 1 ? stored : Number(borders[row]);
}

/** The column of a stored element. */
export function placeOf(columns: TypedArray, k: number, limit: number): number {
  const column = Number(columns[k]);
  return column < 0 ? column + limit : column;
}

type Round = (value: number) => number;

export const roundTo = (result: TypedArray): Round => (result instanceof Float32Array ? Math.fround : (value) => value);

/** Terms in order; of `least` or more the fours are summed in four lanes, which meet in pairs, and what is left of them follows one by one. */
export function sumTerms(terms: readonly number[], least: number, round: Round): number {
  const add = (sum: number, term: number): number => round(sum + term);
  if (terms.length < least) return terms.reduce(add, 0);
  const whole = terms.length - terms.length % 4;
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) => terms.filter((_, i) => i < whole && i % 4 === lane).reduce(add, 0));
  return [add(add(a!, b!), add(c!, d!)), ...terms.slice(whole)].reduce(add);
}

/** bool like borders: whether each lies in what is stored, not before the one before it, and there is a row for what is stored. */
export function bordersRise(b: GraphBuilder, borders: Node, stored: Dim): Node {
  const { shape } = borders.type;
  const axis = shape.length - 1;
  const index = lastIndex(b, shape);
  const zero = b.fullLike(index, 0);
  const before = b.select(b.binary("eq", index, zero), zero, b.make("gather", [borders, ...batchIndices(b, shape), b.sub(index, b.fullLike(index, 1))], { axes: shape.map((_, i) => i), bounds: "clamp" }));
  const all = sizeValue(b, stored, shape);
  const rises = b.binary("and", b.binary("le", before, borders), b.binary("le", borders, all));
  const rows = rowCount({ shape: [shape[axis]!] });
  if (typeof rows === "number" && rows > 0) return rises;
  return b.binary("and", rises, b.binary("or", b.binary("gt", sizeValue(b, rows, shape), zero), b.binary("eq", all, zero)));
}

/** The row of each stored element, i32 [..., n]: how many rows but the last have ended before it. E609 for borders that do not rise. */
export function rowsOf(b: GraphBuilder, op: string, given: Node, stored: Dim): Node {
  const message = failureMessage(bordersFailure, given.type.shape.slice(0, -1), "{0}");
  const rise = b.make("reduce_all", [bordersRise(b, given, stored)], { axes: [given.type.shape.length - 1] });
  const borders = b.make(check.name, [given, rise], { failing: op, message });
  const { shape } = borders.type;
  const batch = shape.slice(0, -1);
  const ends = b.make("slice", [borders], { start: shape.map((_, i) => Number(i === batch.length)), limit: [...batch, maxDims(1, rowCount({ shape: shape.slice(-1) }))], step: shape.map(() => 1) });
  const ended = b.make("scatter", [b.full(0, "i32", [...batch, stored]), b.fullLike(ends, 1), ...batchIndices(b, ends.type.shape), ends], { axes: shape.map((_, i) => i), mode: "add", bounds: "drop" });
  return b.make("cumsum", [ended], { axis: batch.length, reverse: false });
}

/** Rows [..., n, k] of x [..., m, k], or numbers [..., n] of x [..., m], by index [..., n]; E601 outside. */
export function takeRows(b: GraphBuilder, x: Node, index: Node): Node {
  const { shape } = index.type;
  return b.make("gather", [x, ...batchIndices(b, shape), index], { axes: shape.map((_, i) => i), bounds: "check" });
}

/** [..., size, k] or [..., size]: rows [..., n, k] or numbers [..., n] added up by index [..., n]; E601 outside. */
export function addRows(b: GraphBuilder, rows: Node, index: Node, size: Dim): Node {
  const { shape } = index.type;
  const zero = b.full(0, rows.type.dtype, [...shape.slice(0, -1), size, ...rows.type.shape.slice(shape.length)]);
  return b.make("scatter", [zero, rows, ...batchIndices(b, shape), index], { axes: shape.map((_, i) => i), mode: "add", bounds: "check" });
}

/** [..., n] as [..., n, k]. */
export function alongRows(b: GraphBuilder, x: Node, width: Dim): Node {
  const { shape } = x.type;
  return b.broadcast(x, [...shape, width], shape.map((_, i) => i));
}

