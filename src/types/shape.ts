// Shapes at the type level. Every rule in this folder yields a shape (a mutable tuple of sizes) or, on a mistake,
// a string literal: the message. Arg makes the message the parameter's type, so that tsc prints it at the call;
// Ok turns it into "rank unknown" in the result, so that one mistake is reported once.
// A shape of unknown rank passes through every rule.

import type { DType } from "./dtype.ts";

/** A size: a literal (784), a name ("batch"), or `number` where it is known only when the program runs. */
export type Dim = number | string;

/** Any shape. As a type argument, `Tensor<"f32", Shape>`, it means: rank unknown. */
export type Shape = readonly Dim[];

/** The constraint of shape parameters: looser than Shape, so that `[N, U]` with type parameters N, U is seen to meet it. */
export type List = readonly unknown[];

/** Carries a tensor's shape in its type; there is no such property when the program runs. */
export declare const shapeOf: unique symbol;

/** What all tensors and host values have in common. Two members, so that checking and inferring against it is cheap. */
export interface AnyTensor<out D extends DType = DType, out S extends List = Shape> {
  readonly dtype: D;
  readonly [shapeOf]: S;
}

/** A number is weak: it takes the dtype of what it meets. */
export type Weak = number | bigint | boolean;

/** What an elementwise operator takes. */
export type Operand = AnyTensor | Weak;

// Two members that ask for nothing, so that a generic function's tensors are seen to have them.
interface Shaped { readonly [shapeOf]: unknown }
interface Typed { readonly dtype: unknown }

/** The shape of an operand; a number is a scalar, and so is null, an operand left out. */
export type ShapeOf<T extends Operand | null> = T extends Shaped ? T[typeof shapeOf] : [];

/** The dtype of an operand, `D` if it is a number. */
export type DTypeOf<T extends Operand | null, D extends DType> = T extends Typed ? T["dtype"] : D;

/** The dtype of an operand by itself: numbers are f32. */
export type OwnDType<T extends Operand> = DTypeOf<T, [T] extends [boolean] ? "bool" : "f32">;

/** The shapes of a list of tensors. */
export type ShapesOf<L extends readonly AnyTensor[]> = { -readonly [K in keyof L]: ShapeOf<L[K]> };

/** A parameter's type: T, or the message of rule R, after the operator's name.
 *  The infer, here and in Ok, keeps tsc from inferring type arguments out of R. */
export type Arg<Op extends string, R, T> = R extends infer M extends string ? `${Op}: ${M}` : T;

/** The shape that rule R found; unknown rank after a mistake. */
export type Ok<R> = R extends infer S extends List ? S : Shape;

/** Normal form of a shape the user wrote: a mutable tuple, or Shape where the rank is not known. */
export type Dims<S extends Shape> = number extends S["length"] ? Shape : { -readonly [K in keyof S]: S[K] };

/** True when the rank of A or of B is unknown. */
export type Loose<A extends List, B extends List = []> = number extends A["length"] | B["length"] ? true : false;

/** "A and B are the same" is `Pair<A, B> extends Pair<B, A>`: behind an alias, so that tsc decides it for type parameters too. */
export type Pair<A, B> = [A, B];
