// The functions of `damo/random` with their types. Equal keys give equal draws, so a key is used once: `split` it, or `foldIn`
// the number of the step.

import { lift } from "../methods.ts";
import * as continuous from "./continuous.ts";
import * as discrete from "./discrete.ts";
import * as keys from "./keys.ts";
import * as uniforms from "./uniform.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Dims, DType, Operand, Ok, Reduce, Shape, ShapeOf } from "../types/index.ts";

/** What draws are made of: a tensor u32[2]. */
export type Key = AnyTensor<"u32", [2]>;
type FloatDType = "f32" | "f64";
type DTypeOption<D extends DType> = { readonly dtype?: D };

/** The key of a seed: an integer of up to 53 bits, or an integer scalar of the computation. */
export const key: (seed: number | AnyTensor<DType, []>) => Tensor<"u32", [2]> = lift(keys.key);
/** Independent keys, one in each row. */
export const split: <const N extends number | string = 2>(key: Key, count?: N) => Tensor<"u32", [N, 2]> = lift(keys.split);
/** The key that belongs to an integer below 2^32: of a step, a layer, a worker. */
export const foldIn: (key: Key, data: number | AnyTensor<DType, []>) => Tensor<"u32", [2]> = lift(keys.foldIn);

/** 32 random bits for each element. */
export const bits: <const S extends Shape>(key: Key, shape: S) => Tensor<"u32", Dims<S>> = lift(uniforms.bits);

interface Draw<Options> {
  <const S extends Shape, D extends FloatDType = "f32">(key: Key, shape: S, options?: DTypeOption<D> & Options): Tensor<NoInfer<D>, Dims<S>>;
}

/** Uniform on [low, high), [0, 1) unless said otherwise; rounding may give `high` itself. */
export const uniform: Draw<{ readonly low?: Operand; readonly high?: Operand }> = lift(uniforms.uniform);
/** Integers from `low` to before `high`. */
export const integers: {
  <const S extends Shape, D extends "i32" | "u32" | "i8" | "u8" = "i32">(
    key: Key, shape: S, low: Operand, high: Operand, options?: DTypeOption<D>): Tensor<NoInfer<D>, Dims<S>>;
} = lift(uniforms.integers);
/** Normal (Box and Muller), mean 0 and standard deviation 1 unless said otherwise. */
export const normal: Draw<{ readonly mean?: Operand; readonly std?: Operand }> = lift(continuous.normal);
/** Normal within `low` to `high` standard deviations from the mean, -2 to 2 unless said otherwise. */
export const truncatedNormal: Draw<{ readonly low?: Operand; readonly high?: Operand; readonly mean?: Operand; readonly std?: Operand }> = lift(continuous.truncatedNormal);
/** Exponential, mean 1 unless said otherwise. */
export const exponential: Draw<{ readonly mean?: Operand }> = lift(continuous.exponential);
export const gumbel: Draw<{ readonly location?: Operand; readonly scale?: Operand }> = lift(continuous.gumbel);
export const laplace: Draw<{ readonly location?: Operand; readonly scale?: Operand }> = lift(continuous.laplace);

/** True with probability p, 1/2 unless said otherwise. */
export const bernoulli: <const S extends Shape>(key: Key, shape: S, p?: Operand) => Tensor<"bool", Dims<S>> = lift(discrete.bernoulli);
/** Classes drawn with probabilities softmax(logits), `shape` draws for each row. */
export const categorical: {
  <T extends AnyTensor, const S extends Shape = [], const A extends number = -1>(
    key: Key, logits: T, shape?: S, options?: { readonly axis?: Arg<"categorical", Reduce<ShapeOf<T>, A, false>, A> }): Tensor<"i32", Join<Dims<S>, Ok<Reduce<ShapeOf<T>, A, false>>>>;
} = lift(discrete.categorical);
/** Different classes for each row of logits, in the order drawn. Work grows with the square of the number of classes. */
export const categoricalWithoutReplacement: {
  <T extends AnyTensor, const N extends number | string, const A extends number = -1>(
    key: Key, logits: T, count: N, options?: { readonly axis?: Arg<"categoricalWithoutReplacement", Reduce<ShapeOf<T>, A, false>, A> }): Tensor<"i32", Join<Ok<Reduce<ShapeOf<T>, A, false>>, [N]>>;
} = lift(discrete.categoricalWithoutReplacement);
/** How often each class comes up in `trials` draws with probabilities p (along the last axis). */
export const multinomial: <T extends AnyTensor>(key: Key, trials: number | string, p: T) => Tensor<"i32", ShapeOf<T>> = lift(discrete.multinomial);
/** A random order of 0 ... n - 1, or of a tensor's slices along an axis. */
export const permutation: {
  <const N extends number | string>(key: Key, of: N): Tensor<"i32", [N]>;
  <T extends AnyTensor>(key: Key, of: T, axis?: number): Tensor<T["dtype"], ShapeOf<T>>;
} = lift(discrete.permutation);
/** Draws from 0 ... n - 1, or from a tensor's slices along an axis, with or without putting back. */
export const choice: {
  <const S extends Shape = []>(key: Key, of: number | string, shape?: S, options?: ChoiceOptions): Tensor<"i32", Dims<S>>;
  <T extends AnyTensor, const S extends Shape = []>(key: Key, of: T, shape?: S, options?: ChoiceOptions & { readonly axis?: number }): Tensor<T["dtype"]>;
} = lift(discrete.choice);
export interface ChoiceOptions {
  readonly replace?: boolean;
  readonly p?: AnyTensor;
}
/** Zero with probability `rate`, the others divided by 1 - rate. Leave it out when predicting. */
export const dropout: <T extends AnyTensor>(key: Key, x: T, rate: number) => Tensor<T["dtype"], ShapeOf<T>> = lift(discrete.dropout);

type Join<A extends Shape, B extends Shape> = number extends A["length"] | B["length"] ? Shape : [...A, ...B];
