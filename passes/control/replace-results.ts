// Rewrites whole loops: a scan node with results becomes any values in their place.

import { intAttribute } from "../../ir/attributes.ts";
import { rebuild, withInputs, withRegions } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";

/** `replace` gets each scan, inner ones first, with its inputs and regions already rewritten, and gives what stands for its results; undefined keeps it. */
export function replaceLoops(graph: Graph, replace: (node: Node) => ((result: number) => Node) | undefined, done: Map<Graph, Graph> = new Map()): Graph {
  const inRegion = (region: Graph): Graph => {
    const known = done.get(region) ?? replaceLoops(region, replace, done);
    done.set(region, known);
    return known;
  };
  const replaced = new Map<Node, (result: number) => Node>();
  return rebuild(graph, (node, inputs) => {
    if (node.op === "result") {
      const standIn = replaced.get(node.inputs[0]!);
      return standIn === undefined ? withInputs(node, inputs) : standIn(intAttribute(node, "index"));
    }
    const updated = withRegions(node, inputs, inRegion);
    const standIn = node.op === "scan" ? replace(updated) : undefined;
    if (standIn !== undefined) replaced.set(node, standIn);
    return updated;
  });
}
