// Reading and writing parts: NumPy's basic indexing, take, takeAlongAxis. Static integers drop their axis, ":" keeps it, a
// range makes it `number`; one integer tensor puts its own axes in place. Several index tensors, and one beside integers, are
// loose. Masks only write: what they would read has no size that is known.

import type { AxisOf, Drop, InsertAt, SetAt } from "./axes.ts";
import type { BroadcastTo } from "./broadcast.ts";
import type { NeedInteger } from "./dtype.ts";
import type { SameDim } from "./join.ts";
import type { Show } from "./message.ts";
import type { Size } from "./reshape.ts";
import type { AnyTensor, List, Loose, Shape } from "./shape.ts";

/** `start:stop:step`; negative places count from the end, absent ones mean as far as it goes. */
export interface Range {
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
  readonly step?: number | undefined;
}

/** One place of an index: an integer, a range, ":" (all), "..." (as many ":" as fit), null (a new axis), or a tensor. */
export type Index = number | Range | ":" | "..." | null | AnyTensor;

/** The shape of `x.at(...index)`. */
export type At<S extends List, I extends readonly Index[]> =
  Loose<S, I> extends true ? Shape : AtFront<S, I, [], S, I, "none">;

// What was met so far: NumPy puts the axes of index tensors elsewhere when integers or others stand apart from them.
type Met = "none" | "integer" | "tensor";

type AtFront<S extends List, I extends List, Out extends unknown[], S0 extends List, I0 extends List, M extends Met> =
  I extends readonly [infer H, ...infer T]
    ? H extends null ? AtFront<S, T, [...Out, 1], S0, I0, M>
    : H extends "..." ? AtBack<S, T, Out, [], S0, I0, M>
    : S extends readonly [infer D, ...infer R]
      ? H extends number ? (M extends "tensor" ? Shape : AtFront<R, T, Out, S0, I0, "integer">)
      : H extends ":" ? AtFront<R, T, [...Out, D], S0, I0, M>
      : H extends AnyTensor<infer X, infer X2>
        ? NeedInteger<X> extends string ? `an index ${NeedInteger<X>}`
        : Gathers<X2, M> extends true ? AtFront<R, T, [...Out, ...X2], S0, I0, "tensor"> : Shape
      : AtFront<R, T, [...Out, number], S0, I0, M>
    : TooMany<S0, I0>
  : [...Out, ...S];

// After "...": from the back.
type AtBack<S extends List, I extends List, Front extends unknown[], Back extends unknown[], S0 extends List, I0 extends List, M extends Met> =
  I extends readonly [...infer T, infer H]
    ? H extends null ? AtBack<S, T, Front, [1, ...Back], S0, I0, M>
    : H extends "..." ? "... stands twice in the index"
    : S extends readonly [...infer R, infer D]
      ? H extends number ? (M extends "tensor" ? Shape : AtBack<R, T, Front, Back, S0, I0, "integer">)
      : H extends ":" ? AtBack<R, T, Front, [D, ...Back], S0, I0, M>
      : H extends AnyTensor<infer X, infer X2>
        ? NeedInteger<X> extends string ? `an index ${NeedInteger<X>}`
        : Gathers<X2, M> extends true ? AtBack<R, T, Front, [...X2, ...Back], S0, I0, "tensor"> : Shape
      : AtBack<R, T, Front, [number, ...Back], S0, I0, M>
    : TooMany<S0, I0>
  : [...Front, ...S, ...Back];

type Gathers<S extends List, M extends Met> = M extends "none" ? (Loose<S> extends true ? false : true) : false;

type TooMany<S extends List, I extends List> = `${Placed<I>["length"] & number} indices for shape ${Show<S>}`;
type Placed<I extends List> = I extends readonly [infer H, ...infer T]
  ? H extends null | "..." ? Placed<T> : [0, ...Placed<T>]
  : [];

/** A rest parameter's type: the arguments themselves, or the message in the place of each. */
export type Args<Op extends string, R, I extends List> = R extends infer M extends string ? { [K in keyof I]: `${Op}: ${M}` } : I;

/** Where `setSubtensor` and its kin write: `x.at(...index)`, or for a mask as the only index, all of x. */
export type Place<S extends List, I extends readonly Index[]> =
  I extends readonly [AnyTensor<infer D, infer M>]
    ? D extends "bool" ? Covers<M, S> extends true ? S : `a mask of shape ${Show<M>} for shape ${Show<S>}` : At<S, I>
    : At<S, I>;

// A mask speaks of the leading axes.
type Covers<M extends List, S extends List> =
  Loose<M, S> extends true ? true
  : M extends readonly [infer A, ...infer MT]
    ? S extends readonly [infer B, ...infer ST] ? (A extends 1 ? Covers<MT, ST> : [SameDim<A, B>] extends [never] ? false : Covers<MT, ST>) : false
    : true;

/** V can be written to a place of shape S: S, or the message. */
export type Fits<S extends List, V extends List> =
  Loose<S, V> extends true ? S
  : BroadcastTo<V, S> extends string ? `a value of shape ${Show<V>} does not fit the place of shape ${Show<S>}` : S;

/** `take`: the axis is replaced by the axes of the indices; without an axis, x is read as if it were flat. */
export type Take<S extends List, I extends List, A extends number | null | undefined> =
  [A] extends [null | undefined] ? I
  : Loose<S, I> extends true ? Shape
  : A extends number
    ? AxisOf<S, A> extends infer P
      ? P extends string ? P : number extends P ? Shape : InsertAt<Drop<S, P>, P, I>
      : never
    : Shape;

/** `takeAlongAxis`: indices of x's rank, which stretch to x's sizes beside the axis. */
export type TakeAlong<S extends List, I extends List, A extends number> =
  Loose<S, I> extends true ? Shape
  : AxisOf<S, A> extends infer P
    ? P extends string ? P
    : number extends P ? Shape
    : S["length"] extends I["length"]
      ? BroadcastTo<Drop<I, P>, Drop<S, P>> extends string
        ? `indices of shape ${Show<I>} do not agree with ${Show<S>} beside axis ${A}`
        : SetAt<S, P, I[P & number]>
      : `indices of shape ${Show<I>} for shape ${Show<S>}: ranks differ`
    : never;

/** Cumulative operators: the same shape, flattened without an axis. */
export type Cumulate<S extends List, A extends number | null | undefined> =
  [A] extends [null | undefined] ? [Size<S>]
  : Loose<S> extends true ? Shape
  : AxisOf<S, A & number> extends infer P extends string ? P : S;
