// Elementwise operators: NumPy's broadcasting, where only a size known to be 1 stretches, and the dtype of the result.

import type { DType, Promote } from "./dtype.ts";
import type { BroadcastDim } from "./join.ts";
import type { Against, Show } from "./message.ts";
import type { DTypeOf, List, Loose, Ok, Operand, OwnDType, Pair, Shape, ShapeOf } from "./shape.ts";

/** The shape that A and B broadcast to. */
export type Broadcast<A extends List, B extends List> =
  [B] extends [readonly []] ? A
  : Loose<A, B> extends true ? Shape
  : BroadcastFrom<A, B, [], A, B>;

// Equal sizes and a 1 on the right come first, and the infers have no constraints: then the rule also resolves in the
// body of a generic function, where sizes are type parameters.
type BroadcastFrom<A extends List, B extends List, Out extends unknown[], A0 extends List, B0 extends List> =
  A extends readonly [...infer AT, infer AD]
    ? B extends readonly [...infer BT, infer BD]
      ? Pair<AD, BD> extends Pair<BD, AD> | Pair<unknown, 1> ? BroadcastFrom<AT, BT, [AD, ...Out], A0, B0>
      : BroadcastDim<AD, BD> extends infer J
        ? [J] extends [never]
          ? `shapes ${Show<A0>} and ${Show<B0>} do not broadcast: ${Against<AD, BD>}`
          : BroadcastFrom<AT, BT, [J, ...Out], A0, B0>
        : never
      : [...A, ...Out]
    : [...B, ...Out];

/** Broadcast of two operands of which either may be a number. */
export type BroadcastOf<A extends Operand, B extends Operand> = Broadcast<ShapeOf<A>, ShapeOf<B>>;

/** Broadcast of three operands; a mistake among the first two is not reported again. */
export type BroadcastOf3<A extends Operand, B extends Operand | null, C extends Operand | null> =
  Broadcast<Ok<Broadcast<ShapeOf<A>, ShapeOf<B>>>, ShapeOf<C>>;

/** The dtype that two operands meet in: a number takes the other's, two numbers are f32. */
export type PromoteOf<A extends Operand, B extends Operand> =
  Promote<DTypeOf<A, DTypeOf<B, OwnDType<A>>>, DTypeOf<B, DTypeOf<A, OwnDType<A>>>>;

/** The dtype of a list of tensors joined into one. */
export type PromoteAll<L extends readonly DType[], Out extends DType = "bool"> =
  number extends L["length"] ? Promote<L[number], L[number]>
  : L extends readonly [infer D extends DType, ...infer T extends readonly DType[]] ? PromoteAll<T, Promote<Out, D>>
  : Out;

/** T, if S can be stretched to exactly T; the normal form of a user-given T. */
export type BroadcastTo<S extends List, T extends List> =
  Loose<S, T> extends true ? { -readonly [K in keyof T]: T[K] }
  : Broadcast<T, S> extends infer R
    ? R extends List
      ? R["length"] extends T["length"]
        ? Unstretched<T, S> extends true ? `${Show<S>} does not stretch to ${Show<T>}` : { -readonly [K in keyof T]: T[K] }
        : `${Show<S>} has more axes than ${Show<T>}`
      : `${Show<S>} does not stretch to ${Show<T>}`
    : never;

// A 1 in the target where the source has more.
type Unstretched<T extends List, S extends List> =
  T extends readonly [...infer TT, infer TD]
    ? S extends readonly [...infer ST, infer SD]
      ? [TD] extends [1] ? ([SD] extends [1] ? Unstretched<TT, ST> : number extends SD ? Unstretched<TT, ST> : true) : Unstretched<TT, ST>
      : false
    : false;
