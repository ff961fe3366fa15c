// Unused work of loops and branches: operands that they do not read, results that nothing reads, values that a loop carries
// for itself alone.

import { regionAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import { reachableNodes } from "../../ir/graph.ts";
import { loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Node } from "../../ir/node.ts";
import { restrict } from "../dce.ts";
import type { Pruned } from "./parts.ts";

/** `read`: the results that something reads. */
export function prune(node: Node, read: ReadonlySet<number>): Pruned {
  return node.op === "scan" ? pruneLoop(node, read) : pruneBranch(node, read);
}

function placesOf(kept: readonly boolean[]): ReadonlyMap<number, number> {
  let at = 0;
  return new Map(kept.flatMap((isKept, index) => (isKept ? [[index, at++] as const] : [])));
}

function pruneLoop(node: Node, read: ReadonlySet<number>): Pruned {
  const loop = loopOf(node);
  const { taken, firstStacked } = resultsOf(loop);
  const stacked = loop.stacked.filter((_, i) => read.has(firstStacked + i));
  const keep = new Set(loop.carried.filter((_, i) => read.has(i)));
  const needed = () => new Set(reachableNodes([...[...keep].map(({ next }) => next), ...stacked, ...(loop.stop === undefined ? [] : [loop.stop])]));
  let reached = needed();
  for (let size = -1; size !== keep.size; reached = needed()) {
    size = keep.size;
    for (const carried of loop.carried) if (reached.has(carried.parameter)) keep.add(carried);
  }
  const carried = loop.carried.filter((entry) => keep.has(entry));
  const [sequences, captures] = [loop.sequences, loop.captures].map((list) => list.filter(({ parameter }) => reached.has(parameter)));
  const kept = [...loop.carried.map((entry) => keep.has(entry)), ...(taken === undefined ? [] : [true]), ...loop.stacked.map((_, i) => read.has(firstStacked + i))];
  const before = loop.carried.length + loop.sequences.length + loop.captures.length + loop.stacked.length;
  const unchanged = carried.length + sequences!.length + captures!.length + stacked.length === before;
  return {
    places: placesOf(kept),
    pruned: unchanged ? node : makeLoop(createBuilder(node.location), { ...loop, carried, sequences: sequences!, captures: captures!, stacked }),
  };
}

function pruneBranch(node: Node, read: ReadonlySet<number>): Pruned {
  const regions = (["then", "otherwise"] as const).map((side) => regionAttribute(node, side));
  const kept = node.results.map((_, i) => read.has(i));
  const results = regions.map((region) => region.results.filter((_, i) => kept[i]));
  const reached = results.map((list) => new Set(reachableNodes(list)));
  const needed = node.inputs.slice(1).map((_, i) => regions.some((region, side) => reached[side]!.has(region.parameters[i]!)));
  if (!needed.includes(false) && !kept.includes(false)) return { pruned: node, places: placesOf(kept) };
  const [then, otherwise] = regions.map((region, side) => restrict(region, (_, i) => needed[i]!, results[side]!));
  const operands = node.inputs.filter((_, i) => i === 0 || needed[i - 1]);
  return { pruned: createBuilder(node.location).make("cond", operands, { then: then!, otherwise: otherwise! }), places: placesOf(kept) };
}
