// Values that take a variable's place: updates, givens, cotangents and tangents. No 1 stretches there.

import type { DType, NeedFloat } from "./dtype.ts";
import type { SameShape } from "./join.ts";
import type { Show } from "./message.ts";
import type { AnyTensor, Arg, List, Loose, Operand } from "./shape.ts";

/** A value of dtype D2 and shape S2 for a place of D and S: S, or the message. `What` names the place in it. */
export type Assign<D extends DType, S extends List, D2 extends DType, S2 extends List, What extends string = "a variable"> =
  DType extends D | D2 ? AssignShape<S, S2, What>
  : [D2] extends [D] ? AssignShape<S, S2, What>
  : `${What} of dtype ${D} is given ${D2}`;

type AssignShape<S extends List, S2 extends List, What extends string> =
  Loose<S, S2> extends true ? S
  : [SameShape<S, S2>] extends [never] ? `${What} of shape ${Show<S>} is given shape ${Show<S2>}` : S;

/** A variable and its new value; a number takes the variable's dtype and must be meant for a scalar. */
export type Replacement = readonly [target: AnyTensor, value: Operand];

/** The messages for the pairs that are wrong; never if none is. */
type ReplacementErrors<U extends readonly Replacement[], What extends string> = { [K in keyof U]:
  U[K] extends readonly [AnyTensor<infer D, infer S>, infer V]
    ? V extends AnyTensor<infer D2, infer S2> ? Message<Assign<D, S, D2, S2, What>>
    : Loose<S> extends true ? never
    : S extends readonly [] ? never : `${What} of shape ${Show<S>} is given a number`
  : never }[number];

/** A list of pairs as a parameter's type: itself, or the messages of the pairs that are wrong. */
export type Replacements<Op extends string, U extends readonly Replacement[], What extends string> =
  [ReplacementErrors<U, What>] extends [never] ? U : `${Op}: ${ReplacementErrors<U, What>}`;

/** As Replacements, for variables: an input is none. */
export type Updates<U extends readonly Replacement[]> =
  [Extract<U[number][0], { readonly kind: "input" }>] extends [never] ? Replacements<"updates", U, "a variable">
  : "updates: only shared variables can be updated";

type Message<R> = R extends string ? R : never;

/** A cost to differentiate, a floating-point scalar: its shape, or the message. */
export type Cost<D extends DType, S extends List> =
  NeedFloat<D> extends []
    ? Loose<S> extends true ? S
    : S extends readonly [] ? S : `the cost must be a scalar, its shape is ${Show<S>}; use mean() or sum()`
  : `the cost ${NeedFloat<D> & string}`;

/** What is differentiated by: one tensor, a list or a record of them. The results have the same form. */
export type Wrt = AnyTensor | readonly AnyTensor[] | { readonly [name: string]: AnyTensor };

/** W as a parameter's type: itself, or the message if one of the variables is not floating-point. */
export type Variables<Op extends string, W extends Wrt> = Arg<Op, Differentiable<DTypesIn<W>>, W>;

type Differentiable<D extends DType> = NeedFloat<D> extends infer M extends string ? `a variable ${M}` : [];
type DTypesIn<W extends Wrt> =
  W extends AnyTensor ? W["dtype"]
  : W extends readonly AnyTensor[] ? W[number]["dtype"]
  : W extends { readonly [name: string]: AnyTensor } ? W[keyof W]["dtype"] : never;
