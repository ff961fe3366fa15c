// The functions of `damo/random` with their types. Equal keys give equal draws, so a key is used once: `split` it, or `foldIn`
// the number of the step.

import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Dims, DType, Operand, Ok, Reduce, Shape, ShapeOf } from "../types/index.ts";
import * as continuous from "./continuous.ts";
import * as counts from "./counts.ts";
import * as discrete from "./discrete.ts";
import * as gammas from "./gamma.ts";
import * as initial from "./initial-weights.ts";
import * as keys from "./keys.ts";
import * as multivariate from "./multivariate.ts";
import * as noise from "./noise.ts";
import * as shuffles from "./shuffle.ts";
import * as uniforms from "./uniform.ts";

export type MultivariateOptions = multivariate.MultivariateOptions<AnyTensor>;

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
/** The largest of many draws: location - scale * log(-log u). */
export const gumbel: Draw<{ readonly location?: Operand; readonly scale?: Operand }> = lift(continuous.gumbel);
/** Exponential on both sides of `location`. */
export const laplace: Draw<{ readonly location?: Operand; readonly scale?: Operand }> = lift(continuous.laplace);

/** Gamma with shape parameter `concentration` and mean concentration * scale. NaN unless 0 < concentration < infinity. */
export const gamma: {
  <const S extends Shape, D extends FloatDType = "f32">(
    key: Key, shape: S, concentration: Operand, options?: DTypeOption<D> & { readonly scale?: Operand }): Tensor<NoInfer<D>, Dims<S>>;
} = lift(gammas.gamma);
/** Beta with parameters a and b, both positive: x / (x + y) of gamma draws. */
export const beta: {
  <const S extends Shape, D extends FloatDType = "f32">(key: Key, shape: S, a: Operand, b: Operand, options?: DTypeOption<D>): Tensor<NoInfer<D>, Dims<S>>;
} = lift(gammas.beta);
/** Probabilities of classes (along the last axis), `shape` draws for each row of concentrations. */
export const dirichlet: {
  <D extends FloatDType, C extends Shape, const S extends Shape = []>(key: Key, concentration: AnyTensor<D, C>, shape?: S): Tensor<D, Join<Dims<S>, C>>;
} = lift(gammas.dirichlet);
/** Student's t with `freedom` degrees of freedom. */
export const studentT: {
  <const S extends Shape, D extends FloatDType = "f32">(
    key: Key, shape: S, freedom: Operand, options?: DTypeOption<D> & { readonly location?: Operand; readonly scale?: Operand }): Tensor<NoInfer<D>, Dims<S>>;
} = lift(gammas.studentT);
/** Normal vectors of this covariance [d,d], or of L L^T for its lower Cholesky factor L (`scaleTril`), `shape` draws for each row of means [...rows,d].
 *  E609 for a covariance that is not positive definite. */
export const multivariateNormal: {
  <D extends FloatDType, M extends Shape, const S extends Shape = []>(
    key: Key, mean: AnyTensor<D, M>, options: MultivariateOptions, shape?: S): Tensor<D, Join<Dims<S>, M>>;
} = lift(multivariate.multivariateNormal);

interface Count<Parameters extends readonly unknown[]> {
  <const S extends Shape, D extends "i32" | "i64" = "i32">(key: Key, shape: S, ...parameters: [...Parameters, options?: DTypeOption<D>]): Tensor<NoInfer<D>, Dims<S>>;
}
/** How often something happens that happens `rate` times on average. -1 for a rate that is negative, infinite or no number. */
export const poisson: Count<[rate: Operand]> = lift(counts.poisson);
/** How often something happens in `trials` tries (integers) that happens with probability p in each. -1 where trials is negative or p not in [0, 1]. */
export const binomial: Count<[trials: Operand, p: Operand]> = lift(counts.binomial);

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
} = lift(shuffles.permutation);
/** Draws from 0 ... n - 1, or from a tensor's slices along an axis, with or without putting back. */
export const choice: {
  <const S extends Shape = []>(key: Key, of: number | string, shape?: S, options?: ChoiceOptions): Tensor<"i32", Dims<S>>;
  <T extends AnyTensor, const S extends Shape = []>(key: Key, of: T, shape?: S, options?: ChoiceOptions & { readonly axis?: number }): Tensor<T["dtype"]>;
} = lift(shuffles.choice);
export interface ChoiceOptions {
  readonly replace?: boolean;
  readonly p?: AnyTensor;
}
/** The batch of step number `step`, of 0 ... n - 1 or of a tensor's slices along its first axis. In an epoch of floor(n / size) steps no example
 *  comes twice; each epoch has an order of its own. */
export const shuffledBatch: {
  <const B extends number | string>(key: Key, step: AnyTensor<DType, []> | number, of: number | string, size: B): Tensor<"i32", [B]>;
  <T extends AnyTensor, const B extends number | string>(key: Key, step: AnyTensor<DType, []> | number, of: T, size: B): Tensor<T["dtype"], Batch<ShapeOf<T>, B>>;
} = lift(shuffles.shuffledBatch);

/** Zero with probability `rate`, the others divided by 1 - rate. Leave it out when predicting, as the two below. */
export const dropout: <T extends AnyTensor>(key: Key, x: T, rate: number) => Tensor<T["dtype"], ShapeOf<T>> = lift(noise.dropout);
/** x plus normal noise of mean 0 and deviation `std`. */
export const gaussianNoise: <T extends AnyTensor>(key: Key, x: T, std: Operand) => Tensor<T["dtype"], ShapeOf<T>> = lift(noise.gaussianNoise);
/** x times normal noise of mean 1 and variance rate / (1 - rate), that of dropout. */
export const gaussianDropout: <T extends AnyTensor>(key: Key, x: T, rate: number) => Tensor<T["dtype"], ShapeOf<T>> = lift(noise.gaussianDropout);

/** Initial values of weights, whose last two axes are inputs and outputs: uniform within sqrt(6 / (fanIn + fanOut)). */
export const glorotUniform: Draw<object> = lift(initial.glorotUniform);
/** Normal with variance 2 / (fanIn + fanOut). */
export const glorotNormal: Draw<object> = lift(initial.glorotNormal);
/** Uniform within sqrt(6 / fanIn). */
export const heUniform: Draw<object> = lift(initial.heUniform);
/** Normal with variance 2 / fanIn. */
export const heNormal: Draw<object> = lift(initial.heNormal);

type Join<A extends Shape, B extends Shape> = number extends A["length"] | B["length"] ? Shape : [...A, ...B];
type Batch<S extends Shape, B extends number | string> = S extends readonly [unknown, ...infer R extends Shape] ? [B, ...R] : Shape;
