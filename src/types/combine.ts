// Lists of tensors: concat, stack and split.

import type { AxisOf, InsertAt, SetAt } from "./axes.ts";
import type { Divide, Flip } from "./decimal.ts";
import type { SameDim, SameShape } from "./join.ts";
import type { Show, ShowDim } from "./message.ts";
import type { AddDims } from "./reshape.ts";
import type { List, Loose, Shape } from "./shape.ts";

/** Sizes along the axis are added up, the others must be equal. */
export type Concat<L extends readonly List[], A extends number> =
  number extends L["length"] | L[number]["length"] ? Shape
  : L extends readonly [infer H extends List, ...infer T extends readonly List[]]
    ? AxisOf<H, A> extends infer I
      ? I extends string ? I : number extends I ? Shape : ConcatFrom<H, T, I>
    : never
  : "an empty list";

type ConcatFrom<H extends List, T extends readonly List[], I> =
  T extends readonly [infer B extends List, ...infer R extends readonly List[]]
    ? H["length"] extends B["length"]
      ? Merge<H, B, I> extends infer J extends List
        ? [J] extends [never] ? `shapes ${Show<H>} and ${Show<B>} differ beside axis ${I & number}` : ConcatFrom<J, R, I>
      : never
    : `ranks differ: ${Show<H>} and ${Show<B>}`
  : H;

type Merge<A extends List, B extends List, I, Out extends unknown[] = []> =
  A extends readonly [infer AD, ...infer AT]
    ? B extends readonly [infer BD, ...infer BT]
      ? (Out["length"] extends I ? AddDims<AD, BD> : SameDim<AD, BD>) extends infer J
        ? [J] extends [never] ? never : Merge<AT, BT, I, [...Out, J]>
        : never
      : never
    : Out;

/** Equal shapes, joined along a new axis; `axis` counts in the result. */
export type Stack<L extends readonly List[], A extends number> =
  number extends L["length"] | L[number]["length"] ? Shape
  : L extends readonly [infer H extends List, ...infer T extends readonly List[]]
    ? StackFrom<H, T> extends infer J
      ? J extends List
        ? AxisOf<[...J, 1], A> extends infer I
          ? I extends string ? I : number extends I ? Shape : InsertAt<J, I, [L["length"]]>
        : never
      : J
    : never
  : "an empty list";

type StackFrom<H extends List, T extends readonly List[]> =
  T extends readonly [infer B extends List, ...infer R extends readonly List[]]
    ? SameShape<H, B> extends infer J extends List
      ? [J] extends [never] ? `shapes ${Show<H>} and ${Show<B>} differ` : StackFrom<J, R>
    : never
  : H;

/** N equal parts, or parts between the given places. */
export type Sections = number | readonly number[];

/** The shape of one of N equal parts; of parts between places, the axis is `number`. */
export type Part<S extends List, N extends Sections, A extends number> =
  Loose<S> extends true ? Shape
  : AxisOf<S, A> extends infer I
    ? I extends string ? I
    : number extends I ? Shape
    : PartDim<S[I & number], N> extends infer D
      ? [D] extends [never]
        ? `axis ${A} of size ${ShowDim<S[I & number]>} does not split into ${N & number} equal parts`
        : SetAt<S, I, D>
      : never
    : never;

type PartDim<D, N extends Sections> =
  [N] extends [1] ? D
  : number extends N | D ? number
  : string extends D ? number
  : [D, N] extends [infer X extends number, infer Y extends number] ? Divide<Flip<`${X}`>, Flip<`${Y}`>>
  : N extends readonly number[] ? number
  : D extends `${string}*${string}` ? number : never;

/** As many X as a split by N has parts: a tuple for literal N up to 16, so that it can be destructured. */
export type Parts<X, N extends Sections> =
  N extends number ? (number extends N ? X[] : Times<X, N>)
  : N extends readonly number[] ? (number extends N["length"] ? X[] : [X, ...Each<X, N>])
  : X[];

type Each<X, N extends readonly number[]> = N extends readonly [number, ...infer T extends readonly number[]] ? [X, ...Each<X, T>] : [];
type Times<X, N extends number, Out extends X[] = []> =
  Out["length"] extends N ? Out : Out["length"] extends 16 ? X[] : Times<X, N, [...Out, X]>;
