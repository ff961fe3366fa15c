// In which ways the nodes of graphs are lowered and differentiated, and whether there are windows or halves: it says which parts of the compiler they need.

import { regionsOf, topologicalOrder } from "../ir/graph.ts";
import type { Graph } from "../ir/node.ts";
import type { Gradient, Lower } from "../ir/op.ts";
import { opOf } from "../ir/table.ts";

export type NodeKind = Lower["kind"] | Gradient["kind"] | "windows" | "f16";

/** Of all nodes, those in regions too. Derivatives and rewrites bring in no kind that stands behind `import()`. */
export function nodeKinds(graphs: readonly Graph[]): ReadonlySet<NodeKind> {
  const kinds = new Set<NodeKind>();
  const seen = new Set<Graph>();
  const visit = (graph: Graph): void => {
    if (seen.has(graph)) return;
    seen.add(graph);
    for (const node of [...graph.parameters, ...topologicalOrder(graph)]) {
      const { lower, gradient } = opOf(node.op);
      kinds.add(lower.kind).add(gradient.kind);
      if ("window" in node.attributes) kinds.add("windows");
      if (node.results.some(({ dtype }) => dtype === "f16")) kinds.add("f16");
      regionsOf(node).forEach(visit);
    }
  };
  graphs.forEach(visit);
  return kinds;
}
