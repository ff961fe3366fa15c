// What the ops on compressed rows share. Element k of n has the value values[k] in column columns[k]; row i of r has the elements borders[i] to before
// borders[i + 1]. The r + 1 borders rise and lie in 0 to n; whatever the outer ones are, all elements belong to rows, the first to row 0 and the last to
// row r - 1. Order within a row is free, and elements may stand in one place.

import type { TypedArray } from "../../data.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { check } from "../../ops/effect.ts";
import { type Dim, maxDims, subDims } from "../../size.ts";
import type { TensorType } from "../../types.ts";
import { failureMessage } from "../evaluate-routine.ts";
import { batchIndices, lastIndex, sizeValue } from "../line-indices.ts";

/** How many rows the borders are of. */
export const rowCount = ({ shape }: Pick<TensorType, "shape">): Dim => subDims(shape[0]!, 1);

export const bordersFailure = "the row borders do not rise, or leave what is stored";

/** The code of the failure, or 0. */
export function bordersFault(borders: TypedArray, stored: number): number {
  const all = [0, ...Array.from(borders as Int32Array), stored];
  return all.every((border, i) => i === 0 || border >= all[i - 1]!) && (borders.length > 1 || stored === 0) ? 0 : 1;
}

/** Where a row begins, and the next one where it ends. */
export function borderOf(borders: TypedArray, row: number, stored: number): number {
  return row === 0 ? 0 : row === borders.length - 1 ? stored : Number(borders[row]);
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
