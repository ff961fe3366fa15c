// Brings the operands of contractions into the axis order batch, free, contracted (or batch, contracted, free), by
// transposes that later turn into strides. After it every operand that is stored densely can be walked as matrices.

import { createBuilder } from "../ir/build.ts";
import { rebuildDeep } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import type { Pass } from "./pass.ts";
import { type OperandAxes, operandAxes } from "./schedule/contraction.ts";

export const orderContractionAxes: Pass<Graph> = {
  name: "order-contraction-axes",
  summary: "transposes operands of contractions into matrix order",
  after: [{ pass: "expand", why: "expansions bring contractions" }],
  run: (graph) => rebuildDeep(graph, (node) => (node.op === "dot_general" ? order(node) : node)),
};

function order(node: Node): Node {
  const b = createBuilder(node.location);
  const sides = (["lhs", "rhs"] as const).map((side, i) => {
    const axes = operandAxes(node, side);
    const permutation = [...axes.batch, ...axes.free, ...axes.contract];
    const operand = node.inputs[i]!;
    if (isOrdered(permutation) || isOrdered([...axes.batch, ...axes.contract, ...axes.free])) return { operand, axes };
    const at = (list: readonly number[]) => list.map((axis) => permutation.indexOf(axis));
    return { operand: b.transpose(operand, permutation), axes: { batch: at(axes.batch), free: at(axes.free), contract: at(axes.contract) } };
  });
  const [lhs, rhs] = sides as [{ operand: Node; axes: OperandAxes }, { operand: Node; axes: OperandAxes }];
  if (lhs.operand === node.inputs[0] && rhs.operand === node.inputs[1]) return node;
  return b.make("dot_general", [lhs.operand, rhs.operand], {
    lhs_contract: lhs.axes.contract, rhs_contract: rhs.axes.contract, lhs_batch: lhs.axes.batch, rhs_batch: rhs.axes.batch,
  });
}

function isOrdered(permutation: readonly number[]): boolean {
  return permutation.every((axis, i) => axis === i);
}
