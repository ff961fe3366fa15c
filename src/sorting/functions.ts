// The functions of `damo/sorting` with their types.

import { lift, liftRecord } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Dims, Ok, Resize, ShapeOf } from "../types/index.ts";
import * as sorts from "./sort.ts";

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
