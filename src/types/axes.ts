// Axes: which one a number means, and the rules that drop, keep, add or change one. Ranks up to 6 are computed; above,
// and where an axis is not a literal, the result has unknown rank and the check is made when the graph is built.

import type { SameDim } from "./join.ts";
import type { Show, ShowDim } from "./message.ts";
import type { List, Loose, Shape } from "./shape.ts";

/** An axis, several, or all of them. */
export type AxisArg = number | readonly number[] | null | undefined;

interface Axes {
  0: {};
  1: { "0": 0; "-1": 0 };
  2: { "0": 0; "1": 1; "-1": 1; "-2": 0 };
  3: { "0": 0; "1": 1; "2": 2; "-1": 2; "-2": 1; "-3": 0 };
  4: { "0": 0; "1": 1; "2": 2; "3": 3; "-1": 3; "-2": 2; "-3": 1; "-4": 0 };
  5: { "0": 0; "1": 1; "2": 2; "3": 3; "4": 4; "-1": 4; "-2": 3; "-3": 2; "-4": 1; "-5": 0 };
  6: { "0": 0; "1": 1; "2": 2; "3": 3; "4": 4; "5": 5; "-1": 5; "-2": 4; "-3": 3; "-4": 2; "-5": 1; "-6": 0 };
}
type Rank<S extends List> = S["length"] extends infer N extends keyof Axes ? N : never;
type AxisNumbers<R extends keyof Axes> = keyof Axes[R] extends `${infer N extends number}` ? N : never;

/** The axes as a union of non-negative literals, `number` when not literal, or the message. */
export type AxisOf<S extends List, A extends number, R extends keyof Axes = Rank<S>> =
  number extends A ? number
  : [R] extends [never] ? number
  : [`${A}`] extends [keyof Axes[R]] ? Axes[R][`${A}` & keyof Axes[R]]
  : `axis ${Exclude<A, AxisNumbers<R>>} is out of range for rank ${R}, shape ${Show<S>}`;

/** S without the axes I. */
export type Drop<S extends List, I, Pos extends 0[] = []> = S extends readonly [infer H, ...infer T]
  ? Pos["length"] extends I ? Drop<T, I, [...Pos, 0]> : [H, ...Drop<T, I, [...Pos, 0]>]
  : [];

/** S with size X at the axes I. */
export type SetAt<S extends List, I, X> = { -readonly [K in keyof S]: K extends `${I & number}` ? X : S[K] };

/** S with the sizes X before axis I. */
export type InsertAt<S extends List, I, X extends List, Pos extends 0[] = []> = Pos["length"] extends I ? [...X, ...S]
  : S extends readonly [infer H, ...infer T] ? [H, ...InsertAt<T, I, X, [...Pos, 0]>] : [...X];

/** True when an argument tells nothing: its type is any, or the rank is unknown. */
type Open<S extends List, A> = 0 extends 1 & A ? true : Loose<S>;

/** As AxisOf, for a list of axes too; never for an empty list. */
type AxesOf<S extends List, A extends number | readonly number[]> =
  A extends readonly number[]
    ? number extends A["length"] ? number
    : AxisOf<S, A[number]> extends infer I
      ? [I] extends [string] ? I
      : number extends I ? number
      : [...Drop<S, I>, ...A]["length"] extends S["length"] ? I : `${Show<A>} names an axis twice`
    : never
  : A extends number ? AxisOf<S, A> : never;

/** Reductions: `axis` null or absent means all axes. */
export type Reduce<S extends List, A extends AxisArg, Keep extends boolean> =
  0 extends 1 & A ? Shape
  : boolean extends Keep ? Shape
  : [A] extends [null | undefined]
    ? Keep extends true ? (Loose<S> extends true ? Shape : { -readonly [K in keyof S]: 1 }) : []
  : Loose<S> extends true ? Shape
  : AxesOf<S, A & {}> extends infer I
    ? [I] extends [never] ? S
    : [I] extends [string] ? I
    : number extends I ? Shape
    : Keep extends true ? SetAt<S, I, 1> : Drop<S, I>
  : never;

/** Operators along axes that keep the shape (softmax, flip, roll, layerNorm): S, or the message. */
export type AlongAxis<S extends List, A extends AxisArg> =
  Open<S, A> extends true ? S
  : [A] extends [null | undefined] ? S
  : AxesOf<S, A & {}> extends infer I
    ? [I] extends [never] ? S : [I] extends [string] ? I : S
  : never;

/** A new axis of size 1; `axis` counts in the result. */
export type ExpandDims<S extends List, A extends number> =
  Open<S, A> extends true ? Shape
  : AxisOf<[...S, 1], A> extends infer I
    ? I extends string ? I : number extends I ? Shape : InsertAt<S, I, [1]>
  : never;

/** Without the axes, whose size is 1; of null, all those known to be 1. */
export type Squeeze<S extends List, A extends AxisArg> =
  Open<S, A> extends true ? Shape
  : [A] extends [null | undefined] ? (number extends S[number] ? Shape : DropOnes<S>)
  : AxesOf<S, A & {}> extends infer I
    ? [I] extends [never] ? S
    : [I] extends [string] ? I
    : number extends I ? Shape
    : [NotOne<S, I>] extends [never] ? Drop<S, I>
    : `axis ${NotOne<S, I>} has size ${ShowDim<S[NotOne<S, I>]>}, not 1, in shape ${Show<S>}`
  : never;

/** S without its sizes that are 1. */
export type DropOnes<S extends List> = S extends readonly [infer H, ...infer T] ? (H extends 1 ? DropOnes<T> : [H, ...DropOnes<T>]) : [];
type NotOne<S extends List, I> = I extends number ? ([SameDim<S[I], 1>] extends [never] ? I : S[I] extends string ? I : never) : never;

/** One axis takes the size X; `number`, known only at run time, unless said otherwise. */
export type Resize<S extends List, A extends number, X = number> =
  Open<S, A> extends true ? Shape
  : AxisOf<S, A> extends infer I
    ? I extends string ? I : number extends I ? Shape : SetAt<S, I, X>
  : never;

/** The vector of one axis: one value per channel. */
export type VectorOf<S extends List, A extends number> =
  Open<S, A> extends true ? [number]
  : AxisOf<S, A> extends infer I
    ? I extends string ? I : number extends I ? [number] : [S[I & number]]
  : never;

/** All axes in reverse order, or in the order of P. */
export type Transpose<S extends List, P extends readonly number[] | undefined> =
  Open<S, P> extends true ? Shape
  : [P] extends [undefined] ? Reverse<S>
  : P extends readonly number[]
    ? number extends P[number] | P["length"] ? Shape
    : AxisOf<S, P[number]> extends infer I
      ? [I] extends [string] ? I
      : number extends I ? Shape
      : [P["length"], Exclude<keyof S & `${number}`, `${I & number}`>] extends [S["length"], never]
        ? { -readonly [K in keyof P]: S[AxisOf<S, P[K] & number> & number] }
        : `${Show<P>} does not name each axis of ${Show<S>} once`
    : never
  : never;

type Reverse<S extends List> = S extends readonly [infer H, ...infer T] ? [...Reverse<T>, H] : [];

/** Two axes change places. */
export type SwapAxes<S extends List, A extends number, B extends number> =
  Open<S, A | B> extends true ? Shape
  : [AxisOf<S, A>, AxisOf<S, B>] extends [infer I, infer J]
    ? I extends string ? I : J extends string ? J
    : number extends I | J ? Shape
    : { -readonly [K in keyof S]: K extends `${I & number}` ? S[J & number] : K extends `${J & number}` ? S[I & number] : S[K] }
  : never;

/** Axis A goes to place B; the others keep their order. */
export type MoveAxis<S extends List, A extends number, B extends number> =
  Open<S, A | B> extends true ? Shape
  : [AxisOf<S, A>, AxisOf<S, B>] extends [infer I, infer J]
    ? I extends string ? I : J extends string ? J
    : number extends I | J ? Shape : InsertAt<Drop<S, I>, J, [S[I & number]]>
  : never;

/** At least R axes: S, or the message. */
export type AtLeast<S extends List, R extends 1 | 2> =
  Loose<S> extends true ? S
  : S extends (R extends 1 ? readonly [...unknown[], unknown] : readonly [...unknown[], unknown, unknown]) ? S
  : `needs at least ${R} ${R extends 1 ? "axis" : "axes"}, the shape is ${Show<S>}`;
