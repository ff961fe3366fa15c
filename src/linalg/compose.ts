// Matrices made of matrices and vectors, and what is read off them.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { diagonalMatrix, sidesOf } from "../../ir/routines/linalg/matrix.ts";
import { addDims, type Dim, mulDims } from "../../ir/size.ts";
import { describeNode, describeTyped } from "../expression.ts";
import { eq, mul, select, sub } from "../ops/elementwise.ts";
import { concatNodes, padNode, stack } from "../ops/movement.ts";
import { broadcastShapes, meet, meetOperands, type Operand, stretch, toDType, toNode } from "../ops/operand.ts";
import { assume, fullLike, iota, reshape, sliceAxes } from "../ops/primitive.ts";
import { sum } from "../ops/reduction.ts";
import { neverEqual } from "../shape.ts";
import { batchOf, builder } from "./operand.ts";

function matrices(op: string, operands: readonly Operand[]): readonly Node[] {
  const dtype = meet(op, operands);
  const nodes = operands.map((operand) => toDType(op, operand, dtype));
  for (const node of nodes) if (node.type.shape.length < 2) throw userError("E203", { op, message: `${describeNode(node)} has fewer than two axes` });
  const batch = broadcastShapes(`${op} (leading axes)`, nodes.map((node): Node => ({ ...node, type: { ...node.type, shape: batchOf(node) } })));
  return nodes.map((node) => stretch(node, [...batch, ...node.type.shape.slice(-2)]));
}

/** Every element of a times all of b. */
export function kron(a: Operand, b: Operand): Node {
  const [x, y] = matrices("kron", [a, b]) as [Node, Node];
  const [[m, n], [p, q], batch] = [sidesOf(x), sidesOf(y), batchOf(x)];
  const wide = [...batch, m, p, n, q];
  const product = mul(stretch(reshape(x, [...batch, m, 1, n, 1]), wide), stretch(reshape(y, [...batch, 1, p, 1, q]), wide));
  return reshape(product, [...batch, mulDims(m, p), mulDims(n, q)]);
}

/** The matrices along the diagonal, zero elsewhere. */
export function blockDiag(...blocks: readonly Operand[]): Node {
  if (blocks.length === 0) throw userError("E201", { op: "blockDiag", message: "got no matrix" });
  const nodes = matrices("blockDiag", blocks);
  const width = nodes.reduce<Dim>((sum, node) => addDims(sum, sidesOf(node)[1]), 0);
  let before: Dim = 0;
  const rows = nodes.map((node) => {
    const none = node.type.shape.slice(0, -1).map(() => 0);
    const after = addDims(before, sidesOf(node)[1]);
    const padded = padNode(node, 0, [...none, before], [...none, addDims(width, mulDims(-1, after))]);
    before = after;
    return padded;
  });
  return concatNodes("blockDiag", rows, rows[0]!.type.shape.length - 2);
}

/** The sum of the k-th diagonal. */
export function trace(a: Operand, k = 0): Node {
  const [node] = matrices("trace", [a]) as [Node];
  if (!Number.isSafeInteger(k)) throw userError("E205", { op: "trace", message: `the diagonal ${String(k)} is not an integer` });
  const { shape } = node.type;
  const onDiagonal = eq(iota("i32", shape, shape.length - 2), sub(iota("i32", shape, shape.length - 1), k));
  return sum(select(onDiagonal, node, fullLike(node, 0)), [-1, -2]);
}

/** diag(d) [..., n, n] of d [..., n]. */
export function diag(d: Operand): Node {
  const node = toNode("diag", d);
  if (node.type.shape.length === 0) throw userError("E203", { op: "diag", message: `${describeNode(node)} is a scalar` });
  return diagonalMatrix(builder("diag"), node);
}

/** E203 for a last axis that is not of size 3. */
function ofThree(node: Node): Node {
  const own = node.type.shape.at(-1);
  if (own === undefined || neverEqual(own, 3)) throw userError("E203", { op: "cross", message: `the last axis of ${describeTyped(node)} does not have the size 3` });
  return own === 3 ? node : assume(node, [...node.type.shape.slice(0, -1), 3]);
}

/** The vector product over the last axis, of size 3. */
export function cross(a: Operand, b: Operand): Node {
  const dtype = meet("cross", [a, b]);
  const given = [a, b].map((operand) => ofThree(toDType("cross", operand, dtype)));
  const [x, y] = meetOperands("cross", given) as [Node, Node];
  const part = (node: Node, i: number): Node => {
    const batch = node.type.shape.slice(0, -1);
    return reshape(sliceAxes(node, [...batch.map(() => 0), i], [...batch, i + 1], node.type.shape.map(() => 1)), batch);
  };
  const component = (i: number, j: number): Node => sub(mul(part(x, i), part(y, j)), mul(part(x, j), part(y, i)));
  return stack([component(1, 2), component(2, 0), component(0, 1)], -1);
}
