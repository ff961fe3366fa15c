// Linear systems: by triangles, by LU or Cholesky factors, in the sense of least squares.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { sidesOf, turn } from "../../ir/routines/linalg/matrix.ts";
import { solveByLu } from "../../ir/routines/linalg/solve-by-lu.ts";
import { solveTriangle } from "../../ir/routines/linalg/triangular-solve.ts";
import { dimEquals, maxDims } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import { eye } from "../ops/matrix.ts";
import { dot } from "../ops/contraction.ts";
import type { Operand } from "../ops/operand.ts";
import { assume } from "../ops/primitive.ts";
import { neverEqual } from "../shape.ts";
import { batchOf, builder, type OnError, onErrorOf, toSquare, toSquareSystem, toSystem } from "./operand.ts";
import { pseudoInverse } from "./pseudo-inverse.ts";

export interface TriangularOptions extends OnError {
  /** The triangle that the matrix has; the other is not read. `lower` unless said otherwise. */
  readonly uplo?: "lower" | "upper";
  /** Whether to solve with the transpose. */
  readonly transposed?: boolean;
  /** Whether the diagonal counts as 1. */
  readonly unitDiagonal?: boolean;
}

/** x of A x = b for a triangular A. */
export function triangularSolve(a: Operand, b: Operand, options: TriangularOptions = {}): Node {
  const { uplo = "lower", transposed = false, unitDiagonal = false } = options;
  if (uplo !== "lower" && uplo !== "upper") throw userError("E205", { op: "triangularSolve", message: `uplo is ${String(uplo)}`, hint: `it is "lower" or "upper"` });
  const { matrix, right, restore } = toSquareSystem("triangularSolve", a, b);
  const attributes = { upper: uplo === "upper", transposed, unit: unitDiagonal, ...onErrorOf("triangularSolve", options) };
  return restore(builder("triangularSolve").make("triangular_solve", [matrix, right], attributes));
}

export interface SolveOptions extends OnError {
  /** `positive`: A is symmetric and positive definite, and a Cholesky factorization does. Of such an A only the lower triangle is read. */
  readonly assume?: "general" | "positive";
}

/** x of A x = b. */
export function solve(a: Operand, b: Operand, options: SolveOptions = {}): Node {
  const { matrix, right, restore } = toSquareSystem("solve", a, b);
  return restore(solveWith("solve", matrix, right, options));
}

function solveWith(op: string, matrix: Node, right: Node, options: SolveOptions): Node {
  const { assume = "general" } = options;
  if (assume !== "general" && assume !== "positive") throw userError("E205", { op, message: `assume is ${String(assume)}`, hint: `it is "general" or "positive"` });
  const build = builder(op);
  const onError = onErrorOf(op, options).on_error as "error" | "nan";
  if (assume === "positive") {
    const factor = build.make("cholesky", [matrix], { on_error: onError });
    return solveTriangle(build, factor, solveTriangle(build, factor, right, { onError }), { transposed: true, onError });
  }
  return solveByLu(build, matrix, right, onError);
}

/** x of L L^T x = b for a Cholesky factor L. */
export function choleskySolve(l: Operand, b: Operand, options?: OnError): Node {
  const { matrix, right, restore } = toSquareSystem("choleskySolve", l, b);
  const onError = onErrorOf("choleskySolve", options).on_error as "error" | "nan";
  const build = builder("choleskySolve");
  return restore(solveTriangle(build, matrix, solveTriangle(build, matrix, right, { onError }), { transposed: true, onError }));
}

export function inv(a: Operand, options?: SolveOptions): Node {
  return invert("inv", toSquare("inv", a), options);
}

export function invert(op: string, matrix: Node, options: SolveOptions = {}): Node {
  const side = matrix.type.shape.at(-1)!;
  return solveWith(op, matrix, eye(side, side, { dtype: matrix.type.dtype }), options);
}

export interface LeastSquaresOptions extends OnError {
  /** Singular values up to `rcond` times the largest count as zero; eps max(m,n) unless said otherwise. */
  readonly rcond?: number;
  /** `qr` is faster, and for matrices of full column rank only: a zero on R's diagonal is E609. */
  readonly method?: "svd" | "qr";
}

/** The shortest x that makes |A x - b| smallest. */
export function lstsq(a: Operand, b: Operand, options: LeastSquaresOptions = {}): Node {
  const { method = "svd" } = options;
  const { matrix, right, restore } = toSystem("lstsq", a, b);
  if (method === "svd") return restore(dot(pseudoInverse("lstsq", matrix, options), right));
  if (method !== "qr") throw userError("E205", { op: "lstsq", message: `method is ${String(method)}`, hint: `it is "svd" or "qr"` });
  const [m, n] = sidesOf(matrix);
  const longer = maxDims(m, n);
  if (neverEqual(m, longer)) throw userError("E203", { op: "lstsq", message: `the matrix ${describeTyped(matrix)} has fewer rows than columns`, hint: `use the method "svd"` });
  // Of sizes that only the call knows, that there are rows enough is checked then.
  const [tall, rows] = [matrix, right].map((node) => (dimEquals(m, longer) ? node : assume(node, [...batchOf(node), longer, node.type.shape.at(-1)!]))) as [Node, Node];
  const build = builder("lstsq");
  const onError = onErrorOf("lstsq", options).on_error as "error" | "nan";
  const node = build.make("qr", [tall], { full: false, on_singular: onError });
  return restore(solveTriangle(build, build.result(node, 1), dot(turn(build, build.result(node, 0)), rows), { upper: true, onError }));
}

