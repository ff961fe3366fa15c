// Layers and losses: labels against logits, parameters of normalisation.

import type { VectorOf } from "./axes.ts";
import type { Broadcast } from "./broadcast.ts";
import type { SameShape } from "./join.ts";
import type { Show } from "./message.ts";
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
