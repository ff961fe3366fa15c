// Factorizations, each over the last two axes.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import "../../ir/routines/linalg/index.ts";
import { block, identityLike, sidesOf, strictLowerPart, upperPart } from "../../ir/routines/linalg/matrix.ts";
import { minDims } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import { neverEqual } from "../shape.ts";
import type { Operand } from "../ops/operand.ts";
import { builder, meetMatrices, type OnError, onErrorOf, toMatrix, toSquare } from "./operand.ts";

/** L of A = L L^T. */
export function cholesky(a: Operand, options?: OnError): Node {
  return builder("cholesky").make("cholesky", [toSquare("cholesky", a)], onErrorOf("cholesky", options));
}

export interface UpdateOptions extends OnError {
  /** Whether x x^T is taken away rather than added. */
  readonly downdate?: boolean;
}

/** The factor of L L^T + x x^T from L. */
export function choleskyUpdate(l: Operand, x: Operand, options: UpdateOptions = {}): Node {
  const op = "choleskyUpdate";
  const [factor, vector] = meetMatrices(op, toSquare(op, l), x) as [Node, Node];
  if (vector.type.shape.length === 0 || neverEqual(vector.type.shape.at(-1)!, factor.type.shape.at(-1)!)) {
    throw userError("E203", { op, message: `the vector ${describeTyped(vector)} does not fit the factor ${describeTyped(factor)}` });
  }
  return builder(op).make("cholesky_update", [factor, vector], { downdate: options.downdate ?? false, ...onErrorOf(op, options) });
}

/** Both triangles in one matrix, and the exchanges of rows. */
export function luFactor(a: Operand): { readonly lu: Node; readonly pivots: Node; readonly permutation: Node } {
  const b = builder("luFactor");
  const node = b.make("lu", [toMatrix("luFactor", a)], { on_singular: "error" });
  return { lu: b.result(node, 0), pivots: b.result(node, 1), permutation: b.result(node, 2) };
}

/** A[permutation] = L U. */
export function lu(a: Operand): { readonly l: Node; readonly u: Node; readonly permutation: Node } {
  const b = builder("lu");
  const node = b.make("lu", [toMatrix("lu", a)], { on_singular: "error" });
  const packed = b.result(node, 0);
  const [rows, columns] = sidesOf(packed);
  const k = minDims(rows, columns);
  const left = block(b, packed, [0, 0], [rows, k], [rows, k]);
  const upper = block(b, packed, [0, 0], [k, columns], [k, columns]);
  return { l: b.add(strictLowerPart(b, left), identityLike(b, left)), u: upperPart(b, upper), permutation: b.result(node, 2) };
}

export interface QrOptions {
  /** Whether Q is square, [m,m], rather than thin, [m,min(m,n)]. */
  readonly full?: boolean;
}

export function qr(a: Operand, options: QrOptions = {}): { readonly q: Node; readonly r: Node } {
  const b = builder("qr");
  const node = b.make("qr", [toMatrix("qr", a)], { full: options.full ?? false, on_singular: "error" });
  return { q: b.result(node, 0), r: b.result(node, 1) };
}

export function eigh(a: Operand, options?: OnError): { readonly values: Node; readonly vectors: Node } {
  const b = builder("eigh");
  const node = b.make("eigh", [toSquare("eigh", a)], onErrorOf("eigh", options));
  return { values: b.result(node, 0), vectors: b.result(node, 1) };
}

export function eigvalsh(a: Operand, options?: OnError): Node {
  const b = builder("eigvalsh");
  return b.result(b.make("eigh", [toSquare("eigvalsh", a)], onErrorOf("eigvalsh", options)), 0);
}

/** A = u diag(s) vt. */
export function svd(a: Operand, options?: OnError): { readonly u: Node; readonly s: Node; readonly vt: Node } {
  const b = builder("svd");
  const node = b.make("svd", [toMatrix("svd", a)], onErrorOf("svd", options));
  return { u: b.result(node, 0), s: b.result(node, 1), vt: b.result(node, 2) };
}

export function svdvals(a: Operand, options?: OnError): Node {
  return singularValues("svdvals", toMatrix("svdvals", a), options);
}

export function singularValues(op: string, a: Node, options?: OnError): Node {
  const b = builder(op);
  return b.result(b.make("svd", [a], onErrorOf(op, options)), 1);
}

/** Real and imaginary parts of the values and of the right vectors, which are columns. */
export function eig(a: Operand, options?: OnError): { readonly real: Node; readonly imaginary: Node; readonly vectorsReal: Node; readonly vectorsImaginary: Node } {
  const b = builder("eig");
  const node = b.make("eig", [toSquare("eig", a)], onErrorOf("eig", options));
  return { real: b.result(node, 0), imaginary: b.result(node, 1), vectorsReal: b.result(node, 2), vectorsImaginary: b.result(node, 3) };
}

export function eigvals(a: Operand, options?: OnError): { readonly real: Node; readonly imaginary: Node } {
  const b = builder("eigvals");
  const node = b.make("eigvals", [toSquare("eigvals", a)], onErrorOf("eigvals", options));
  return { real: b.result(node, 0), imaginary: b.result(node, 1) };
}
