// From one format to the other. Coordinates are put in the order of their rows by a radix sort of running sums: stable, in as many
// rounds as a row's number has bits.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { concat } from "../ops/movement.ts";
import * as e from "../ops/elementwise.ts";
import { full, iota, make } from "../ops/primitive.ts";
import { rowsOf, Sparse } from "./sparse.ts";

export function toCoo(a: Sparse): Sparse {
  return a.format === "coo" ? a : new Sparse({ ...a.pattern, format: "coo", rows: rowsOf(a.pattern) }, a.node);
}

/** Compressed rows; elements of a row stay in the order in which they were stored. The number of rows must be known (E205). */
export function toCsr(a: Sparse): Sparse {
  if (a.format === "csr") return a;
  const { pattern } = a;
  const [height] = pattern.shape;
  if (typeof height !== "number") throw userError("E205", { op: "toCsr", message: `the number of rows of ${String(a)} is not known`, hint: "sorting takes a round for each bit of it" });
  const order = orderOf(pattern.rows, height);
  const counts = make("scatter", [full(0, "i32", [height]), full(1, "i32", [pattern.stored]), pattern.rows], { axes: [0], mode: "add", bounds: "check" });
  const indptr = concat([full(0, "i32", [1]), make("cumsum", [counts], { axis: 0, reverse: false })], 0);
  const sorted = (x: Node): Node => make("gather", [x, order], { axes: [0], bounds: "check" });
  return new Sparse({ format: "csr", shape: pattern.shape, stored: pattern.stored, rows: indptr, columns: sorted(pattern.columns) }, sorted(a.node));
}

/** Which element comes first, second, ... by key, from 0 to below `limit`. */
function orderOf(keys: Node, limit: number): Node {
  const { shape } = keys.type;
  let [order, left] = [iota("i32", shape, 0), keys];
  const bits = Math.ceil(Math.log2(Math.max(1, limit)));
  const runningSum = (x: Node): Node => make("cumsum", [x], { axis: 0, reverse: false });
  for (let bit = 0; bit < bits; bit++) {
    const ones = e.and(e.shiftRight(left, bit), 1);
    const zeros = e.sub(1, ones);
    const count = make("reduce_sum", [zeros], { axes: [0] });
    const place = e.select(e.eq(ones, 1), e.add(count, e.sub(runningSum(ones), 1)), e.sub(runningSum(zeros), 1));
    const moved = (x: Node): Node => make("scatter", [full(0, "i32", shape), x, place], { axes: [0], mode: "set", bounds: "check" });
    [order, left] = [moved(order), moved(left)];
  }
  return order;
}

