// Stacks of matrices in gradients: the last two axes are rows and columns, what stands before them is the batch.

import type { Node } from "../../node.ts";
import type { Differential, GraphBuilder } from "../../op.ts";
import type { Dim } from "../../size.ts";
import { type Shape, shapeEquals } from "../../types.ts";
import { withBatch } from "../shared-operand.ts";

const count = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Rows and columns. */
export function sidesOf(node: Node): readonly [Dim, Dim] {
  const [rows, columns] = node.type.shape.slice(-2);
  return [rows!, columns!];
}

export function turn(b: GraphBuilder, x: Node): Node {
  const rank = x.type.shape.length;
  return b.transpose(x, [...count(rank - 2), rank - 1, rank - 2]);
}

/** Products of matrices; an operand without a batch is the same for all. */
export function multiply(b: GraphBuilder, x: Node, y: Node): Node {
  const batch = (x.type.shape.length > y.type.shape.length ? x : y).type.shape.slice(0, -2);
  const rank = batch.length;
  return b.make("dot_general", [withBatch(b, x, batch, 2), withBatch(b, y, batch, 2)], {
    lhs_contract: [rank + 1], rhs_contract: [rank], lhs_batch: count(rank), rhs_batch: count(rank),
  });
}

type Comparison = "ge" | "gt" | "le" | "lt" | "eq" | "ne";

/** Zero where not (row `keep` column). */
export function keepWhere(b: GraphBuilder, x: Node, keep: Comparison): Node {
  return b.select(compareIndices(b, x.type.shape, keep), x, b.fullLike(x, 0));
}

function compareIndices(b: GraphBuilder, shape: Shape, comparison: Comparison): Node {
  const index = (axis: number): Node => b.make("iota", [], { dtype: "i32", shape, axis });
  return b.make(comparison, [index(shape.length - 2), index(shape.length - 1)]);
}

export const lowerPart = (b: GraphBuilder, x: Node): Node => keepWhere(b, x, "ge");
export const strictLowerPart = (b: GraphBuilder, x: Node): Node => keepWhere(b, x, "gt");
export const upperPart = (b: GraphBuilder, x: Node): Node => keepWhere(b, x, "le");

/** The lower triangle with half the diagonal: phi(x + x^T) of a symmetric x is its lower triangle. */
export function halfLower(b: GraphBuilder, x: Node): Node {
  const half = b.mul(x, b.fullLike(x, 0.5));
  return b.select(compareIndices(b, x.type.shape, "eq"), half, lowerPart(b, x));
}

/** The symmetric matrix of which only the lower triangle is read. */
export function mirrorLower(b: GraphBuilder, x: Node): Node {
  return b.add(lowerPart(b, x), turn(b, strictLowerPart(b, x)));
}

export function identityLike(b: GraphBuilder, x: Node): Node {
  return b.select(compareIndices(b, x.type.shape, "eq"), b.fullLike(x, 1), b.fullLike(x, 0));
}

/** The diagonal [..., n] of [..., n, n]. */
export function diagonalOf(b: GraphBuilder, x: Node): Node {
  return b.sum(keepWhere(b, x, "eq"), [x.type.shape.length - 1]);
}

/** d [..., n] as rows or columns of a matrix of the given shape: element i stands in all of row, or column, i. */
export function along(b: GraphBuilder, d: Node, shape: Shape, axis: "rows" | "columns"): Node {
  const rank = shape.length;
  return b.broadcast(d, shape, [...count(rank - 2), axis === "rows" ? rank - 2 : rank - 1]);
}

export function diagonalMatrix(b: GraphBuilder, d: Node): Node {
  const n = d.type.shape.at(-1)!;
  return keepWhere(b, along(b, d, [...d.type.shape, n], "rows"), "eq");
}

/** diag(d) x */
export const scaleRows = (b: GraphBuilder, d: Node, x: Node): Node => b.mul(along(b, d, x.type.shape, "rows"), x);
/** x diag(d) */
export const scaleColumns = (b: GraphBuilder, x: Node, d: Node): Node => b.mul(x, along(b, d, x.type.shape, "columns"));

/** The block from (row, column) on, with these sides. */
export function block(b: GraphBuilder, x: Node, [row, column]: readonly [Dim, Dim], [rows, columns]: readonly [Dim, Dim], end: readonly [Dim, Dim]): Node {
  const batch = x.type.shape.slice(0, -2);
  if (shapeEquals(x.type.shape, [...batch, rows, columns])) return x;
  return b.make("slice", [x], { start: [...batch.map(() => 0), row, column], limit: [...batch, ...end], step: x.type.shape.map(() => 1) });
}

/** Tensors put together along one of the last two axes. */
export function join(b: GraphBuilder, parts: readonly Node[], axis: "rows" | "columns"): Node {
  return b.make("concat", parts, { axis: parts[0]!.type.shape.length - (axis === "rows" ? 2 : 1) });
}

/** Sum of what is there; undefined stands for zero. */
export function addAll(b: GraphBuilder, ...terms: readonly Differential[]): Differential {
  const present = terms.filter((term) => term !== undefined);
  return present.length === 0 ? undefined : present.reduce((sum, term) => b.add(sum, term));
}

/** 1 / x, and 0 where |x| is not above `least`. */
export function reciprocalOrZero(b: GraphBuilder, x: Node, least: Node): Node {
  const far = b.make("gt", [b.unary("abs", x), least]);
  return b.select(far, b.div(b.fullLike(x, 1), b.select(far, x, b.fullLike(x, 1))), b.fullLike(x, 0));
}
