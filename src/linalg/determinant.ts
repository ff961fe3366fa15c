// Determinants from the LU factorization: the product of U's diagonal, with the sign of the exchanges.

import type { Node } from "../../ir/node.ts";
import { diagonalOf } from "../../ir/routines/linalg/matrix.ts";
import { abs, log, mul, select, sign, eq } from "../ops/elementwise.ts";
import type { Operand } from "../ops/operand.ts";
import { full, iota } from "../ops/primitive.ts";
import { prod, sum } from "../ops/reduction.ts";
import { builder, type OnError, onErrorOf, toSquare } from "./operand.ts";

interface Factors {
  readonly diagonal: Node;
  /** 1 or -1. */
  readonly parity: Node;
}

function factorsOf(op: string, a: Operand): Factors {
  const b = builder();
  const matrix = toSquare(op, a);
  const node = b.make("lu", [matrix]);
  const pivots = b.result(node, 1);
  const { shape } = pivots.type;
  const [one, minusOne] = [1, -1].map((value) => full(value, matrix.type.dtype, shape)) as [Node, Node];
  const isKept = eq(pivots, iota("i32", shape, shape.length - 1));
  return { diagonal: diagonalOf(b, b.result(node, 0)), parity: prod(select(isKept, one, minusOne), -1) };
}

/** Its gradient needs a regular matrix: E609 where it is singular. */
export function det(a: Operand): Node {
  const { diagonal, parity } = factorsOf("det", a);
  return mul(parity, prod(diagonal, -1));
}

/** The sign of the determinant and the logarithm of its magnitude: 0 and -inf of a singular matrix. */
export function slogdet(a: Operand): { readonly sign: Node; readonly logdet: Node } {
  const { diagonal, parity } = factorsOf("slogdet", a);
  return { sign: mul(parity, prod(sign(diagonal), -1)), logdet: sum(log(abs(diagonal)), -1) };
}

export interface LogdetOptions extends OnError {
  /** Whether `a` is a lower Cholesky factor already. */
  readonly factor?: boolean;
}

/** The logarithm of the determinant of a symmetric positive definite matrix, from its Cholesky factor. */
export function logdet(a: Operand, options: LogdetOptions = {}): Node {
  const b = builder();
  const matrix = toSquare("logdet", a);
  const factor = options.factor === true ? matrix : b.make("cholesky", [matrix], onErrorOf("logdet", options));
  return mul(sum(log(diagonalOf(b, factor)), -1), 2);
}
