// Sparse matrices for users: how they are made, and what is computed with them, with types.

import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { type Operand as Value, toNode } from "../ops/operand.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arithmetic, DType, Float, Operand, PromoteOf, Shape } from "../types/index.ts";
import * as conversions from "./convert.ts";
import * as making from "./make.ts";
import * as products from "./products.ts";
import { type CooParts, type CsrParts, ofSize, Sparse, toSparse } from "./sparse.ts";

/** The parts of a matrix as host arrays. */
export type HostArrays<P> = { readonly [K in keyof P]: readonly number[] | Float32Array | Float64Array | Int32Array };
type DTypeOf<P> = P extends { readonly values: AnyTensor<infer D> } ? D : P extends { readonly values: Float64Array } ? "f64" : "f32";
type Dims = readonly [number | string, number | string];

/** Compressed rows: `values`, the column of each (`indices`), and where rows begin (`indptr`), of tensors or of host arrays. Host arrays
 *  become constants and are checked: E208 for a column outside, E205 for row borders that fall. */
export function csr<const P extends CsrParts | HostArrays<CsrParts>>(parts: P, shape: Dims): Sparse<DTypeOf<P>> {
  return located(() => making.make("csr", "csr", parts as object, shape)) as Sparse<DTypeOf<P>>;
}

/** Coordinates: `values` with the row and the column of each. Order is free. */
export function coo<const P extends CooParts | HostArrays<CooParts>>(parts: P, shape: Dims): Sparse<DTypeOf<P>> {
  return located(() => making.make("coo", "coo", parts as object, shape)) as Sparse<DTypeOf<P>>;
}

/** A matrix of compressed rows that is passed at each call: write
 *  `...a.inputs` among the inputs, and pass `NAME_values`, `NAME_indices`,
 *  `NAME_indptr`. A number of rows that is a name is passed as a size (`sizes: ["rows"]`) unless another input has it. */
export function csrInput<const N extends string, D extends DType = "f32">(
  name: N, shape: Dims, options?: making.SparseInputOptions<D>): making.SparseInput<N, "values" | "indices" | "indptr", D> {
  return located(() => making.makeInput("csrInput", "csr", name, shape, options)) as never;
}

/** The same by coordinates: `NAME_values`, `NAME_rows`, `NAME_columns`. */
export function cooInput<const N extends string, D extends DType = "f32">(
  name: N, shape: Dims, options?: making.SparseInputOptions<D>): making.SparseInput<N, "values" | "rows" | "columns", D> {
  return located(() => making.makeInput("cooInput", "coo", name, shape, options)) as never;
}

/** The elements of a dense matrix that are not 0, in row-major order, by coordinates or in compressed rows, with room for `stored`: a call
 *  with more fails with E607, and unused room holds zeros at [0, 0] (in compressed rows, in column 0 of the last row). */
export function fromDense<T extends AnyTensor>(x: T, options: making.FromDenseOptions): Sparse<T["dtype"]> {
  return located(() => making.fromDense(x as unknown as Value, options), "fromDense") as Sparse<T["dtype"]>;
}

export function toDense<D extends DType>(a: Sparse<D>): Tensor<D, Shape> {
  return located(() => toTensor(products.toDense(toSparse("toDense", a))), "toDense");
}

/** Compressed rows. Sorting takes a few passes over the stored elements for each bit of the number of rows, which must be known (E205). */
export function toCsr<D extends DType>(a: Sparse<D>): Sparse<D> {
  return located(() => conversions.toCsr(toSparse("toCsr", a)), "toCsr") as Sparse<D>;
}

export function toCoo<D extends DType>(a: Sparse<D>): Sparse<D> {
  return located(() => conversions.toCoo(toSparse("toCoo", a)), "toCoo") as Sparse<D>;
}

/** The same places with other values, a vector. */
export function withValues<D extends DType>(a: Sparse, values: AnyTensor<D>): Sparse<D> {
  return located(() => new Sparse(toSparse("withValues", a).pattern, ofSize("withValues", "values", toNode("withValues", values), a.pattern.stored)), "withValues") as Sparse<D>;
}

/** By coordinates, without moving a value. */
export function transpose<D extends DType>(a: Sparse<D>): Sparse<D> {
  return located(() => products.transpose(toSparse("transpose", a)), "transpose") as Sparse<D>;
}

/** The product of a sparse matrix and a dense vector or matrix, in either order, or of two sparse matrices: dense, for only values say what of it is 0 (`fromDense` makes
 *  it sparse). Products that meet are added as the left one, or the only sparse one, is stored. */
export const matmul: {
  <A extends Sparse, B extends Sparse>(a: A, b: B): Tensor<Arithmetic<PromoteOf<AnyTensor<A["dtype"]>, AnyTensor<B["dtype"]>>>, Shape>;
  <A extends Sparse, B extends AnyTensor>(a: A, b: B): Tensor<Arithmetic<PromoteOf<AnyTensor<A["dtype"]>, B>>, Shape>;
  <A extends AnyTensor, B extends Sparse>(a: A, b: B): Tensor<Arithmetic<PromoteOf<A, AnyTensor<B["dtype"]>>>, Shape>;
} = ((a: unknown, b: unknown) => located(() => toTensor(a instanceof Sparse ? products.matmul(a, b instanceof Sparse ? products.toDense(b) : b as Value) : products.matmulLeft(a as Value, toSparse("matmul", b))), "matmul")) as never;

/** The product x y at the places that a stores, whatever its values: a sampled dense-dense product. */
export function sampledMatmul<A extends AnyTensor, B extends AnyTensor>(a: Sparse, x: A, y: B): Sparse<Arithmetic<PromoteOf<A, B>>> {
  return located(() => products.sampledMatmul(toSparse("sampledMatmul", a), x as unknown as Value, y as unknown as Value), "sampledMatmul") as Sparse<Arithmetic<PromoteOf<A, B>>>;
}

/** Element by element by a number or by what broadcasts to the dense shape; what is not stored stays 0. */
export function multiply<A extends Sparse, B extends Operand>(a: A, x: B): Sparse<Arithmetic<PromoteOf<AnyTensor<A["dtype"]>, B>>> {
  return located(() => products.multiply(toSparse("multiply", a), x as Value), "multiply") as never;
}

/** The same for a / x; x is not read where nothing is stored. */
export function divide<A extends Sparse, B extends Operand>(a: A, x: B): Sparse<Float<PromoteOf<AnyTensor<A["dtype"]>, B>>> {
  return located(() => products.divide(toSparse("divide", a), x as Value), "divide") as never;
}

/** a + x, a dense matrix. */
export function add<A extends Sparse, B extends AnyTensor>(a: A, x: B): Tensor<Arithmetic<PromoteOf<AnyTensor<A["dtype"]>, B>>, Shape> {
  return located(() => toTensor(products.add(toSparse("add", a), x as unknown as Value)), "add") as never;
}

/** The sum of all elements, of each column (axis 0) or of each row (axis 1). */
export function sum<D extends DType>(a: Sparse<D>, axis: 0 | 1 | -1 | -2 | null = null): Tensor<D, Shape> {
  return located(() => toTensor(products.sum(toSparse("sum", a), axis)), "sum");
}
