// Layers and losses: labels against logits, parameters of normalisation, channels of convolutions.

import type { VectorOf } from "./axes.ts";
import type { Broadcast } from "./broadcast.ts";
import type { SameDim, SameShape } from "./join.ts";
import type { Against, Show } from "./message.ts";
import type { List, Loose, Shape } from "./shape.ts";

/** Logits [..., C] with one label each: the shape without the classes. */
export type PerLabel<Logits extends List, Labels extends List> =
  Loose<Logits, Labels> extends true ? Labels
  : Logits extends readonly [...infer L, unknown]
    ? SameShape<L, Labels> extends infer J
      ? [J] extends [never] ? `labels of shape ${Show<Labels>} for logits of shape ${Show<Logits>}` : J
      : never
    : "logits have no axis of classes";

/** Logits [..., C] against probabilities of the same shape. */
export type PerClass<Logits extends List, Targets extends List> =
  Loose<Logits, Targets> extends true ? Shape
  : SameShape<Logits, Targets> extends infer J
    ? [J] extends [never] ? `targets of shape ${Show<Targets>} for logits of shape ${Show<Logits>}`
    : J extends readonly [...infer L, unknown] ? L : "logits have no axis of classes"
  : never;

/** A parameter P (scale, offset) that is broadcast over x of shape S: S, or the message. */
export type Parameter<S extends List, P extends List> =
  Loose<S, P> extends true ? S
  : Broadcast<S, P> extends infer R
    ? R extends List
      ? R["length"] extends S["length"] ? S : `a parameter of shape ${Show<P>} for shape ${Show<S>}`
      : `a parameter of shape ${Show<P>} for shape ${Show<S>}`
    : never;

/** A parameter with one value per channel, or a scalar: [], or the message. */
export type PerChannel<S extends List, A extends number, P extends List> =
  P extends readonly [] ? []
  : VectorOf<S, A> extends infer V
    ? V extends List
      ? Loose<P> extends true ? [] : [SameShape<V, P>] extends [never] ? `a parameter of shape ${Show<P>} for ${Show<V>} channels` : []
    : V
  : never;

/** Where the channels of images stand: [N, ..., C] with filters [..., C, O], or [N, C, ...] with filters [O, C, ...]. */
export type Channels = "last" | "first";

/** Convolution with `Rank` spatial axes. Batch and channels are known, spatial sizes are `number`. */
export type Convolve<S extends List, W extends List, Rank extends 1 | 2 | 3, C extends Channels, Grouped extends boolean> =
  Loose<S, W> extends true ? Shape
  : Spatial[Rank] extends infer X extends unknown[]
    ? S["length"] extends [0, 0, ...X]["length"]
      ? W["length"] extends [0, 0, ...X]["length"]
        ? [C] extends ["last"]
          ? [S, W] extends [readonly [infer N, ...unknown[], infer I], readonly [...unknown[], infer I2, infer O]]
            ? ChannelsMeet<I, I2, Grouped, [N, ...X, O]> : never
        : [C] extends ["first"]
          ? [S, W] extends [readonly [infer N, infer I, ...unknown[]], readonly [infer O, infer I2, ...unknown[]]]
            ? ChannelsMeet<I, I2, Grouped, [N, O, ...X]> : never
        : Shape
      : `filters must have rank ${[0, 0, ...X]["length"]}, their shape is ${Show<W>}`
    : `the input must have rank ${[0, 0, ...X]["length"]}, its shape is ${Show<S>}`
  : never;

interface Spatial { 1: [number]; 2: [number, number]; 3: [number, number, number] }

type ChannelsMeet<A, B, Grouped extends boolean, R> =
  Grouped extends true ? R : [SameDim<A, B>] extends [never] ? `channels differ: ${Against<A, B>}` : R;

/** Pooling with `Rank` spatial axes. */
export type Pool<S extends List, Rank extends 1 | 2 | 3, C extends Channels> =
  Loose<S> extends true ? Shape
  : Spatial[Rank] extends infer X extends unknown[]
    ? S["length"] extends [0, 0, ...X]["length"]
      ? [C] extends ["last"] ? (S extends readonly [infer N, ...unknown[], infer I] ? [N, ...X, I] : never)
      : [C] extends ["first"] ? (S extends readonly [infer N, infer I, ...unknown[]] ? [N, I, ...X] : never)
      : Shape
    : `the input must have rank ${[0, 0, ...X]["length"]}, its shape is ${Show<S>}`
  : never;
