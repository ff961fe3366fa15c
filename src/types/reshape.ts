// Element counts, and the rules that need them: reshape, flatten, repeat, tile, pad. Counts are exact where every size is
// a literal; a name counts as itself where it stands in the same leading place on both sides, else the count is open.

import type { AxisOf, DropOnes, SetAt } from "./axes.ts";
import type { Add, Divide, Flip, Multiply, ToNumber } from "./decimal.ts";
import type { Show } from "./message.ts";
import type { List, Loose, Pair, Shape } from "./shape.ts";

/** Element count, least digit first; unknown if a size is not a literal (or is 0). A -1 does not count. */
type Count<S extends List, Out extends string = "1"> = S extends readonly [infer H, ...infer T]
  ? number extends H ? unknown
  : H extends 1 | -1 ? Count<T, Out>
  : H extends 0 ? unknown
  : H extends number ? `${H}` extends `-${string}` ? unknown : Count<T, Multiply<Out, Flip<`${H}`>>>
  : unknown
  : Out;

/** Number of elements: a literal, the only name beside ones, or `number`. */
export type Size<S extends List> =
  Loose<S> extends true ? number
  : Count<S> extends infer X extends string ? ToNumber<X>
  : OnlyDim<S>;

type OnlyDim<S extends List> = S extends readonly [infer H, ...infer T]
  ? H extends 1 ? OnlyDim<T>
  : T extends readonly 1[] ? H : number
  : 1;

export type AddDims<A, B> =
  number extends A | B ? number
  : A extends number ? B extends number ? ToNumber<Add<Flip<`${A}`>, Flip<`${B}`>>> : number
  : number;

type MultiplyDims<A, B> =
  [A] extends [1] ? B
  : [B] extends [1] ? A
  : number extends A | B ? number
  : A extends 0 ? 0 : B extends 0 ? 0
  : A extends number ? B extends number ? ToNumber<Multiply<Flip<`${A}`>, Flip<`${B}`>>> : number
  : number;

/** The target's sizes; one -1 stands for what is left over, known where no name is left on either side, or nothing but it. */
export type Reshape<S extends List, T extends Shape> =
  Loose<T> extends true ? Shape
  : Loose<S> extends true ? Target<T>
  : Unshared<S, T> extends [infer SR extends List, infer TR extends List]
    ? Fill<S, T, Count<SR>, Count<TR>, DropOnes<TR> extends readonly [-1] ? Size<SR> : number>
  : Target<T>;

type Fill<S extends List, T extends List, X, Y, Rest> =
  [X, Y] extends [infer X1 extends string, infer Y1 extends string]
    ? -1 extends T[number]
      ? Divide<X1, Y1> extends infer Q
        ? [Q] extends [never] ? `${Show<S>} does not fit ${Show<T>}: ${Flip<X1>} elements do not divide by ${Flip<Y1>}` : Target<T, Q>
        : never
      : X1 extends Y1 ? Target<T> : `${Show<S>} does not fit ${Show<T>}: ${Flip<X1>} elements against ${Flip<Y1>}`
    : Target<T, Rest>;

/** Both shapes without the leading and trailing sizes they share; 0 where one of those is not known. */
type Unshared<S extends List, T extends List> =
  [S, T] extends [readonly [infer A, ...infer ST], readonly [infer B, ...infer TT]]
    ? Pair<A, B> extends Pair<B, A>
      ? number extends A ? 0 : string extends A ? 0 : Unshared<ST, TT>
      : UnsharedBack<S, T>
    : [S, T];
type UnsharedBack<S extends List, T extends List> =
  [S, T] extends [readonly [...infer ST, infer A], readonly [...infer TT, infer B]]
    ? Pair<A, B> extends Pair<B, A>
      ? number extends A ? 0 : string extends A ? 0 : UnsharedBack<ST, TT>
      : [S, T]
    : [S, T];

type Target<T extends List, Rest = number> = { -readonly [K in keyof T]: T[K] extends -1 ? Rest : T[K] };

/** One axis N times as long. */
export type Repeat<S extends List, A extends number, N extends number> =
  Loose<S> extends true ? Shape
  : AxisOf<S, A> extends infer I
    ? I extends string ? I : number extends I ? Shape : SetAt<S, I, MultiplyDims<S[I & number], N>>
  : never;

/** Each axis as often as R says; the shorter of the two is led by ones. */
export type Tile<S extends List, R extends readonly number[], Out extends unknown[] = []> =
  Loose<S, R> extends true ? Shape
  : S extends readonly [...infer ST, infer D]
    ? R extends readonly [...infer RT extends readonly number[], infer N] ? Tile<ST, RT, [MultiplyDims<D, N>, ...Out]> : [...S, ...Out]
  : [...R, ...Out];

/** How much is added before and after each axis. */
export type Padding = readonly (readonly [before: number, after: number])[];

export type Pad<S extends List, P extends Padding> =
  Loose<S, P> extends true ? Shape
  : S["length"] extends P["length"]
    ? { -readonly [K in keyof S]: K extends keyof P ? P[K] extends readonly [infer B, infer A] ? AddDims<AddDims<S[K], B>, A> : number : number }
    : `${P["length"]} pairs for shape ${Show<S>}`;
