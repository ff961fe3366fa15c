// Host values: which typed array holds a dtype, how nested arrays look by rank, and what a compiled function takes.

import type { DTypeArrays, TypedArray } from "../../ir/data.ts";
import type { DType } from "./dtype.ts";
import type { Show } from "./message.ts";
import type { AnyTensor, Arg, List, Loose, Shape } from "./shape.ts";

/** One element as JavaScript sees it. */
export interface Elements { f16: number; f32: number; f64: number; i32: number; u32: number; i64: bigint; i8: number; u8: number; bool: boolean }

/** One element as it may be passed in. */
interface ElementsIn {
  f16: number; f32: number; f64: number; i32: number; u32: number; i64: bigint | number; i8: number; u8: number; bool: boolean | 0 | 1;
}

/** A Float16Array, which not every engine and `lib` has. */
interface HalfArray extends ArrayLike<number> { readonly [Symbol.toStringTag]: "Float16Array" }

/** Which typed arrays may be passed in: f16 is rounded from f32. */
interface ArraysIn extends Omit<DTypeArrays, "f16"> { f16: Float32Array | HalfArray }

/** The dtype that a typed array holds. */
export type DTypeOfArray<A> =
  A extends HalfArray ? "f16" : A extends Float32Array ? "f32" : A extends Float64Array ? "f64" : A extends Int32Array ? "i32" : A extends Uint32Array ? "u32"
  : A extends BigInt64Array ? "i64" : A extends Int8Array ? "i8" : A extends Uint8Array ? "u8" : DType;

type R0<E> = readonly E[];

// By rank; the index signature answers for an unknown one (S["length"] is then `number`).
interface Nest<E> { 0: E; 1: E[]; 2: E[][]; 3: E[][][]; 4: E[][][][]; 5: E[][][][][]; 6: E[][][][][][]; [rank: number]: AnyNest<E> }
interface NestIn<E, R> {
  0: E; 1: R; 2: R0<R>; 3: R0<R0<R>>; 4: R0<R0<R0<R>>>; 5: R0<R0<R0<R0<R>>>>; 6: R0<R0<R0<R0<R0<R>>>>>;
  [rank: number]: AnyNestIn<E, R>;
}
/** Nested arrays of a rank that is not known. */
export type AnyNest<E> = E | AnyNest<E>[];
type AnyNestIn<E, R> = E | R | readonly AnyNestIn<E, R>[];

/** What `toArray()` gives: nested arrays of S's rank, for a scalar the element itself. */
export type NestedOut<D extends DType, S extends List> = Nest<Elements[D]>[S["length"]];

/** Nested arrays of S's rank; the innermost may be typed arrays. */
export type NestedIn<D extends DType, S extends List> = NestIn<ElementsIn[D], readonly ElementsIn[D][] | ArraysIn[D]>[S["length"]];

/** Elements in one flat array, row by row, with their shape. */
export interface FlatArray<D extends DType, S extends Shape = readonly number[]> {
  readonly data: ArraysIn[D];
  readonly shape: S;
  readonly dtype?: D | undefined;
}

/** The dtype of a flat array: what it says, else what its typed array holds (a Uint8Array holds u8). */
export type FlatDType<F> =
  F extends { readonly dtype: infer D extends DType } ? D
  : F extends { readonly data: infer A } ? DTypeOfArray<A> : DType;

/** What a compiled function takes for an input, and a state for a new value. */
export type Feed<D extends DType, S extends List> = NestedIn<D, S> | FlatArray<D>;

/** Numbers, bigints or booleans in nested arrays, the innermost of which may be typed: what constants are made of. */
export type Nested = number | bigint | boolean | TypedArray | HalfArray | readonly Nested[];

/** The dtype of a constant made of nested arrays (ranks up to 6) when none is said. */
export type NestedDType<N> = ElementDType<Inner<Inner<Inner<Inner<Inner<Inner<N>>>>>>>;
type Inner<N> = N extends readonly (infer X)[] ? X : N;
type ElementDType<E> =
  [E] extends [TypedArray | HalfArray] ? DTypeOfArray<E> : [E] extends [boolean] ? "bool" : [E] extends [bigint] ? "i64" : "f32";

/** The shape of nested arrays: literal sizes where they are tuples, else `number`. */
export type NestedShape<N> =
  N extends readonly unknown[] ? [N["length"], ...NestedShape<N[number]>] : N extends TypedArray | HalfArray ? [number] : [];

/** A shape whose sizes are all numbers: names have got their values. */
type Sizes<S extends List> = { readonly [K in keyof S]: S[K] extends number ? S[K] : number };

/** Numbers on the host, with dtype and shape: what compiled functions give and states hold. A value can be fed. */
export interface Value<out D extends DType = DType, out S extends List = Shape> extends AnyTensor<D, S> {
  readonly shape: Sizes<S>;
  /** The elements, row by row. */
  readonly data: DTypeArrays[D];
  /** Nested arrays; of a scalar, the element. */
  toArray(): NestedOut<D, S>;
  /** The only element. */
  item<D2 extends DType, S2 extends List>(this: Arg<"item", OneElement<S2>, Value<D2, S2>>): Elements[D2];
}

// Only a size known to be other than 1 is a mistake: a name or `number` may turn out to be 1.
type OneElement<S extends List> =
  Loose<S> extends true ? S
  : Literal<S[number]> extends 1 ? S : `needs one element, the shape is ${Show<S>}`;
type Literal<X> = X extends number ? (number extends X ? never : X) : never;
