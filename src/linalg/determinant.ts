// Determinants from the LU factorization: the product of U's diagonal, with the sign of the exchanges. The derivative of `det` is the matrix of
// cofactors, which a singular matrix has, too.

import type { Node } from "../../ir/node.ts";
import { diagonalMatrix, diagonalOf, identityLike, turn, upperPart } from "../../ir/routines/linalg/matrix.ts";
import { productMagnitude } from "../../ir/routines/linalg/product-magnitude.ts";
import { takeRows } from "../../ir/routines/linalg/take-rows.ts";
import { solveTriangle } from "../../ir/routines/linalg/triangular-solve.ts";
import { customGradient } from "../custom-gradient.ts";
import { toTensor } from "../methods.ts";
import { abs, add, eq, log, mul, select, sign } from "../ops/elementwise.ts";
import { type Operand, stretch, toNode } from "../ops/operand.ts";
import { full, iota, reshape } from "../ops/primitive.ts";
import { prod, sum } from "../ops/reduction.ts";
import type { Tensor } from "../tensor.ts";
import { builder, type OnError, onErrorOf, toSquare } from "./operand.ts";

interface Factors {
  readonly matrix: Node;
  /** Both triangles. */
  readonly packed: Node;
  readonly permutation: Node;
  readonly diagonal: Node;
  /** 1 or -1. */
  readonly parity: Node;
}

function factorsOf(op: string, a: Operand): Factors {
  const b = builder(op);
  const matrix = toSquare(op, a);
  const node = b.make("lu", [matrix], { on_singular: "error" });
  const pivots = b.result(node, 1);
  const { shape } = pivots.type;
  const [one, minusOne] = [1, -1].map((value) => full(value, matrix.type.dtype, shape)) as [Node, Node];
  const isKept = eq(pivots, iota("i32", shape, shape.length - 1));
  const packed = b.result(node, 0);
  return { matrix, packed, permutation: b.result(node, 2), diagonal: diagonalOf(b, packed), parity: prod(select(isKept, one, minusOne), -1) };
}

/** The determinant. Its second derivative needs a regular matrix: E609 where it is singular. */
export function det(a: Operand): Node {
  const { matrix, diagonal, parity } = factorsOf("det", a);
  return moved(mul(signOf(parity, diagonal), productMagnitude(builder("det"), diagonal)), matrix);
}

const signOf = (parity: Node, diagonal: Node): Node => mul(parity, prod(sign(diagonal), -1));

/** The product over the last axis of pivots that are not 0, with its derivative, which is finite wherever the product is. */
function productOf(pivots: Node): Node {
  const value = (x: Node): Node => mul(prod(sign(x), -1), productMagnitude(builder("det"), x));
  const slope = (x: Tensor<"f64">, product: Tensor<"f64">): Tensor<"f64"> => product.expandDims(-1).div(x) as Tensor<"f64">;
  const product = customGradient(
    (x: Tensor<"f64">): Tensor<"f64"> => toTensor(value(toNode("det", x))),
    (cotangent, [x], own) => [cotangent.expandDims(-1).mul(slope(x, own))] as never,
    { tangent: ([tangent], [x], own) => slope(x, own).mul(tangent).sum(-1) as never },
  );
  return toNode("det", product(toTensor(pivots)));
}

/** The determinant of a matrix with its derivative by the matrix, whatever computes the value: rules see that. */
function moved(value: Node, matrix: Node): Node {
  const cofactorsOf = (x: unknown): Tensor<"f64"> => toTensor(cofactors(toNode("det", x as Operand)));
  const move = customGradient(
    (own: Tensor<"f64">, _: Tensor<"f64">) => own,
    (cotangent, [, x]) => [null, cotangent.expandDims(-1).expandDims(-1).mul(cofactorsOf(x))] as never,
    { tangent: ([, tangent], [, x]) => cofactorsOf(x).mul(tangent as Tensor<"f64">).sum([-2, -1]) as never },
  );
  return toNode("det", move(toTensor(value), toTensor(matrix)));
}

/** What a pivot that is 0 counts as, relative to the sum of U's magnitudes, and if that is 0. */
const smallPivot = { f32: [2 ** -30, 2 ** -60], f64: [2 ** -100, 2 ** -500] } as const;

/**
 * det(A) A^-T. Cofactors are sums of products in which no pivot occurs twice: of pivots that are tiny instead of 0 they are as good as exact. What the inverse
 * divides by such a pivot, the determinant multiplies by it again.
 */
function cofactors(a: Node): Node {
  const { matrix, packed, permutation, diagonal, parity } = factorsOf("det", a);
  const b = builder("det");
  const [relative, least] = smallPivot[matrix.type.dtype as "f32" | "f64"];
  const size = stretch(reshape(sum(abs(upperPart(b, packed)), [-2, -1]), [...matrix.type.shape.slice(0, -2), 1]), diagonal.type.shape);
  const tiny = select(eq(size, 0), least, mul(size, relative));
  const isZero = eq(diagonal, 0);
  const regular = add(packed, diagonalMatrix(b, select(isZero, tiny, 0)));
  const rows = takeRows(b, identityLike(b, matrix), permutation);
  const inverse = solveTriangle(b, regular, solveTriangle(b, packed, rows, { unit: true, onError: "nan" }), { upper: true, onError: "nan" });
  const determinant = mul(parity, productOf(select(isZero, tiny, diagonal)));
  return mul(turn(b, inverse), stretch(reshape(determinant, [...determinant.type.shape, 1, 1]), matrix.type.shape));
}

/** The sign of the determinant and the logarithm of its magnitude: 0 and -inf of a singular matrix, of which there is no gradient. */
export function slogdet(a: Operand): { readonly sign: Node; readonly logdet: Node } {
  const { diagonal, parity } = factorsOf("slogdet", a);
  return { sign: signOf(parity, diagonal), logdet: sum(log(abs(diagonal)), -1) };
}

export interface LogdetOptions extends OnError {
  /** Whether `a` is a lower Cholesky factor already. */
  readonly factor?: boolean;
}

/** The logarithm of the determinant of a symmetric positive definite matrix, from its Cholesky factor. */
export function logdet(a: Operand, options: LogdetOptions = {}): Node {
  const b = builder("logdet");
  const matrix = toSquare("logdet", a);
  const factor = options.factor === true ? matrix : b.make("cholesky", [matrix], onErrorOf("logdet", options));
  return mul(sum(log(diagonalOf(b, factor)), -1), 2);
}
