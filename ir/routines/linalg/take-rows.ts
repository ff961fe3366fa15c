// Rows of matrices in another order, in each element of a batch.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { batchIndices, lastIndex } from "../line-indices.ts";
import { withBatch } from "../shared-operand.ts";

/** Row i of the result is row permutation[i] of x; either may be the same for a batch that the other has. Indices are in range. */
export function takeRows(b: GraphBuilder, x: Node, permutation: Node): Node {
  const [own, other] = [permutation.type.shape.slice(0, -1), x.type.shape.slice(0, -2)];
  const batch = own.length === 0 ? other : own;
  const rows = b.broadcast(permutation, [...batch, permutation.type.shape.at(-1)!], [...own.map((_, axis) => axis), batch.length]);
  const axes = [...batch.map((_, axis) => axis), batch.length];
  return b.make("gather", [withBatch(b, x, batch, 2), ...batchIndices(b, rows.type.shape), rows], { axes, bounds: "clamp" });
}

/** What `takeRows` took rows of, stretched to the batch, if the node is what it made, and the permutation fits. */
export function rowsTakenBy(node: Node, isPermutation: (node: Node) => boolean): Node | undefined {
  const [x, ...indices] = node.inputs;
  const last = indices.at(-1);
  const rank = node.type.shape.length;
  if (node.op !== "gather" || indices.length !== rank - 1 || String(node.attributes["axes"]) !== String(indices.map((_, axis) => axis))) return undefined;
  const isOwn = last !== undefined && isPermutation(last.op === "broadcast" ? last.inputs[0]! : last);
  const isAlong = indices.slice(0, -1).every((index, axis) => index.op === "iota" && index.attributes["axis"] === axis);
  return isOwn && isAlong ? x : undefined;
}

/** The permutation that undoes it. */
export function invert(b: GraphBuilder, permutation: Node): Node {
  const { shape } = permutation.type;
  const own = lastIndex(b, shape);
  return b.make("scatter", [b.fullLike(permutation, 0), own, ...batchIndices(b, shape), permutation], { axes: shape.map((_, axis) => axis), mode: "set", bounds: "drop" });
}
