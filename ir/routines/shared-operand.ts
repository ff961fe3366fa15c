// Operands that all elements of a batch share: they have no axes of it.

import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";
import type { Shape } from "../types.ts";

const count = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The same for every element of a batch, if it has only the axes of one. */
export function withBatch(b: GraphBuilder, x: Node, batch: Shape, rank: number): Node {
  const { shape } = x.type;
  return shape.length > rank || batch.length === 0 ? x : b.broadcast(x, [...batch, ...shape], count(rank).map((axis) => batch.length + axis));
}

/** The sum over the batch that `like` does not have. */
export function sumToBatchOf(b: GraphBuilder, x: Node, like: Node): Node {
  return b.sum(x, count(x.type.shape.length - like.type.shape.length));
}
