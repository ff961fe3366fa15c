// concat(a, b, ...) of more operands than a kernel can load => concat(concat(a, ...), concat(...), ...)

import { createBuilder } from "../../ir/build.ts";
import { rebuildDeep } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";

export function splitConcats(graph: Graph, most: number): Graph {
  return rebuildDeep(graph, (node) => (node.op === "concat" ? split(node, most) : node));
}

function split(node: Node, most: number): Node {
  if (node.inputs.length <= most) return node;
  const b = createBuilder(node.location);
  const parts: Node[] = [];
  for (let first = 0; first < node.inputs.length; first += most) {
    const inputs = node.inputs.slice(first, first + most);
    parts.push(inputs.length === 1 ? inputs[0]! : b.make("concat", inputs, node.attributes));
  }
  return split(b.make("concat", parts, node.attributes), most);
}
