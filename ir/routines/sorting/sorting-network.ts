// The order of lines without a routine: a bitonic network (Batcher 1968) as a loop over its passes, each of which compares every element with one other.
//
// In the form in which all comparisons go the same way, runs of `run` elements in order are merged in pairs by a pass that compares an element with its mirror image in the
// pair, at i ^ (2 run - 1), and passes over ever smaller halves, i ^ (run / 2) to i ^ 1. A line may have any length: elements behind its end would be greater than all others
// and stay where they are, so who has no partner keeps its place.

import { createBuilder, type LocatedBuilder } from "../../build.ts";
import { makeLoop } from "../../loop.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import type { Dim } from "../../size.ts";
import { lastIndex, sizeValue } from "../line-indices.ts";
import { isBefore, putPlaces, takePlaces } from "./line-order.ts";

/** Of a line whose length is not known: lines are shorter than 2^30. */
const mostPasses = passesFor(2 ** 30);

/** Up to this length every element is compared with every other in one pass. */
export const longestRanked = 512;

/** Where the elements of each line of i32 keys stand in ascending order, equal ones in the order in which they come. */
export function orderOfKeys(b: GraphBuilder, keys: Node): Node {
  const length = keys.type.shape.at(-1)!;
  return typeof length === "number" && length <= longestRanked ? orderByRank(b, keys) : orderByNetwork(createBuilder(keys.location), keys, length);
}

function passesFor(length: number): number {
  const merges = Math.ceil(Math.log2(length));
  return merges * (merges + 1) / 2;
}

function orderByNetwork(b: LocatedBuilder, keys: Node, length: Dim): Node {
  const { shape } = keys.type;
  const known = typeof length === "number";
  const scalar = (value: number): Node => b.full(value, "i32", []);
  const values = [keys, lastIndex(b, shape), scalar(1), scalar(1)];
  const parameters = values.map(({ type }, i) => b.parameter(i, `carry${i}`, type));
  const [ownKeys, ownPlaces, run, distance] = parameters as [Node, Node, Node, Node];
  const passed = comparePairs(b, ownKeys, ownPlaces, distance, length);
  // Behind a mirroring pass come the halves of its runs, behind the last of them the mirroring of runs twice as long.
  const half = b.binary("shift_right", b.binary("min", run, distance), scalar(1));
  const isMerged = b.binary("eq", half, scalar(0));
  const twice = b.add(run, run);
  const nextRun = b.select(isMerged, twice, run);
  const next = [...passed, nextRun, b.select(isMerged, b.sub(b.add(twice, twice), scalar(1)), half)];
  const loop = makeLoop(b, {
    length: known ? passesFor(length) : mostPasses, steps: undefined, reverse: false, residuals: "store", sequences: [], captures: [], stacked: [],
    carried: values.map((value, i) => ({ value, parameter: parameters[i]!, next: next[i]! })),
    stop: known ? undefined : b.binary("ge", nextRun, sizeValue(b, length, [])),
  });
  return b.result(loop, 1);
}

/** Keys and where they come from, after each element was compared with the one at the distance: the one that comes first has the first place. */
function comparePairs(b: GraphBuilder, keys: Node, places: Node, distance: Node, length: Dim): readonly [Node, Node] {
  const { shape } = keys.type;
  const index = lastIndex(b, shape);
  const partner = b.binary("xor", index, b.broadcast(distance, shape, []));
  const [otherKeys, otherPlaces] = [takePlaces(b, keys, partner), takePlaces(b, places, partner)];
  const isWrong = b.binary("eq", isBefore(b, otherKeys, otherPlaces, keys, places), b.binary("lt", index, partner));
  const swaps = b.binary("and", isWrong, b.binary("lt", partner, sizeValue(b, length, shape)));
  return [b.select(swaps, otherKeys, keys), b.select(swaps, otherPlaces, places)];
}

/** How many elements come before each says where it goes. */
function orderByRank(b: GraphBuilder, keys: Node): Node {
  const { shape } = keys.type;
  const rank = shape.length;
  const pairs = [...shape, shape.at(-1)!];
  const batch = shape.slice(0, -1).map((_, axis) => axis);
  const spread = (x: Node, axis: number): Node => b.broadcast(x, pairs, [...batch, axis]);
  const places = lastIndex(b, shape);
  const before = isBefore(b, spread(keys, rank), spread(places, rank), spread(keys, rank - 1), spread(places, rank - 1));
  const ranks = b.sum(b.convert(before, "i32"), [rank]);
  return putPlaces(b, places, places, ranks);
}
