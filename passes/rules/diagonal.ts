// Diagonal matrices as they are written: the identity, and diag(d).

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";

/** eq(row, column), converted or selected from. */
function isDiagonalMask(node: Node | undefined): boolean {
  if (node?.op !== "eq") return false;
  const rank = node.type.shape.length;
  const axes = node.inputs.map((index) => (index.op === "iota" ? index.attributes["axis"] : undefined));
  return axes[0] === rank - 2 && axes[1] === rank - 1;
}

/** Of a matrix, or of each of a batch. */
export function isIdentity(node: Node): boolean {
  if (node.op !== "broadcast") return node.op === "convert" && isDiagonalMask(node.inputs[0]);
  const [axes, rank] = [intsAttribute(node, "axes"), node.type.shape.length];
  return axes.at(-1) === rank - 1 && axes.at(-2) === rank - 2 && isIdentity(node.inputs[0]!);
}

/** The diagonal of diag(d). */
export function diagonalIn(node: Node): Node | undefined {
  if (!keepsDiagonal(node)) return undefined;
  const rows = node.inputs[1]!;
  const isAlong = rows.op === "broadcast" && rows.inputs[0]!.type.shape.length === node.type.shape.length - 1 && intsAttribute(rows, "axes").every((axis, i) => axis === i);
  return isAlong ? rows.inputs[0] : undefined;
}

/** The matrix whose diagonal, as a vector, the node is: the sum of rows in which all else is zero. */
export function matrixOfDiagonal(node: Node): Node | undefined {
  const [kept] = node.inputs;
  if (node.op !== "reduce_sum" || !keepsDiagonal(kept!)) return undefined;
  const axes = intsAttribute(node, "axes");
  return axes.length === 1 && axes[0] === node.type.shape.length ? kept!.inputs[1] : undefined;
}

function keepsDiagonal(node: Node): boolean {
  const [mask, , zero] = node.inputs;
  return node.op === "select" && isDiagonalMask(mask) && zero!.op === "full" && Number(zero!.attributes["value"]) === 0;
}

/** The identity, for examples of rules. */
export const identity = (b: GraphBuilder, n: number): Node =>
  b.convert(b.binary("eq", b.make("iota", [], { dtype: "i32", shape: [n, n], axis: 0 }), b.make("iota", [], { dtype: "i32", shape: [n, n], axis: 1 })), "f64");
