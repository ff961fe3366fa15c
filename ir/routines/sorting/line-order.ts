// What the ops of sorting share: the order of values, the dtypes that are sorted, and derivatives along an order.

import type { TypedArray } from "../../data.ts";
import { userError } from "../../errors.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import type { RoutineSite } from "../../routine.ts";
import { addDims, type Dim, mulDims } from "../../size.ts";
import { itemSize, showType, type TensorType } from "../../types.ts";
import { batchIndices } from "../line-indices.ts";

const sortable: ReadonlySet<string> = new Set(["f32", "f64", "i32", "u32", "i64"]);

/** E202 for a dtype that has no routine. */
export function checkSortable(op: string, operand: TensorType): void {
  if (!sortable.has(operand.dtype)) throw userError("E202", { op, message: `${showType(operand)} must be f32, f64, i32, u32 or i64` });
}

/** Negative, zero or positive as `a` comes before, with or behind `b`. A NaN is greater than every number, and -0 equals 0. */
export function compareValues(a: number | bigint, b: number | bigint): number {
  if (a === b) return 0;
  const [isNaNA, isNaNB] = [Number.isNaN(a), Number.isNaN(b)];
  if (isNaNA || isNaNB) return Number(isNaNA) - Number(isNaNB);
  return a < b ? -1 : 1;
}

/** The indices of a line in the stable order of its values. */
export function orderOf(line: TypedArray, descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  return Array.from(line as Float64Array, (_, i) => i).sort((a, b) => sign * compareValues(line[a]!, line[b]!) || a - b);
}

/** Bytes of two arrays of records (key, index) and of the counts of digits, as `assembly/sorting/radix-sort.ts` lays them out. */
export function sortWorkspace({ operands }: RoutineSite): Dim {
  const { dtype, shape } = operands[0]!;
  const recordBytes = 2 * itemSize[dtype];
  const digits = itemSize[dtype] === 4 ? 3 : 6;
  return addDims(mulDims(2 * recordBytes, shape[0]!), digits * 2048 * 4);
}

/** Operations of a sort, roughly: a few for each pass over a line. */
export function sortOperations({ operands }: RoutineSite): Dim {
  return mulDims(40, operands[0]!.shape[0]!);
}

/** result[.., i] = x[.., places[.., i]]. Places are in range, or the nearest element is taken. A line x serves all places. */
export function takePlaces(b: GraphBuilder, x: Node, places: Node): Node {
  const indices = x.type.shape.length === 1 ? [places] : [...batchIndices(b, places.type.shape), places];
  return b.make("gather", [x, ...indices], { axes: indices.map((_, axis) => axis), bounds: "clamp" });
}

/** The transpose of `takePlaces`, to a line of the type of `like`: what is put in one place is added. */
export function putPlaces(b: GraphBuilder, like: Node, values: Node, places: Node): Node {
  return b.make("scatter", [b.fullLike(like, 0), values, ...batchIndices(b, places.type.shape), places], { axes: places.type.shape.map((_, axis) => axis), mode: "add", bounds: "clamp" });
}

/** Whether (key, place) comes before (otherKey, otherPlace). */
export function isBefore(b: GraphBuilder, key: Node, place: Node, otherKey: Node, otherPlace: Node): Node {
  const isFirst = b.binary("and", b.binary("eq", key, otherKey), b.binary("lt", place, otherPlace));
  return b.binary("or", b.binary("lt", key, otherKey), isFirst);
}
