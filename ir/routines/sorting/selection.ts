// The first few of lines without a routine: as many steps of a loop, each of which looks through a line for the next element.

import { createBuilder } from "../../build.ts";
import { makeLoop } from "../../loop.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { lastIndex } from "../line-indices.ts";
import { isBefore } from "./line-order.ts";

/** So many are looked for one by one; for more a line is sorted. */
export const mostSelected = 32;

const [least, greatest] = [-(2 ** 31), 2 ** 31 - 1];

/** Where the `count` first elements of each line of i32 keys [..., n] stand, i32 [..., count]: in ascending order, equal ones in the order in which they come. There are so many. */
export function selectFirst(at: GraphBuilder, keys: Node, count: number): Node {
  const b = createBuilder(keys.location);
  const { shape } = keys.type;
  const batch = shape.slice(0, -1);
  const axes = batch.map((_, axis) => axis);
  const spread = (x: Node): Node => b.broadcast(x, shape, axes);
  const [line, key, place] = [keys.type, { dtype: "i32", shape: batch } as const, { dtype: "i32", shape: batch } as const].map((type, i) => b.parameter(i, `p${i}`, type)) as [Node, Node, Node];
  const index = lastIndex(b, shape);
  const isLeft = isBefore(b, spread(key), spread(place), line, index);
  const orGreatest = (condition: Node, value: Node): Node => b.make("reduce_min", [b.select(condition, value, b.fullLike(value, greatest))], { axes: [batch.length] });
  const nextKey = orGreatest(isLeft, line);
  const nextPlace = orGreatest(b.binary("and", isLeft, b.binary("eq", line, spread(nextKey))), index);
  const loop = makeLoop(b, {
    length: count, steps: undefined, reverse: false, residuals: "store", sequences: [], stop: undefined, stacked: [nextPlace],
    carried: [
      { value: b.full(least, "i32", batch), parameter: key, next: nextKey },
      { value: b.full(-1, "i32", batch), parameter: place, next: nextPlace },
    ],
    captures: [{ value: keys, parameter: line }],
  });
  return at.transpose(at.result(loop, 2), [...axes.map((axis) => axis + 1), 0]);
}
