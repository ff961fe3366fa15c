// What gradients and expansions of reductions share.

import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";

/** A result of a reduction, stretched back over the reduced axes. */
export function stretchBack(b: GraphBuilder, reduced: Node, operand: Node, axes: readonly number[]): Node {
  const kept = operand.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return b.broadcast(reduced, operand.type.shape, kept);
}
