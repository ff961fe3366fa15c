// Dead code: a graph is what its results reach, so unused nodes are never part of it. What this pass removes is unused
// work inside ops with regions: captures that the region does not read, results that nothing reads or whose cotangent is zero,
// and values that a loop carries for itself alone.

import { intAttribute, regionAttribute } from "../ir/attributes.ts";
import { createBuilder } from "../ir/build.ts";
import { mapNodes, reachableNodes, rebuild, topologicalOrder, withInputs, withRegions } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import { type ControlParts, isControl, required } from "./control/parts.ts";
import type { Pass } from "./pass.ts";

export const dce: Pass<Graph> = {
  name: "dce",
  summary: "removes what regions are given and do not need",
  after: [],
  run: (graph, { control }) => pruneGraph(graph, control),
};

/** Until nothing changes: what an outer region no longer needs, an inner one need not give. */
export function pruneGraph(graph: Graph, control: Pick<ControlParts, "prune"> | undefined): Graph {
  for (let current = graph;;) {
    const pruned = pruneOnce(current, control);
    if (pruned === current) return current;
    current = pruned;
  }
}

function pruneOnce(graph: Graph, control: Pick<ControlParts, "prune"> | undefined): Graph {
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
    const updated = withRegions(node, inputs, (region) => pruneOnce(region, control));
    if (node.op === "vjp" || node.op === "jvp") return pruneDerivative(updated);
    if (!isControl(node)) return updated;
    const { pruned, places } = required(control).prune(updated, read.get(node)!);
    if (pruned !== updated) moved.set(node, places);
    return pruned;
  });
}

/** The region with some of its parameters, which are made anew, and other results. */
export function restrict(region: Graph, isKept: (parameter: Node, index: number) => boolean, results: readonly Node[]): Graph {
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
