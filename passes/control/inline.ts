// Puts functions with gradients of their own in line. Until every derivative is taken they must stay whole; from then on
// what they compute is fused and simplified like any other part of the graph.

import { intAttribute, regionAttribute } from "../../ir/attributes.ts";
import { inlineRegion, rebuild, withRegions } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { Pass } from "../pass.ts";

export const inline: Pass<Graph> = {
  name: "inline",
  summary: "puts what functions with gradients of their own compute in their place",
  after: [{ pass: "differentiate", why: "a gradient must not look into them" }],
  run: (graph) => inlineGraph(graph, new Map()),
};

/** `done` remembers regions, which several nodes may share. */
function inlineGraph(graph: Graph, done: Map<Graph, Graph>): Graph {
  const known = done.get(graph);
  if (known !== undefined) return known;
  const values = new Map<Node, readonly Node[]>();
  const result = rebuild(graph, (node, inputs) => {
    const { lower } = opOf(node.op);
    if (lower.kind === "inline") {
      values.set(node, inlineRegion(inlineGraph(regionAttribute(node, lower.region), done), inputs));
      // Only `result` nodes read it, and they are replaced.
      return node;
    }
    const replaced = node.op === "result" ? values.get(node.inputs[0]!) : undefined;
    if (replaced !== undefined) return replaced[intAttribute(node, "index")]!;
    return withRegions(node, inputs, (region) => inlineGraph(region, done));
  });
  done.set(graph, result);
  return result;
}
