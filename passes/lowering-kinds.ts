// In which ways the nodes of graphs are lowered: it says which parts of the compiler they need.

import { regionsOf, topologicalOrder } from "../ir/graph.ts";
import type { Graph } from "../ir/node.ts";
import type { Lower } from "../ir/op.ts";
import { opOf } from "../ir/table.ts";

/** Of all nodes, those in regions too. Derivatives and rewrites bring in no kind that stands behind `import()`. */
export function loweringKinds(graphs: readonly Graph[]): ReadonlySet<Lower["kind"]> {
  const kinds = new Set<Lower["kind"]>();
  const seen = new Set<Graph>();
  const visit = (graph: Graph): void => {
    if (seen.has(graph)) return;
    seen.add(graph);
    for (const node of topologicalOrder(graph)) {
      kinds.add(opOf(node.op).lower.kind);
      regionsOf(node).forEach(visit);
    }
  };
  graphs.forEach(visit);
  return kinds;
}
