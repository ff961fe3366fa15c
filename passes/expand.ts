// Rewrites ops that are defined in terms of others (windowed reductions, convolutions that no kernel computes) into those.

import { createBuilder } from "../ir/build.ts";
import { rebuild, withInputs } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import { opOf } from "../ir/table.ts";
import type { Pass } from "./pass.ts";
import { isDirectConvolution } from "./schedule/convolution.ts";

export const expand: Pass<Graph> = {
  name: "expand",
  summary: "rewrites ops that are defined by other ops",
  after: [{ pass: "differentiate", why: "gradients of the whole op are simpler than those of its expansion" }],
  run: (graph) => rebuild(graph, expandNode),
};

function expandNode(node: Node, inputs: readonly Node[]): Node {
  const { lower } = opOf(node.op);
  const updated = withInputs(node, inputs);
  const expands = lower.kind === "expand" || (lower.kind === "convolution" && !isDirectConvolution(updated));
  return expands ? expandInside(lower.build(createBuilder(node.location), updated), inputs) : updated;
}

/** The expansion may itself hold ops that expand; its leaves are the operands. */
function expandInside(root: Node, operands: readonly Node[]): Node {
  const done = new Map<Node, Node>(operands.map((operand) => [operand, operand]));
  const visit = (node: Node): Node => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const result = expandNode(node, node.inputs.map(visit));
    done.set(node, result);
    return result;
  };
  return visit(root);
}
