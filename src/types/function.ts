// Functions and models: what fn() records of inputs and outputs, and what compile() makes callable.

import type { DType } from "./dtype.ts";
import type { AnyTensor, List, Shape, ShapeOf } from "./shape.ts";
import type { Feed, Value } from "./value.ts";

/** An input of a compiled function, as far as signatures need it. */
export interface AnyInput<out D extends DType = DType, out S extends List = Shape> extends AnyTensor<D, S> {
  readonly kind: "input";
}

/** A variable that keeps its value between calls, as far as signatures need it. */
export interface AnyShared<out D extends DType = DType, out S extends List = Shape> extends AnyTensor<D, S> {
  readonly kind: "shared";
}

export interface Inputs { readonly [name: string]: AnyInput }
/** A size that calls pass, among what a function takes. */
export interface PassedSize { readonly kind: "size" }

/** What a function takes: its inputs, and the sizes that are passed. */
export type WithSizes<I, Z extends readonly string[]> = [Z[number]] extends [never] ? I : I & { readonly [K in Z[number]]: PassedSize };
/** Marks an input that calls may leave out. */
export interface Defaulted { readonly isDefaulted: true }
/** Default values, by the names of inputs. */
export type Defaults<I extends Inputs> = { readonly [K in keyof I]?: Feed<I[K]["dtype"], ShapeOf<I[K]>> };
/** What a function takes, when some of its inputs have defaults. */
export type WithDefaults<I, D> = [keyof D] extends [never] ? I : { readonly [K in keyof I]: K extends keyof D ? I[K] & Defaulted : I[K] };

export type Outputs = AnyTensor | { readonly [name: string]: AnyTensor };

/** Carries a function's inputs and outputs in its type; there is no such property when the program runs. */
export declare const signature: unique symbol;

/** What all function definitions have in common. */
export interface AnyFn<out I = unknown, out O = unknown> { readonly [signature]: readonly [I, O] }

/** Inputs that calls may leave out. */
export type DefaultedKeys<I> = { [K in keyof I]: I[K] extends Defaulted ? K : never }[keyof I];
type FeedOf<T> = T extends AnyTensor<infer D, infer S> ? Feed<D, S> : T extends PassedSize ? number : never;

/** What a call takes: one value per input, under the inputs' names, and the sizes that are passed. */
export type Feeds<I> = [DefaultedKeys<I>] extends [never] ? { readonly [K in keyof I]: FeedOf<I[K]> }
  : { readonly [K in Exclude<keyof I, DefaultedKeys<I>>]: FeedOf<I[K]> } & { readonly [K in DefaultedKeys<I>]?: FeedOf<I[K]> };

/** What a call gives: one value, or one per output under the outputs' names. */
export type Results<O> = O extends AnyTensor<infer D, infer S> ? Value<D, S>
  : { readonly [K in keyof O]: O[K] extends AnyTensor<infer D, infer S> ? Value<D, S> : never };

/** The callable that a function definition becomes. */
export type Compiled<F> = F extends AnyFn<infer I, infer O>
  ? [Exclude<keyof I, DefaultedKeys<I>>] extends [never] ? (inputs?: Feeds<I>) => Results<O> : (inputs: Feeds<I>) => Results<O>
  : never;

/** What is compiled: a function, or several by name. */
export type Definitions = AnyFn | { readonly [name: string]: AnyFn };

/** [], or the message if a function's name is one that the model needs for its own members. */
export type FreeNames<M extends Definitions, Reserved extends string> =
  M extends AnyFn ? []
  : [keyof M & Reserved] extends [never] ? [] : `the name ${keyof M & Reserved} belongs to the model itself`;
