// Counting: how often integers come, how many values fall into bins, and where a tensor is not zero.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, subDims } from "../../ir/size.ts";
import { isInt } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { compress, notGiven } from "../ops/compress.ts";
import * as e from "../ops/elementwise.ts";
import { diff } from "../ops/matrix.ts";
import { flatten, stretchTo } from "../ops/movement.ts";
import { expectDType, meet, type Operand, toDType, toNode, type Weak } from "../ops/operand.ts";
import { convert, full, fullLike, iota, make } from "../ops/primitive.ts";
import { max, min, sum } from "../ops/reduction.ts";
import { sizeValue } from "../ops/size.ts";
import { floatOf } from "../promote.ts";
import { toDim } from "../shape.ts";
import { searchSorted } from "./search.ts";

export interface BincountOptions {
  /** Integers from 0 to before `length` are counted; others are not. */
  readonly length: number | string;
  /** What each element counts, in its shape; 1 unless given. */
  readonly weights?: Operand | undefined;
}

/** How often each of 0 ... length - 1 comes, as i32, or the sum of the weights of its elements. E202, E203. */
export function bincount(x: Operand, { length, weights }: BincountOptions = notGiven): Node {
  const op = "bincount";
  return addUp(op, expectDType(op, toNode(op, x), isInt, "integers"), toDim(length), weights);
}

/** The sum of weights (1 each) for each bin. */
function addUp(op: string, bins: Node, count: Dim, weights: Operand | undefined): Node {
  const isCounted = e.and(e.ge(bins, 0), e.lt(bins, sizeValue(count)));
  // Behind the last bin nothing is added.
  const places = e.select(isCounted, convert(bins, "i32"), sizeValue(count));
  const updates = weights === undefined ? fullLike(places, 1) : stretchTo(op, toNode(op, weights), bins.type.shape);
  return make("scatter", [full(0, updates.type.dtype, [count]), updates, places], { axes: [0], mode: "add", bounds: "drop" });
}

export interface HistogramOptions {
  /** How many bins of equal width, 10 unless said otherwise; or their edges in ascending order, one more than bins. */
  readonly bins?: number | Operand | undefined;
  /** From where to where bins of equal width reach: from the least to the greatest element unless said otherwise. */
  readonly range?: readonly [low: Operand, high: Operand] | undefined;
  /** What each element counts, in its shape; 1 unless given. */
  readonly weights?: Operand | undefined;
  /** Such counts that the area under them is 1. */
  readonly density?: boolean | undefined;
}

/** How many elements lie in each bin, which holds its lower edge, the last one both; elements outside and NaN are in none. E202, E203, E205. */
export function histogram(x: Operand, { bins = 10, range, weights, density = false }: HistogramOptions = {}): { readonly counts: Node; readonly edges: Node } {
  const op = "histogram";
  const given = toNode(op, x);
  const edges = typeof bins === "number" ? evenEdges(op, given, bins, range) : givenEdges(op, given, bins);
  const count = subDims(edges.type.shape[0]!, 1);
  const values = convert(given, edges.type.dtype);
  const last = make("gather", [edges, sizeValue(count)], { axes: [0], bounds: "clamp" });
  const place = e.sub(searchSorted(edges, values, { side: "right" }), 1);
  const sums = addUp(op, e.select(e.eq(values, last), e.sub(sizeValue(count), 1), place), count, weights);
  if (!density) return { counts: sums, edges };
  const floats = convert(sums, floatOf(edges.type.dtype));
  return { counts: e.div(floats, e.mul(sum(floats), diff(edges))), edges };
}

function evenEdges(op: string, x: Node, bins: number, range: HistogramOptions["range"]): Node {
  if (!Number.isInteger(bins) || bins < 1) throw userError("E205", { op, message: `${bins} bins are asked for` });
  const dtype = floatOf(x.type.dtype);
  if (range?.every((bound) => typeof bound === "number") && !(range[0] <= range[1])) throw userError("E205", { op, message: `the range is ${range.join(" to ")}`, hint: "it rises" });
  const [low, high] = (range ?? [min(x), max(x)]).map((bound) => toDType(op, bound, dtype)) as [Node, Node];
  // A range without width becomes one of width 1, that of no elements 0 to 1.
  const [widen, isNone] = [e.select(e.eq(low, high), 0.5, 0), e.gt(low, high)];
  const [from, to] = [e.select(isNone, 0, e.sub(low, widen)), e.select(isNone, 1, e.add(high, widen))];
  const place = iota(dtype, [bins + 1], 0);
  return e.select(e.eq(place, bins), to, e.add(from, e.mul(place, e.div(e.sub(to, from), bins))));
}

function givenEdges(op: string, x: Node, bins: Operand): Node {
  const edges = toDType(op, toNode(op, bins), floatOf(meet(op, [x, bins])));
  const [length] = edges.type.shape;
  if (edges.type.shape.length !== 1 || length === 0 || length === 1) {
    throw userError("E203", { op, message: `the edges ${describeTyped(edges)} must be a vector of two or more` });
  }
  return edges;
}

export interface NonzeroOptions {
  /** Places of the results: elements beyond it are left out. */
  readonly size: number | string;
  /** What stands behind the last index; 0 by default. */
  readonly fillValue?: Weak | undefined;
}

/** The indices of the elements that are not zero, in row-major order: one vector i32 for each axis. */
export function nonzero(x: Operand, { size, fillValue = 0 }: NonzeroOptions = notGiven): Node[] {
  const given = toNode("nonzero", x);
  const mask = flatten(given.type.dtype === "bool" ? given : e.ne(given, 0));
  return given.type.shape.map((_, axis) => compress(mask, flatten(iota("i32", given.type.shape, axis)), { size, fillValue }));
}
