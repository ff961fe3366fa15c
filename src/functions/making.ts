// Tensors from nothing: filled, counted, spaced.

import { lift } from "../methods.ts";
import * as matrix from "../ops/matrix.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Dims, DType, Shape, ShapeOf, Weak } from "../types/index.ts";

interface DTypeOption<D extends DType> { readonly dtype?: D }

interface Filled {
  <const S extends Shape, D extends DType = "f32">(shape: S, options?: DTypeOption<D>): Tensor<NoInfer<D>, Dims<S>>;
}
interface Like {
  <T extends AnyTensor>(x: T): Tensor<T["dtype"], ShapeOf<T>>;
  <T extends AnyTensor, D extends DType>(x: T, options: { readonly dtype: D }): Tensor<D, ShapeOf<T>>;
}

export const zeros: Filled = lift(matrix.zeros);
export const ones: Filled = lift(matrix.ones);
export const zerosLike: Like = lift(matrix.zerosLike);
export const onesLike: Like = lift(matrix.onesLike);

export const full: {
  <const S extends Shape, D extends DType = "f32">(shape: S, value: Weak, options?: DTypeOption<D>): Tensor<NoInfer<D>, Dims<S>>;
} = lift(matrix.full);

/** Ones on the diagonal. */
export const eye: {
  <const N extends number | string, const M extends number | string = N, D extends DType = "f32">(
    rows: N, columns?: M, options?: DTypeOption<D>): Tensor<NoInfer<D>, [N, M]>;
} = lift(matrix.eye);

/** 0, 1, 2, ... up to before `size`; i32 unless said otherwise. */
export const arange: {
  <const N extends number | string, D extends DType = "i32">(size: N, options?: DTypeOption<D>): Tensor<NoInfer<D>, [N]>;
} = lift(matrix.arange);

/** `count` evenly spaced values from `start` to `stop`, both included. */
export const linspace: {
  <const N extends number, D extends DType = "f32">(start: number, stop: number, count: N, options?: DTypeOption<D>): Tensor<NoInfer<D>, [N]>;
} = lift(matrix.linspace);
