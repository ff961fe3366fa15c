// What the ops on sparse matrices share, however these store their elements.

import type { TypedArray } from "../../data.ts";
import { userError } from "../../errors.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { addDims, type Dim, dimEquals, mulDims } from "../../size.ts";
import { isWideFloat, showShape, showType, type TensorType } from "../../types.ts";
import { batchIndices } from "../line-indices.ts";

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

/** Two operations for each stored element and dense column, and a few for each row. */
export const operationsOf = (stored: Dim, rows: Dim, width: Dim): Dim => addDims(mulDims(2, mulDims(stored, width)), mulDims(8, rows));

/** The row or column of a stored element, counted from the end where it is negative. */
export function placeOf(places: TypedArray, k: number, limit: number): number {
  const place = Number(places[k]);
  return place < 0 ? place + limit : place;
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
