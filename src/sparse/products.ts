// What is computed with sparse matrices: gathers by place, and sums that meet in one place, in the order in which elements are stored.

import { createBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import type { Dim } from "../../ir/size.ts";
import "../../ir/routines/sparse/index.ts";
import { addRows, takeRows } from "../../ir/routines/sparse/stored-elements.ts";
import { isWideFloat, showShape } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { captureLocation } from "../location.ts";
import * as e from "../ops/elementwise.ts";
import { meet, type Operand, toDType, toOperand } from "../ops/operand.ts";
import { assume, convert, full, make, reduce, transpose as transposeNode } from "../ops/primitive.ts";
import { expandDims } from "../ops/movement.ts";
import { neverEqual } from "../shape.ts";
import { type Pattern, rowsOf, Sparse } from "./sparse.ts";

const builder = (): GraphBuilder => createBuilder(captureLocation());
const gatherRows = (x: Node, indices: Node): Node => takeRows(builder(), x, indices);
const gatherElements = (x: Node, { columns, ...pattern }: Pattern): Node => make("gather", [x, rowsOf({ columns, ...pattern }), columns], { axes: [0, 1], bounds: "check" });

/** x with its axis of the size that it meets; E203 if it never can. */
function agree(op: string, x: Node, axis: number, size: Dim, a: Sparse): Node {
  const own = x.type.shape[axis];
  if (own === size) return x;
  if (own === undefined || neverEqual(own, size)) throw userError("E203", { op, message: `${describeTyped(x)} does not fit the sparse matrix ${showShape(a.pattern.shape)}` });
  return assume(x, x.type.shape.map((dim, i) => (i === axis ? size : dim)));
}

/** Both in the dtype in which they meet. */
function together(op: string, a: Sparse, x: Operand): readonly [values: Node, x: Node] {
  const dtype = meet(op, [a.node, x]);
  return [convert(a.node, dtype), toDType(op, x, dtype)];
}

/** a x for a dense vector or matrix. */
export function matmul(a: Sparse, x: Operand): Node {
  const { pattern } = a;
  const [values, given] = together("matmul", a, x);
  const rank = given.type.shape.length;
  if (rank !== 1 && rank !== 2) throw userError("E203", { op: "matmul", message: `${describeTyped(given)} is no vector or matrix` });
  const dense = agree("matmul", given, 0, pattern.shape[1], a);
  if (isCompressed(pattern, dense)) return asMatrix(dense, (x) => make("csr_matmul", [values, pattern.columns, pattern.rows, x]));
  const { turned } = pattern;
  if (turned !== undefined && isCompressed(turned, dense)) {
    return asMatrix(dense, (x) => make("csr_matmul_transposed", [values, turned.columns, turned.rows, x], { size: [pattern.shape[0]] }));
  }
  if (rank === 1 && isWideFloat(dense.type.dtype)) return make("coo_matvec", [values, rowsOf(pattern), pattern.columns, dense], { size: [pattern.shape[0]] });
  const read = gatherRows(dense, pattern.columns);
  return addRows(builder(), e.mul(rank === 1 ? values : expandDims(values, 1), read), rowsOf(pattern), pattern.shape[0]);
}

/** Whether routines multiply rows of this pattern by such numbers. */
function isCompressed({ format }: Pattern, { type }: Node): boolean {
  return format === "csr" && isWideFloat(type.dtype);
}

/** A vector as one column. */
function asMatrix(x: Node, product: (x: Node) => Node): Node {
  if (x.type.shape.length === 2) return product(x);
  const column = product(make("reshape", [x], { shape: [x.type.shape[0]!, 1] }));
  return make("reshape", [column], { shape: [column.type.shape[0]!] });
}

/** x a for a dense vector or matrix: the transpose of the other product. */
export function matmulLeft(x: Operand, a: Sparse): Node {
  const dense = toOperand("matmul", x);
  if (dense.type.shape.length === 1) return matmul(transpose(a), dense);
  if (dense.type.shape.length !== 2) throw userError("E203", { op: "matmul", message: `${describeTyped(dense)} is no vector or matrix` });
  return transposeNode(matmul(transpose(a), transposeNode(dense, [1, 0])), [1, 0]);
}

/** By coordinates, whose rows and columns change places; which rows they are the transpose of is known. */
export function transpose(a: Sparse): Sparse {
  const { pattern } = a;
  return new Sparse({ format: "coo", shape: [pattern.shape[1], pattern.shape[0]], stored: pattern.stored, rows: pattern.columns, columns: rowsOf(pattern), turned: pattern }, a.node);
}

/** Of a dense matrix, a vector that stands for each row, or a number, what meets the stored elements. */
function sample(op: string, a: Sparse, x: Node): Node {
  const { pattern } = a;
  const [rows, columns] = pattern.shape;
  if (x.type.shape.length === 0) return x;
  if (x.type.shape.length === 1) return gatherRows(agree(op, x, 0, columns, a), pattern.columns);
  if (x.type.shape.length !== 2) throw userError("E203", { op, message: `${describeTyped(x)} is no matrix` });
  const [height, width] = x.type.shape as [Dim, Dim];
  if (height === 1) return width === 1 ? make("reshape", [x], { shape: [] }) : sample(op, a, make("reshape", [x], { shape: [width] }));
  if (width === 1) return gatherRows(agree(op, make("reshape", [x], { shape: [height] }), 0, rows, a), rowsOf(pattern));
  return gatherElements(agree(op, agree(op, x, 0, rows, a), 1, columns, a), pattern);
}

/** a x, element by element: x is a number or broadcasts to the dense shape. What is not stored stays 0. */
export function multiply(a: Sparse, x: Operand): Sparse {
  const [values, given] = together("multiply", a, x);
  return new Sparse(a.pattern, e.mul(values, sample("multiply", a, given)));
}

/** a / x in the same way. */
export function divide(a: Sparse, x: Operand): Sparse {
  const [values, given] = together("divide", a, x);
  return new Sparse(a.pattern, e.div(values, sample("divide", a, given)));
}

/** a + x, which is dense. */
export function add(a: Sparse, x: Operand): Node {
  const [values, given] = together("add", a, x);
  const { pattern } = a;
  if (given.type.shape.length !== 2) throw userError("E203", { op: "add", message: `${describeTyped(given)} is no matrix`, hint: "broadcast it to the dense shape" });
  const dense = agree("add", agree("add", given, 0, pattern.shape[0], a), 1, pattern.shape[1], a);
  return make("scatter", [dense, values, rowsOf(pattern), pattern.columns], { axes: [0, 1], mode: "add", bounds: "check" });
}

export function toDense(a: Sparse): Node {
  return add(a, full(0, a.node.type.dtype, a.pattern.shape));
}

/** x y where a stores elements: each is a product of a row of x and a column of y. The values of a do not matter. */
export function sampledMatmul(a: Sparse, x: Operand, y: Operand): Sparse {
  const dtype = meet("sampledMatmul", [x, y]);
  const { pattern } = a;
  const [left, right] = [x, y].map((value) => toDType("sampledMatmul", value, dtype)) as [Node, Node];
  if (left.type.shape.length !== 2 || right.type.shape.length !== 2) throw userError("E203", { op: "sampledMatmul", message: `${describeTyped(left)} and ${describeTyped(right)} are not both matrices` });
  const along = agree("sampledMatmul", left, 0, pattern.shape[0], a);
  const across = transposeNode(agree("sampledMatmul", agree("sampledMatmul", right, 1, pattern.shape[1], a), 0, left.type.shape[1]!, a), [1, 0]);
  if (isCompressed(pattern, along)) return new Sparse(pattern, make("csr_sampled_matmul", [pattern.columns, pattern.rows, along, across]));
  return new Sparse(pattern, reduce("sum", e.mul(gatherRows(along, rowsOf(pattern)), gatherRows(across, pattern.columns)), [1]));
}

/** The sum of all stored elements, or of each column (axis 0) or row (axis 1). */
export function sum(a: Sparse, axis: number | null = null): Node {
  const { pattern } = a;
  if (axis === null) return reduce("sum", a.node, [0]);
  const along = axis < 0 ? axis + 2 : axis;
  if (along !== 0 && along !== 1) throw userError("E204", { op: "sum", message: `a sparse matrix has no axis ${axis}` });
  return along === 0 ? addRows(builder(), a.node, pattern.columns, pattern.shape[1]) : addRows(builder(), a.node, rowsOf(pattern), pattern.shape[0]);
}
