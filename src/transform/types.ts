// Shapes of what transformations take and give.

import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, AxisOf, DType, Drop, InsertAt, List, Loose, NeedFloat, Ok, Operand, OwnDType, SameDim, Shape, ShapeOf, Show } from "../types/index.ts";

/** An axis for all tensors of a tree, or a list or record of axes in its form. */
export type Axes<Axis = number | null> = Axis | readonly Axes<Axis>[] | { readonly [name: string]: Axes<Axis> };

/** The part of the axes that speaks of member K of a tree; 0 where it is not named. */
type PartOf<A, K> = A extends number | null ? A : K extends keyof A ? A[K] : 0;

/** S without axis A, or the message. */
type Without<S extends List, A> =
  A extends null ? S
  : Loose<S> extends true ? Shape
  : A extends number
    ? S extends readonly [] ? "a scalar has no axis to map over"
    : AxisOf<S, A> extends infer I ? (I extends string ? I : number extends I ? Shape : Drop<S, I>) : never
  : Shape;

/** The tree with the mapped axis of every tensor taken off. */
export type Elements<X, A> =
  X extends Operand ? Tensor<OwnDType<X>, Ok<Without<ShapeOf<X>, A>>>
  : X extends null | undefined ? undefined : { -readonly [K in keyof X]: Elements<X[K], PartOf<A, K>> };

type AxisError<X, A> = X extends Operand ? (Without<ShapeOf<X>, A> extends infer R ? (R extends string ? R : never) : never) : never;
/** The messages for the axes that are not there, of a tensor or the tensors of a list or record; deeper ones show when the graph is built. */
type AxisErrors<X, A> =
  X extends Operand ? AxisError<X, A>
  : X extends readonly unknown[] ? { [K in keyof X]: AxisError<X[K], PartOf<A, K>> }[number]
  : { [K in keyof X]: AxisError<X[K], PartOf<A, K>> }[keyof X];

/** A as the type of the option: itself, or what is wrong with it. */
export type InAxes<X, A> = [AxisErrors<X, A>] extends [never] ? A : `vmap: ${AxisErrors<X, A>}`;

/** The size of the first mapped axis of a tree; `number` where the types do not tell. */
export type SizeOf<X, A> =
  X extends Operand ? SizeAt<ShapeOf<X>, A>
  : X extends readonly [infer H, ...infer T]
    ? IsMapped<H, PartOf<A, "0">> extends true ? SizeOf<H, PartOf<A, "0">> : SizeOf<T, Rest<A>>
  : X extends readonly unknown[] ? number
  : X extends { readonly [name: string]: unknown } ? FieldSize<X, A> : number;

type SizeAt<S extends List, A> = Loose<S> extends true ? number
  : A extends number ? (AxisOf<S, A> extends infer I ? (number extends I ? number : I extends keyof S & number ? S[I] : number) : never) : number;
type IsMapped<X, A> = X extends Operand ? (A extends null ? false : true) : true;
type Rest<A> = A extends readonly [unknown, ...infer T] ? T : A;
/** Of a record whose mapped fields all have one size. */
type FieldSize<X, A> = { [K in keyof X]: IsMapped<X[K], PartOf<A, K>> extends true ? SizeOf<X[K], PartOf<A, K>> : never }[keyof X];

/** The tree with an axis of size N in every tensor. */
export type MembersOf<Y, N, O> =
  Y extends Operand ? Tensor<OwnDType<Y>, WithAxis<ShapeOf<Y>, N, O>>
  : Y extends null | undefined | void ? undefined : { -readonly [K in keyof Y]: MembersOf<Y[K], N, PartOf<O, K>> };

type WithAxis<S extends List, N, O> = Loose<S> extends true ? Shape
  : O extends 0 ? [N, ...S]
  : O extends number ? (AxisOf<[...S, N], O> extends infer I ? (I extends string ? Shape : number extends I ? Shape : InsertAt<S, I, [N]>) : never) : Shape;

/** Variables' Jacobians of Y, in the form in which the variables were given: the axes of Y, then those of the variable. */
export type Jacobians<Y extends AnyTensor, W> =
  W extends AnyTensor<infer D, infer S> ? Tensor<D, Joined<ShapeOf<Y>, S>> : { -readonly [K in keyof W]: W[K] extends AnyTensor ? Jacobians<Y, W[K]> : never };

/** Second derivatives: for each variable, by each variable. */
export type Hessians<W> =
  W extends AnyTensor ? Jacobians<W, W> : { -readonly [K in keyof W]: W[K] extends AnyTensor ? Jacobians<W[K], W> : never };

type Joined<A extends List, B extends List> = Loose<A, B> extends true ? Shape : [...A, ...B];

/** A value to differentiate, or the message. */
export type Differentiated<Op extends string, Y extends AnyTensor> = Arg<Op, NeedFloat<Y["dtype"]> extends infer M extends string ? `the value ${M}` : [], Y>;

/** An expression and what stands for it: a tensor of its dtype and shape, with axes for the members before. */
export type Vectorization = readonly [target: AnyTensor, value: AnyTensor];

/** The axes that V has before those of S, or the message. */
export type LeadOf<S extends List, V extends List, S0 extends List = S, V0 extends List = V> =
  Loose<S, V> extends true ? Shape
  : S extends readonly [...infer SI, infer SD]
    ? V extends readonly [...infer VI, infer VD]
      ? [SameDim<SD, VD>] extends [never] ? `shape ${Show<V0>} does not end in ${Show<S0>}` : LeadOf<SI, VI, S0, V0>
      : `shape ${Show<V0>} does not end in ${Show<S0>}`
    : V;

type LeadOfPair<P> = P extends readonly [AnyTensor<DType, infer S>, AnyTensor<DType, infer V>] ? LeadOf<S, V> : Shape;

type PairErrors<R extends readonly Vectorization[]> = { [K in keyof R]:
  R[K] extends readonly [AnyTensor<infer D>, AnyTensor<infer E>]
    ? DType extends D | E ? never : [E] extends [D] ? (LeadOfPair<R[K]> extends infer M extends string ? M : never) : `an expression of dtype ${D} is given ${E}`
  : never }[number];

/** A list of pairs as a parameter's type: itself, or the messages of the pairs that are wrong. */
export type Vectorizations<R extends readonly Vectorization[]> = [PairErrors<R>] extends [never] ? R : `vectorize: ${PairErrors<R>}`;

/** The axes of the members: those of the first pair that has some. */
export type Lead<R extends readonly Vectorization[]> =
  number extends R["length"] ? Shape
  : R extends readonly [infer P, ...infer T extends readonly Vectorization[]]
    ? Ok<LeadOfPair<P>> extends infer L extends List ? (L extends readonly [] ? Lead<T> : L) : never
  : [];

/** The tree with the members' axes before those of every tensor. */
export type Vectorized<Y, L extends List> =
  Y extends Operand ? Tensor<OwnDType<Y>, Joined<L, ShapeOf<Y>>>
  : { -readonly [K in keyof Y]: Vectorized<Y[K], L> };
