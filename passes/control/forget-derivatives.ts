// Takes out what only derivatives read, once they are taken.

import { rebuildDeep } from "../../ir/graph.ts";
import type { Graph } from "../../ir/node.ts";

/** The graph without `attach_derivative` and `refuse_gradient`: their first operands stand in their place. */
export function forgetDerivatives(graph: Graph): Graph {
  return rebuildDeep(graph, (node) => (node.op === "attach_derivative" || node.op === "refuse_gradient" ? node.inputs[0]! : node));
}
