// When two sizes may meet in one place, and what is then known: a literal says more than a name, a name more than `number`.
// Two literals or two names that differ are a mistake, even though the names might be equal when the program runs:
// assume() is how the user says that they are.

import type { List, Pair } from "./shape.ts";

/** The size that A and B, which must be equal, have; never if they cannot be. */
export type SameDim<A, B> =
  Pair<A, B> extends Pair<B, A> ? A
  : number extends A ? B
  : number extends B ? A
  : string extends A ? B
  : string extends B ? A
  : [A] extends [number]
    ? [B] extends [number] ? never : A
    : [B] extends [number] ? B : never;

/** As SameDim, but a literal 1 stretches to the other size. */
export type BroadcastDim<A, B> =
  Pair<A, B> extends Pair<B, A> ? A
  : [A] extends [1] ? B
  : [B] extends [1] ? A
  : SameDim<A, B>;

/** Two shapes that must be equal, joined size by size; never if they cannot be. */
export type SameShape<A extends List, B extends List, Out extends unknown[] = []> =
  A extends readonly [infer AD, ...infer AT]
    ? B extends readonly [infer BD, ...infer BT]
      ? SameDim<AD, BD> extends infer J
        ? [J] extends [never] ? never : SameShape<AT, BT, [...Out, J]>
        : never
      : never
    : B extends readonly [] ? Out : never;
