// The functions of `damo/linalg` with their types. All work on the last two axes; what stands before them is a batch, and batches broadcast.

import { lift, liftRecord } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Dot, List, Loose, Ok, Operand, PromoteOf, Shape, ShapeOf } from "../types/index.ts";
import * as composing from "./compose.ts";
import * as determinants from "./determinant.ts";
import * as factors from "./factorize.ts";
import * as measures from "./norms.ts";
import type { OnError } from "./operand.ts";
import * as powers from "./powers.ts";
import * as inverse from "./pseudo-inverse.ts";
import * as systems from "./solve.ts";

export type { QrOptions, UpdateOptions } from "./factorize.ts";
export type { LogdetOptions } from "./determinant.ts";
export type { NormOptions, NormOrder } from "./norms.ts";
export type { OnError } from "./operand.ts";
export type { RankOptions } from "./pseudo-inverse.ts";
export type { LeastSquaresOptions, SolveOptions, TriangularOptions } from "./solve.ts";

type FloatDType = "f32" | "f64";
type Matrix<S extends List = Shape> = AnyTensor<FloatDType, S>;

/** The axes before a matrix's. */
export type BatchOf<S extends List> = Loose<S> extends true ? Shape : S extends readonly [...infer B, unknown, unknown] ? B : Shape;
/** The smaller of two sizes, where that can be told. */
type Shorter<M, N> = [M, N] extends [N, M] ? M : number;
type ThinLeft<S extends List> = S extends readonly [...infer B, infer M, infer N] ? [...B, M, Shorter<M, N>] : Shape;
type ThinRight<S extends List> = S extends readonly [...infer B, infer M, infer N] ? [...B, Shorter<M, N>, N] : Shape;
type Spectrum<S extends List> = S extends readonly [...infer B, infer M, infer N] ? [...B, Shorter<M, N>] : Shape;
type Turned<S extends List> = S extends readonly [...infer B, infer M, infer N] ? [...B, N, M] : Shape;
type Same<T extends Matrix> = Tensor<T["dtype"], ShapeOf<T>>;
type PerMatrix<T extends Matrix> = Tensor<T["dtype"], BatchOf<ShapeOf<T>>>;

/** L of A = L L^T for a symmetric positive definite A [..., n, n]: lower triangular. Only A's lower triangle is read, so only there its gradient is
 *  not zero. E609 where A is not positive definite. */
export const cholesky: <T extends Matrix>(a: T, options?: OnError) => Same<T> = lift(factors.cholesky);
/** The factor of L L^T + x x^T, or with `downdate` of L L^T - x x^T, from L [..., n, n] and x [..., n], in about 4 n^2 operations. */
export const choleskyUpdate: <T extends Matrix>(l: T, x: Matrix, options?: factors.UpdateOptions) => Same<T> = lift(factors.choleskyUpdate);
/** A[permutation] = L U with partial pivoting: L [..., m, k] has a diagonal of ones, U is [..., k, n], k = min(m,n). */
export const lu: <T extends Matrix>(a: T) => {
  readonly l: Tensor<T["dtype"], ThinLeft<ShapeOf<T>>>; readonly u: Tensor<T["dtype"], ThinRight<ShapeOf<T>>>; readonly permutation: Tensor<"i32", Shape>;
} = liftRecord(factors.lu);
/** The same with both triangles in one matrix, and the row that row i was exchanged with. */
export const luFactor: <T extends Matrix>(a: T) => { readonly lu: Same<T>; readonly pivots: Tensor<"i32", Shape>; readonly permutation: Tensor<"i32", Shape> } = liftRecord(factors.luFactor);
/** A = Q R, Q [..., m, k] with orthonormal columns, R [..., k, n] upper triangular, k = min(m,n); with `full` k = m. */
export const qr: {
  <T extends Matrix>(a: T, options?: { readonly full?: false }): { readonly q: Tensor<T["dtype"], ThinLeft<ShapeOf<T>>>; readonly r: Tensor<T["dtype"], ThinRight<ShapeOf<T>>> };
  <T extends Matrix>(a: T, options: factors.QrOptions): { readonly q: Tensor<T["dtype"]>; readonly r: Same<T> };
} = liftRecord(factors.qr);
/** Eigenvalues, ascending, and orthonormal eigenvectors (columns) of a symmetric matrix, of which only the lower triangle is read. Derivatives where
 *  eigenvalues are repeated: docs/linalg.md. */
export const eigh: <T extends Matrix>(a: T, options?: OnError) => { readonly values: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>; readonly vectors: Same<T> } = liftRecord(factors.eigh);
/** The eigenvalues alone. */
export const eigvalsh: <T extends Matrix>(a: T, options?: OnError) => Tensor<T["dtype"], Spectrum<ShapeOf<T>>> = lift(factors.eigvalsh);
/** A = u diag(s) vt: u [..., m, k], s [..., k] descending, vt [..., k, n], k = min(m,n). */
export const svd: <T extends Matrix>(a: T, options?: OnError) => {
  readonly u: Tensor<T["dtype"], ThinLeft<ShapeOf<T>>>; readonly s: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>; readonly vt: Tensor<T["dtype"], ThinRight<ShapeOf<T>>>;
} = liftRecord(factors.svd);
/** The singular values alone. */
export const svdvals: <T extends Matrix>(a: T, options?: OnError) => Tensor<T["dtype"], Spectrum<ShapeOf<T>>> = lift(factors.svdvals);
/** Eigenvalues of any square matrix, ascending by their real parts, and right eigenvectors (columns, of length 1), real and imaginary parts apart.
 *  Derivatives where the values are simple: docs/linalg.md. */
export const eig: <T extends Matrix>(a: T, options?: OnError) => {
  readonly real: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>; readonly imaginary: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>;
  readonly vectorsReal: Same<T>; readonly vectorsImaginary: Same<T>;
} = liftRecord(factors.eig);
/** The eigenvalues alone, with derivatives where all are simple. */
export const eigvals: <T extends Matrix>(a: T, options?: OnError) => {
  readonly real: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>; readonly imaginary: Tensor<T["dtype"], Spectrum<ShapeOf<T>>>;
} = liftRecord(factors.eigvals);

interface Solver<Op extends string, Options> {
  <A extends Matrix, B extends Matrix>(a: A, b: Arg<Op, Dot<ShapeOf<A>, ShapeOf<B>>, B>, options?: Options): Tensor<PromoteOf<A, B>, Ok<Dot<ShapeOf<A>, ShapeOf<B>>>>;
}
/** x of A x = b for a square A; b is a vector [n] or matrices [..., n, k]. E609 where A is singular, or, with `assume: "positive"`, not positive definite. */
export const solve: Solver<"solve", systems.SolveOptions> = lift(systems.solve);
/** x of A x = b, or A^T x = b, for a triangular A. E609 for a zero on the diagonal. */
export const triangularSolve: Solver<"triangularSolve", systems.TriangularOptions> = lift(systems.triangularSolve);
/** x of L L^T x = b for a Cholesky factor L. */
export const choleskySolve: Solver<"choleskySolve", OnError> = lift(systems.choleskySolve);
/** The inverse. `inv(a).dot(b)` is compiled as `solve(a, b)`. E609 where A is singular. */
export const inv: <T extends Matrix>(a: T, options?: systems.SolveOptions) => Same<T> = lift(systems.inv);
/** The shortest x [n] or [..., n, k] that makes |A x - b| smallest, for A [..., m, n]. */
export const lstsq: <A extends Matrix, B extends Matrix>(a: A, b: B, options?: systems.LeastSquaresOptions) => Tensor<PromoteOf<A, B>, Shape> = lift(systems.lstsq);
/** The pseudo-inverse [..., n, m] of A [..., m, n]. Its derivative holds where the rank does not change. */
export const pinv: <T extends Matrix>(a: T, options?: inverse.RankOptions) => Tensor<T["dtype"], Turned<ShapeOf<T>>> = lift(inverse.pinv);

/** The determinant. Its gradient is the matrix of cofactors, of singular matrices too; its second derivative needs a regular one (E609). */
export const det: <T extends Matrix>(a: T) => PerMatrix<T> = lift(determinants.det);
/** The determinant's sign and the logarithm of its magnitude: 0 and -inf of a singular matrix, which has no gradient (E609). */
export const slogdet: <T extends Matrix>(a: T) => { readonly sign: PerMatrix<T>; readonly logdet: PerMatrix<T> } = liftRecord(determinants.slogdet);
/** The logarithm of the determinant of a symmetric positive definite matrix, or with `factor` of the one that has this Cholesky factor. */
export const logdet: <T extends Matrix>(a: T, options?: determinants.LogdetOptions) => PerMatrix<T> = lift(determinants.logdet);

/** A^power for an integer power; the inverse's where it is negative. */
export const matrixPower: <T extends Matrix>(a: T, power: number, options?: OnError) => Same<T> = lift(powers.matrixPower);
/** The matrix exponential. */
export const expm: <T extends Matrix>(a: T, options?: OnError) => Same<T> = lift(powers.expm);

/** A norm of each matrix, Frobenius's unless said otherwise; 0 of an empty one, where the order is not negative. */
export const matrixNorm: <T extends Matrix>(a: T, options?: measures.NormOptions) => PerMatrix<T> = lift(measures.matrixNorm);
/** The condition number |A| |A^-1|: infinite where A is singular. */
export const cond: <T extends Matrix>(a: T, options?: measures.NormOptions) => PerMatrix<T> = lift(measures.cond);
/** The number of singular values above `rcond` times the largest. */
export const matrixRank: <T extends Matrix>(a: T, options?: inverse.RankOptions) => Tensor<"i32", BatchOf<ShapeOf<T>>> = lift(measures.matrixRank);

/** The Kronecker product [..., m p, n q] of a [..., m, n] and b [..., p, q]. */
export const kron: <A extends AnyTensor, B extends AnyTensor>(a: A, b: B) => Tensor<PromoteOf<A, B>, Shape> = lift(composing.kron);
/** The matrices along the diagonal, zero elsewhere. */
export const blockDiag: <A extends AnyTensor>(...blocks: readonly A[]) => Tensor<A["dtype"], Shape> = lift(composing.blockDiag);
/** The sum of the k-th diagonal. */
export const trace: <T extends AnyTensor>(a: T, k?: number) => Tensor<T["dtype"], BatchOf<ShapeOf<T>>> = lift(composing.trace);
/** diag(d) [..., n, n] of d [..., n]. */
export const diag: <T extends AnyTensor>(d: T) => Tensor<T["dtype"], Shape> = lift(composing.diag);
/** The vector product over the last axis, of size 3. */
export const cross: <A extends Operand & AnyTensor, B extends Operand & AnyTensor>(a: A, b: B) => Tensor<PromoteOf<A, B>, Shape> = lift(composing.cross);
