// What functions of matrices take: stacks of matrices in the last two axes, f32 or f64, whose leading axes broadcast.

import { createBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import type { Dim } from "../../ir/size.ts";
import { isWideFloat, type Shape } from "../../ir/types.ts";
import { describeNode, describeTyped } from "../expression.ts";
import { captureLocation } from "../location.ts";
import { broadcastShapes, expectDType, joinDims, meet, type Operand, stretch, toDType, toNode } from "../ops/operand.ts";
import { assume } from "../ops/primitive.ts";

export interface OnError {
  /** What happens where there is no result (a singular matrix, say): an error of the call, E609, or NaN in all results of that element. */
  readonly onError?: "error" | "nan";
}

/** The attribute of ops that can fail. */
export function onErrorOf(op: string, options: OnError | undefined): { readonly on_error: string } {
  const value = options?.onError ?? "error";
  if (value !== "error" && value !== "nan") throw userError("E205", { op, message: `onError is ${String(value)}`, hint: `it is "error" or "nan"` });
  return { on_error: value };
}

/** A builder whose nodes carry the user's line and, for what fails there, the function that was called. */
export function builder(op: string): GraphBuilder {
  return createBuilder(captureLocation(op));
}

/** E202 unless f32 or f64, E203 for fewer than two axes. */
export function toMatrix(op: string, x: Operand): Node {
  const node = expectDType(op, toNode(op, x), isWideFloat, "f32 or f64");
  if (node.type.shape.length < 2) throw userError("E203", { op, message: `${describeNode(node)} has fewer than two axes` });
  return node;
}

/** E203 for a matrix that is not square; sizes that only the call knows to be equal are assumed to be. */
export function toSquare(op: string, x: Operand): Node {
  return square(op, toMatrix(op, x));
}

function square(op: string, node: Node): Node {
  const [rows, columns] = node.type.shape.slice(-2) as [Dim, Dim];
  if (rows === columns) return node;
  const side = joinDims(rows, columns);
  if (side === undefined) throw userError("E203", { op, message: `the matrix ${describeTyped(node)} is not square` });
  return assume(node, [...batchOf(node), side, side]);
}

export const batchOf = (node: Node): Shape => node.type.shape.slice(0, -2);

/** Operands in one dtype. */
export function meetMatrices(op: string, ...operands: readonly Operand[]): readonly Node[] {
  const dtype = meet(op, operands);
  if (!isWideFloat(dtype)) throw userError("E202", { op, message: `operands must be f32 or f64, not ${dtype}` });
  return operands.map((operand) => toDType(op, operand, dtype));
}

/** Leading axes brought to one shape; a matrix that has none stays as it is, for it serves all elements. */
export function meetBatches(op: string, nodes: readonly Node[]): readonly Node[] {
  const front = nodes.map((node): Node => ({ ...node, type: { ...node.type, shape: batchOf(node) } }));
  const batch = broadcastShapes(`${op} (leading axes)`, front);
  return nodes.map((node) => (batchOf(node).length === 0 ? node : stretch(node, [...batch, ...node.type.shape.slice(-2)])));
}

/** A square matrix and right sides of the same dtype: a vector, which becomes one column, or matrices. */
export interface System {
  readonly matrix: Node;
  readonly right: Node;
  /** The solution in the form in which the right side was given. */
  readonly restore: (solution: Node) => Node;
}

/** `sides` says which of the matrix's axes the right side's rows meet. */
export function toSystem(op: string, a: Operand, b: Operand, side: "rows" | "columns" = "rows"): System {
  const [matrix, given] = meetMatrices(op, a, b) as [Node, Node];
  if (matrix.type.shape.length < 2) throw userError("E203", { op, message: `${describeNode(matrix)} has fewer than two axes` });
  if (given.type.shape.length === 0) throw userError("E203", { op, message: `the right side ${describeNode(given)} is a scalar` });
  const isVector = given.type.shape.length === 1;
  const build = builder(op);
  const column = isVector ? build.reshape(given, [...given.type.shape, 1]) : given;
  const rows = matrix.type.shape.at(side === "rows" ? -2 : -1)!;
  const joined = joinDims(rows, column.type.shape.at(-2)!);
  if (joined === undefined) throw userError("E203", { op, message: `the matrix ${describeTyped(matrix)} and the right side ${describeTyped(given)} do not have equally many rows` });
  const agreed = joined === column.type.shape.at(-2) ? column : assume(column, [...batchOf(column), joined, column.type.shape.at(-1)!]);
  const own = side === "rows" && joined !== rows ? assume(matrix, [...batchOf(matrix), joined, matrix.type.shape.at(-1)!]) : matrix;
  const [left, right] = meetBatches(op, [own, agreed]) as [Node, Node];
  return { matrix: left, right, restore: (solution) => (isVector ? build.reshape(solution, solution.type.shape.slice(0, -1)) : solution) };
}

export function toSquareSystem(op: string, a: Operand, b: Operand): System {
  const system = toSystem(op, toSquare(op, a), b);
  return { ...system, matrix: square(op, system.matrix) };
}
