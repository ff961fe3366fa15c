// The functions of `damo/sorting` with their types.

import { lift, liftRecord } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Dims, DType, Float, NeedInteger, Ok, Operand, PromoteOf, Reduce, Resize, Shape, ShapeOf } from "../types/index.ts";
import * as counts from "./count.ts";
import * as orders from "./permutation.ts";
import type { QuantileMethod } from "./quantile.ts";
import * as quantiles from "./quantile.ts";
import * as searches from "./search.ts";
import * as sorts from "./sort.ts";
import * as uniques from "./unique.ts";

export type { QuantileMethod };

/** An axis of T. */
type AxisArg<Name extends string, T extends AnyTensor, A extends number> = Arg<Name, Resize<ShapeOf<T>, A>, A>;

interface SortOptions<Name extends string, T extends AnyTensor, A extends number> {
  readonly axis?: AxisArg<Name, T, A>;
  readonly descending?: boolean;
}

/** The elements in order along an axis, the last unless said otherwise. Stable; a NaN is greater than every number, and -0 equals 0. */
export const sort: {
  <T extends AnyTensor, const A extends number = -1>(x: T, options?: SortOptions<"sort", T, A>): Tensor<T["dtype"], ShapeOf<T>>;
} = lift(sorts.sort);

/** Where the elements of `sort(x)` were. */
export const argsort: {
  <T extends AnyTensor, const A extends number = -1>(x: T, options?: SortOptions<"argsort", T, A>): Tensor<"i32", ShapeOf<T>>;
} = lift(sorts.argsort);

/** `keys` in order along an axis, then each of the others, of the same shape, in the order of the keys. */
export const sortBy: {
  <K extends AnyTensor, const T extends readonly AnyTensor[], const A extends number = -1>(
    keys: K, others: T, options?: SortOptions<"sortBy", K, A>): [Tensor<K["dtype"], ShapeOf<K>>, ...{ -readonly [I in keyof T]: Tensor<T[I]["dtype"], ShapeOf<K>> }];
} = lift(sorts.sortBy);

/** The k greatest elements along an axis (or smallest), the first in order first, and their indices; of equal ones the first counts first. */
export const topK: {
  <T extends AnyTensor, const K extends number | string, const A extends number = -1>(
    x: T, k: K, options?: { readonly axis?: AxisArg<"topK", T, A>; readonly smallest?: boolean },
  ): { readonly values: Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A, Dims<[K]>[0]>>>; readonly indices: Tensor<"i32", Ok<Resize<ShapeOf<T>, A, Dims<[K]>[0]>>> };
} = liftRecord(sorts.topK);

/** The value in the middle of the sorted line along an axis, of all elements unless it is said; the mean of two. NaN where there is one. */
export const median: {
  <T extends AnyTensor, const A extends number | null = null>(
    x: T, axis?: Arg<"median", Reduce<ShapeOf<T>, A, false>, A>): Tensor<Float<T["dtype"]>, Ok<Reduce<ShapeOf<T>, A, false>>>;
} = lift(quantiles.median);

/** Quantiles along an axis, of all elements unless it is said; the axes of q come first. NaN where there is one, or q is not in [0, 1]. */
export const quantile: {
  <T extends AnyTensor, const A extends number | null = null>(
    x: T, q: number, options?: QuantileOptions<T, A>): Tensor<Float<T["dtype"]>, Ok<Reduce<ShapeOf<T>, A, false>>>;
  <T extends AnyTensor, Q extends AnyTensor, const A extends number | null = null>(
    x: T, q: Q, options?: QuantileOptions<T, A>): Tensor<Float<T["dtype"]>, Join<ShapeOf<Q>, Ok<Reduce<ShapeOf<T>, A, false>>>>;
} = lift(quantiles.quantile);
interface QuantileOptions<T extends AnyTensor, A extends number | null> {
  readonly axis?: Arg<"quantile", Reduce<ShapeOf<T>, A, false>, A>;
  /** What a quantile between two elements is; `linear` unless said otherwise. */
  readonly method?: QuantileMethod;
}

/**
 * The places, 0 to n, at which values stand in a line of n elements without disturbing its ascending order, before (`left`) or behind
 * elements that are equal. One line serves values of any shape; lines [..., n] have values [..., m] each.
 */
export const searchSorted: {
  <V extends AnyTensor>(line: AnyTensor, values: V, options?: { readonly side?: "left" | "right" }): Tensor<"i32", ShapeOf<V>>;
  (line: AnyTensor<DType, [number | string]>, value: number, options?: { readonly side?: "left" | "right" }): Tensor<"i32", []>;
} = lift(searches.searchSorted);

/**
 * The different elements in ascending order, all NaNs as one; where each stands first in x as if it were flat; how often it comes; for each
 * element of x, which it is (`inverse`); and how many there are (`count`), which may be more than `size`.
 */
export const unique: {
  <T extends AnyTensor, const N extends number | string>(x: T, options: { readonly size: N; readonly fillValue?: number | bigint | boolean }): {
    readonly values: Tensor<T["dtype"], [N]>; readonly indices: Tensor<"i32", [N]>; readonly counts: Tensor<"i32", [N]>;
    readonly inverse: Tensor<"i32", ShapeOf<T>>; readonly count: Tensor<"i32", []>;
  };
} = liftRecord(uniques.unique);

/** How often each of 0 ... length - 1 comes, or the sum of the weights of its elements; other integers are not counted. */
export const bincount: {
  <T extends AnyTensor, const N extends number | string, W extends AnyTensor = AnyTensor<"i32">>(
    x: Arg<"bincount", NeedInteger<T["dtype"]>, T>, options: { readonly length: N; readonly weights?: W }): Tensor<W["dtype"], [N]>;
} = lift(counts.bincount);

/** How many elements lie in each bin, which holds its lower edge, the last one both; elements outside and NaN are in none. */
export const histogram: {
  <T extends AnyTensor, const N extends number = 10, W extends AnyTensor = AnyTensor<"i32">, const Area extends boolean = false>(x: T, options?: HistogramOptions<W, Area> & {
    /** How many bins of equal width, 10 unless said otherwise. */
    readonly bins?: N;
    /** From where to where bins of equal width reach: from the least to the greatest element unless said otherwise. */
    readonly range?: readonly [low: Operand, high: Operand];
  }): { readonly counts: Tensor<CountOf<Area, Float<T["dtype"]>, W>, [N]>; readonly edges: Tensor<Float<T["dtype"]>, [number]> };
  <T extends AnyTensor, E extends AnyTensor<DType, [number | string]>, W extends AnyTensor = AnyTensor<"i32">, const Area extends boolean = false>(x: T, options: HistogramOptions<W, Area> & {
    /** Their edges in ascending order. */
    readonly bins: E;
  }): { readonly counts: Tensor<CountOf<Area, Float<PromoteOf<T, E>>, W>, [number]>; readonly edges: Tensor<Float<PromoteOf<T, E>>, ShapeOf<E>> };
} = liftRecord(counts.histogram);
interface HistogramOptions<W extends AnyTensor, Area extends boolean> {
  /** What each element counts; 1 unless given. */
  readonly weights?: W;
  /** Such counts that the area under them is 1. */
  readonly density?: Area;
}
type CountOf<Area extends boolean, F extends DType, W extends AnyTensor> = boolean extends Area ? F | W["dtype"] : Area extends true ? F : W["dtype"];

/** The indices of the elements that are not zero, in row-major order: one vector for each axis. */
export const nonzero: {
  <const N extends number | string>(x: AnyTensor, options: { readonly size: N; readonly fillValue?: number }): readonly Tensor<"i32", [N]>[];
} = lift(counts.nonzero);

/** A random order of 0 ... n - 1, or of a tensor's slices along an axis, by sorting draws of 64 bits. */
export const permutationBySort: {
  <const N extends number | string>(key: AnyTensor<"u32", [2]>, of: N): Tensor<"i32", [N]>;
  <T extends AnyTensor>(key: AnyTensor<"u32", [2]>, of: T, axis?: number): Tensor<T["dtype"], ShapeOf<T>>;
} = lift(orders.permutationBySort);

type Join<A extends Shape, B extends Shape> = number extends A["length"] | B["length"] ? Shape : [...A, ...B];
