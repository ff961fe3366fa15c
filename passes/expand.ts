// Rewrites ops that are defined in terms of others (windowed reductions, convolutions that no kernel computes) into those.

import { createBuilder } from "../ir/build.ts";
import { rebuildDeep, withInputs } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import { opOf } from "../ir/table.ts";
import type { Pass } from "./pass.ts";
import { isDirectConvolution } from "./schedule/convolution.ts";

export const expand: Pass<Graph> = {
  name: "expand",
  summary: "rewrites ops that are defined by other ops",
  after: [{ pass: "differentiate", why: "gradients of the whole op are simpler than those of its expansion" }],
  run: (graph) => rebuildDeep(graph, expandNode),
};

function expandNode(node: Node): Node {
  const { lower } = opOf(node.op);
  const expands = lower.kind === "expand" || (lower.kind === "convolution" && !isDirectConvolution(node));
  return expands ? expandInside(lower.build(createBuilder(node.location), node), node.inputs) : node;
}

/** The expansion may itself hold ops that expand; its leaves are the operands. */
function expandInside(root: Node, operands: readonly Node[]): Node {
  const done = new Map<Node, Node>(operands.map((operand) => [operand, operand]));
  const visit = (node: Node): Node => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const result = expandNode(withInputs(node, node.inputs.map(visit)));
    done.set(node, result);
    return result;
  };
  return visit(root);
}
