// Contractions: dot and matmul, outer and tensor products. (einsum has its own file.)

import type { AxisOf, Drop } from "./axes.ts";
import type { Broadcast } from "./broadcast.ts";
import type { SameDim, SameShape } from "./join.ts";
import type { Against, Show } from "./message.ts";
import type { Size } from "./reshape.ts";
import type { List, Loose, Pair, Shape } from "./shape.ts";

/** NumPy's matmul, under the names dot and matmul: vectors, matrices, and stacks of matrices whose leading axes broadcast. */
export type Dot<A extends List, B extends List> =
  Loose<A, B> extends true ? Shape
  : A extends readonly [infer K1]
    ? B extends readonly [infer K2] ? Inner<K1, K2, []>
    : B extends readonly [...infer BB, infer K2, infer N] ? Inner<K1, K2, [...BB, N]>
    : NoScalar
  : A extends readonly [...infer AB, infer M, infer K1]
    ? B extends readonly [infer K2] ? Inner<K1, K2, [...AB, M]>
    : B extends readonly [infer K2, infer N] ? Inner<K1, K2, [...AB, M, N]>
    : B extends readonly [...infer BB, infer K2, infer N]
      ? Broadcast<AB, BB> extends infer L
        ? L extends List ? Inner<K1, K2, [...L, M, N]> : `leading axes: ${L & string}`
        : never
      : NoScalar
  : NoScalar;

type NoScalar = "an operand is a scalar; use mul";

type Inner<K1, K2, R> =
  Pair<K1, K2> extends Pair<K2, K1> ? R
  : [SameDim<K1, K2>] extends [never] ? `inner sizes differ: ${Against<K1, K2>}` : R;

/** All products of an element of A and one of B; both are flattened. */
export type Outer<A extends List, B extends List> = [Size<A>, Size<B>];

/** Which axes tensordot sums over: the last N of the first operand with the first N of the second, or two lists. */
export type TensordotAxes = number | readonly [readonly number[], readonly number[]];

/** The axes of A that stay, then those of B. */
export type Tensordot<A extends List, B extends List, N extends TensordotAxes> =
  Loose<A, B> extends true ? Shape
  : N extends number
    ? number extends N ? Shape : Summed<SplitBack<A, N>, SplitFront<B, N>>
  : N extends readonly [infer I extends readonly number[], infer J extends readonly number[]]
    ? number extends I["length"] | J["length"] | I[number] | J[number] ? Shape
    : I["length"] extends J["length"]
      ? [AxisOf<A, I[number]>, AxisOf<B, J[number]>] extends [infer IA, infer JB]
        ? [IA] extends [string] ? IA : [JB] extends [string] ? JB
        : Summed<[Drop<A, IA>, Pick<A, I>], [Pick<B, J>, Drop<B, JB>]>
      : never
    : `${I["length"]} axes against ${J["length"]}`
  : Shape;

/** The two halves of A before and from its last N axes; never if it has fewer. */
type SplitBack<A extends List, N extends number, Back extends unknown[] = []> =
  Back["length"] extends N ? [A, Back]
  : A extends readonly [...infer T, infer D] ? SplitBack<T, N, [D, ...Back]> : never;

/** The first N axes of B and the others; never if it has fewer. */
type SplitFront<B extends List, N extends number, Front extends unknown[] = []> =
  Front["length"] extends N ? [Front, B]
  : B extends readonly [infer D, ...infer T] ? SplitFront<T, N, [...Front, D]> : never;

type Pick<S extends List, I extends readonly number[]> = { -readonly [K in keyof I]: S[AxisOf<S, I[K]> & number] };

type Summed<A, B> =
  [A] extends [never] ? "an operand has fewer axes than are summed over"
  : [B] extends [never] ? "an operand has fewer axes than are summed over"
  : [A, B] extends [[infer Front extends List, infer X extends List], [infer Y extends List, infer Rest extends List]]
    ? [SameShape<X, Y>] extends [never] ? `sizes summed over differ: ${Show<X>} and ${Show<Y>}` : [...Front, ...Rest]
    : Shape;
