// Convolution and pooling: ranks, channels, and spatial sizes, which are exact where the size, the window, the stride and
// the padding are literals (dilation and padding given by pairs leave them `number`).

import type { Add, Flip, FloorDivide, Minus, Multiply } from "./decimal.ts";
import type { SameDim } from "./join.ts";
import type { Against, Show } from "./message.ts";
import type { AddDims, Padding } from "./reshape.ts";
import type { List, Loose, Shape } from "./shape.ts";

/** Where the channels of images stand: [N, ..., C] with filters [..., C, O], or [N, C, ...] with filters [O, C, ...]. */
export type Channels = "last" | "first";

/** How windows lie on an image. */
export interface Windowing {
  /** Of a convolution 1 unless said otherwise, of a pool the window. */
  readonly stride?: number | readonly number[];
  /** `valid` (the default): none; `same`: the result has ceil(size / stride) places; `full`: every overlap; or how much. */
  readonly padding?: "valid" | "same" | "full" | number | Padding;
  readonly dilation?: number | readonly number[];
  /** `last` (the default): [N, ..., C]; `first`: [N, C, ...]. */
  readonly channels?: Channels;
}

/** As Windowing, for filters [..., C / groups, O], or [O, C / groups, ...] where channels stand first. */
export interface ConvWindowing extends Windowing {
  readonly groups?: number;
}

/** Options as a parameter's type: those that are written, and no others. */
export type Only<O, Allowed> = O & { readonly [K in Exclude<keyof O, keyof Allowed>]: never };

/** Convolution with `Rank` spatial axes. */
export type Convolve<S extends List, W extends List, Rank extends 1 | 2 | 3, O> =
  Loose<S, W> extends true ? Shape
  : Image<S, Rank, O, "the input", "first"> extends infer X
    ? X extends [infer N, infer I, infer Sizes extends List]
      ? Image<W, Rank, O, "filters", "filters"> extends infer Y
        ? Y extends [infer Out, infer I2, infer Sides extends List]
          ? Grouped<O> extends true ? Layout<O, N, Out, Places<Sizes, Sides, O, 1>>
          : [SameDim<I, I2>] extends [never] ? `channels differ: ${Against<I, I2>}`
          : Layout<O, N, Out, Places<Sizes, Sides, O, 1>>
        : Y
      : never
    : X
  : never;

/** Pooling with `Rank` spatial axes. */
export type Pool<S extends List, Rank extends 1 | 2 | 3, Window extends number | readonly number[], O> =
  Loose<S> extends true ? Shape
  : Image<S, Rank, O, "the input", "first"> extends infer X
    ? X extends [infer N, infer I, infer Sizes extends List]
      ? Layout<O, N, I, Places<Sizes, { readonly [K in keyof Sizes]: PerAxis<Window, K> }, O, Window>>
    : X
  : never;

interface Ranks { 1: 3; 2: 4; 3: 5 }

// [batch, channels, sizes] of images, [outputs, channels, sizes] of filters.
type Image<S extends List, Rank extends 1 | 2 | 3, O, What extends string, Kind extends "first" | "filters"> =
  S["length"] extends Ranks[Rank]
    ? ChannelsOf<O> extends "first"
      ? S extends readonly [infer N, infer I, ...infer Sizes] ? [N, I, Sizes] : never
    : Kind extends "first"
      ? S extends readonly [infer N, ...infer Sizes, infer I] ? [N, I, Sizes] : never
      : S extends readonly [...infer Sizes, infer I, infer N] ? [N, I, Sizes] : never
  : `${What} must have rank ${Ranks[Rank]}, the shape is ${Show<S>}`;

type ChannelsOf<O> = O extends { readonly channels: infer C } ? C : "last";
type Grouped<O> = O extends { readonly groups: infer G } ? (G extends 1 ? false : true) : false;
type Layout<O, N, C, Sizes extends List> = ChannelsOf<O> extends "first" ? [N, C, ...Sizes] : [N, ...Sizes, C];

/** An option given once for all axes or once per axis. */
type PerAxis<X, K> = X extends readonly unknown[] ? (K extends keyof X ? X[K] : number) : X;

type Places<Sizes extends List, Sides extends List, O, Stride> = { -readonly [K in keyof Sizes]:
  PlaceCount<Sizes[K], K extends keyof Sides ? Sides[K] : number, PerAxis<O extends { readonly stride: infer X } ? X : Stride, K>,
    O extends { readonly padding: infer P } ? P : "valid", O extends { readonly dilation: infer L } ? L : 1> };

// How many windows of side W fit a size D.
type PlaceCount<D, W, Stride, Pad, Dilation> =
  Pad extends "same"
    ? [Stride] extends [1] ? D
    : [D, Stride] extends [infer X extends number, infer T extends number]
      ? number extends X | T ? number
      // ceil(X / T) = floor((X - 1) / T) + 1
      : Minus<Flip<`${X}`>, "1"> extends infer R extends string ? AddDims<FloorDivide<R, Flip<`${T}`>>, 1> : number
      : number
  : [Dilation] extends [1]
    ? [D, W, Stride] extends [infer X extends number, infer Y extends number, infer T extends number]
      ? number extends X | Y | T ? number
      : Extra<Pad, Y> extends infer E extends string
        // floor((X + E - Y) / T) + 1
        ? Minus<Add<Flip<`${X}`>, E>, Flip<`${Y}`>> extends infer R extends string
          ? [R] extends [never] ? number : AddDims<FloorDivide<R, Flip<`${T}`>>, 1>
          : number
        : number
      : number
    : number;

// What padding adds to a size, flipped; no text where that is not known.
type Extra<Pad, W extends number> =
  Pad extends "valid" ? "0"
  : Pad extends "full" ? Multiply<Minus<Flip<`${W}`>, "1">, "2">
  : Pad extends number ? (number extends Pad ? unknown : Multiply<Flip<`${Pad}`>, "2">)
  : unknown;
