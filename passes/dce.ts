// Dead code: a graph is what its results reach, so unused nodes are never part of it. What this pass removes is unused
// work inside ops with regions: captures that the region does not read, and results whose cotangent is zero.

import { regionAttribute } from "../ir/attributes.ts";
import { createBuilder } from "../ir/build.ts";
import { mapNodes, rebuild, reachableNodes, withInputs } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import type { Pass } from "./pass.ts";

export const dce: Pass<Graph> = {
  name: "dce",
  summary: "removes what regions are given and do not need",
  after: [],
  run: (graph) => rebuild(graph, prune),
};

function prune(node: Node, inputs: readonly Node[]): Node {
  return node.op === "vjp" || node.op === "jvp" ? pruneDerivative(node, inputs) : withInputs(node, inputs);
}

export function isZero(node: Node): boolean {
  return node.op === "full" && Number(node.attributes["value"]) === 0;
}

function pruneDerivative(node: Node, inputs: readonly Node[]): Node {
  const region = rebuild(regionAttribute(node, "region"), prune);
  const wrt = node.attributes["wrt"] as number;
  const count = region.parameters.length;
  const differentials = inputs.slice(count);
  // A jvp's results keep their numbers; a vjp's results belong to wrt values, so the region's may be dropped.
  const live = region.results.map((_, i) => node.op === "jvp" || !isZero(differentials[i]!));
  if (!live.includes(true)) live[0] = true;
  const results = region.results.filter((_, i) => live[i]);
  const read = new Set(reachableNodes(results));
  const kept = region.parameters.map((parameter, i) => i < wrt || read.has(parameter));
  if (!kept.includes(false) && !live.includes(false) && region === node.attributes["region"]) return withInputs(node, inputs);
  const old = region.parameters.filter((_, i) => kept[i]);
  const parameters = old.map((parameter, index) =>
    createBuilder(parameter.location).parameter(index, String(parameter.attributes["name"]), parameter.type));
  const renamed = old.map((parameter, i): [Node, Node] => [parameter, parameters[i]!]);
  const pruned: Graph = { name: region.name, parameters, results: mapNodes(results, withInputs, renamed) };
  const operands = inputs.slice(0, count).filter((_, i) => kept[i]);
  const rest = node.op === "jvp" ? differentials : differentials.filter((_, i) => live[i]);
  return createBuilder(node.location).make(node.op, [...operands, ...rest], { region: pruned, wrt });
}
