// Dead code: a graph is what its results reach, so unused nodes are never part of it. What this pass removes is unused
// work inside ops with regions: captures that the region does not read, results that nothing reads or whose cotangent is zero,
// and values that a loop carries for itself alone.

import { intAttribute, regionAttribute } from "../ir/attributes.ts";
import { createBuilder } from "../ir/build.ts";
import { mapNodes, reachableNodes, rebuild, topologicalOrder, withInputs, withRegions } from "../ir/graph.ts";
import { loopOf, makeLoop, resultsOf } from "../ir/loop.ts";
import type { Graph, Node } from "../ir/node.ts";
import type { Pass } from "./pass.ts";

export const dce: Pass<Graph> = {
  name: "dce",
  summary: "removes what regions are given and do not need",
  after: [],
  run: pruneGraph,
};

/** Until nothing changes: what an outer region no longer needs, an inner one need not give. */
export function pruneGraph(graph: Graph): Graph {
  for (let current = graph;;) {
    const pruned = pruneOnce(current);
    if (pruned === current) return current;
    current = pruned;
  }
}

function pruneOnce(graph: Graph): Graph {
  const read = new Map<Node, Set<number>>();
  for (const node of topologicalOrder(graph)) {
    if (node.op !== "result") continue;
    const indices = read.get(node.inputs[0]!) ?? new Set();
    read.set(node.inputs[0]!, indices.add(intAttribute(node, "index")));
  }
  /** Where results of a changed loop or branch stand now. */
  const moved = new Map<Node, ReadonlyMap<number, number>>();
  return rebuild(graph, (node, inputs) => {
    if (node.op === "result") {
      const places = moved.get(node.inputs[0]!);
      return places === undefined ? withInputs(node, inputs) : createBuilder(node.location).result(inputs[0]!, places.get(intAttribute(node, "index"))!);
    }
    const updated = withRegions(node, inputs, pruneOnce);
    if (node.op === "vjp" || node.op === "jvp") return pruneDerivative(updated);
    if (node.op !== "scan" && node.op !== "cond") return updated;
    const { pruned, places } = (node.op === "scan" ? pruneLoop : pruneBranch)(updated, read.get(node)!);
    if (pruned !== updated) moved.set(node, places);
    return pruned;
  });
}

interface Pruned {
  readonly pruned: Node;
  /** New places of the results that are read, by their old ones. */
  readonly places: ReadonlyMap<number, number>;
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

/** The region with some of its parameters, which are made anew, and other results. */
function restrict(region: Graph, isKept: (parameter: Node, index: number) => boolean, results: readonly Node[]): Graph {
  const old = region.parameters.filter(isKept);
  const parameters = old.map((parameter, index) =>
    createBuilder(parameter.location).parameter(index, String(parameter.attributes["name"]), parameter.type));
  const renamed = old.map((parameter, i): [Node, Node] => [parameter, parameters[i]!]);
  return { name: region.name, parameters, results: mapNodes(results, withInputs, renamed) };
}

export function isZero(node: Node): boolean {
  return node.op === "full" && Number(node.attributes["value"]) === 0;
}

function pruneDerivative(node: Node): Node {
  const region = regionAttribute(node, "region");
  const wrt = node.attributes["wrt"] as number;
  const count = region.parameters.length;
  const differentials = node.inputs.slice(count);
  // A jvp's results keep their numbers; a vjp's results belong to wrt values, so the region's may be dropped.
  const live = region.results.map((_, i) => node.op === "jvp" || !isZero(differentials[i]!));
  if (!live.includes(true)) live[0] = true;
  const results = region.results.filter((_, i) => live[i]);
  const read = new Set(reachableNodes(results));
  const kept = region.parameters.map((parameter, i) => i < wrt || read.has(parameter));
  if (!kept.includes(false) && !live.includes(false)) return node;
  const operands = node.inputs.slice(0, count).filter((_, i) => kept[i]);
  const rest = node.op === "jvp" ? differentials : differentials.filter((_, i) => live[i]);
  return createBuilder(node.location).make(node.op, [...operands, ...rest], { region: restrict(region, (_, i) => kept[i]!, results), wrt });
}
