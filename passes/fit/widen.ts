// f16 as GPUs compute with it: each operation on halves becomes the one on f32 between conversions, so that kernels load, store, choose and convert halves and do all else in
// f32. What only moves elements stays as it is, and so do products of matrices and convolutions that are statements: those read and write halves themselves.

import { createBuilder } from "../../ir/build.ts";
import { rebuildDeep } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { isMatrixProduct } from "../schedule/contraction.ts";

export function widenHalves(graph: Graph, target: TargetDescription): Graph {
  return rebuildDeep(graph, (node) => (hasHalves(node) && computes(node, target) ? widen(node) : node));
}

function hasHalves({ inputs, type }: Node): boolean {
  return [type, ...inputs.map((input) => input.type)].some(({ dtype }) => dtype === "f16");
}

/** Movements that make elements of others, or of their places. */
const makers: ReadonlySet<string> = new Set(["iota", "overlap_add"]);

function computes(node: Node, target: TargetDescription): boolean {
  const { lower } = opOf(node.op);
  switch (lower.kind) {
    case "elementwise": return node.op !== "select" && node.op !== "full";
    case "movement": return makers.has(node.op);
    case "scatter": return lower.combine(node) !== undefined;
    case "contraction": return !isMatrixProduct(node, target);
    case "reduction": case "cumulative": return true;
    default: return false;
  }
}

// Every reader converts anew: so what is stored, where several read a value, is the half.
function widen(node: Node): Node {
  const { op, inputs, attributes, type: { dtype }, location } = node;
  const b = createBuilder(location);
  const wide = inputs.map((input) => {
    if (input.type.dtype !== "f16") return input;
    return input.op === "full" ? b.full(input.attributes["value"] as number, "f32", input.type.shape) : b.convert(input, "f32");
  });
  if (op === "convert") return b.convert(b.convert(wide[0]!, dtype === "f16" ? "f32" : dtype), dtype);
  return b.convert(b.make(op, wide, attributes["dtype"] === "f16" ? { ...attributes, dtype: "f32" } : attributes), dtype);
}
