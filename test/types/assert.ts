// What the type tests are written with. is<T>()(value) demands that the type of value is exactly T.

import type { DType, Tensor } from "damo";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export declare function is<A>(): <B>(value: B, ...same: Same<A, B> extends true ? [] : [expected: A]) => void;

/** A tensor of a written-out type. */
export declare function tensor<const S extends readonly (number | string)[], D extends DType = "f32">(
  shape: S, dtype?: D): Tensor<NoInfer<D>, { -readonly [K in keyof S]: S[K] }>;

/** Sizes, counts and axes that the types know nothing about. */
export declare const size: number;
export declare const sizes: number[];
export declare const count: number;
export declare const axis: number;
export declare const axes: number[];
export declare const loose: Tensor<"f32">;
