// Trees of tensors, in which loops and branches take and give their values, and what a loop makes of them.

import type { AnyTensor, DType, List, Operand, OwnDType, Shape, ShapeOf } from "../types/index.ts";
import type { Tensor } from "../tensor.ts";

/** A tensor or number, or lists and records of trees: only the outermost level is looked at here, deeper ones when the graph is built. */
export type Tree = Operand | object;

/** The tree with every number a tensor. */
export type Traced<T> = T extends Operand ? Tensor<OwnDType<T>, ShapeOf<T>>
  : { -readonly [K in keyof T]: Traced<T[K]> };

/** What may come back where T is carried: of the same form and dtypes. Shapes are compared when the graph is built. */
export type Like<T> = T extends Operand ? AnyTensor<OwnDType<T>> | Extract<Operand, number | bigint | boolean>
  : { readonly [K in keyof T]: Like<T[K]> };

type Tail<S extends List> = S extends readonly [unknown, ...infer R] ? R : Shape;
/** The tree with the first axis of every tensor taken off. */
export type Slices<T> = T extends AnyTensor<infer D, infer S> ? Tensor<D, Tail<S>>
  : T extends null | undefined ? undefined : { -readonly [K in keyof T]: Slices<T[K]> };

/** The tree with an axis of size N in front of every tensor. */
export type Stacks<T, N> = T extends Operand ? Tensor<OwnDType<T>, ShapeOf<T> extends infer S extends List ? (number extends S["length"] ? Shape : [N, ...S]) : Shape>
  : T extends null | undefined | void ? undefined : { -readonly [K in keyof T]: Stacks<T[K], N> };

/** The size of the first axis of the tree's first tensor. */
export type Lead<T> = T extends AnyTensor<DType, infer S> ? (S extends readonly [infer N, ...unknown[]] ? N : number)
  : T extends readonly [infer H, ...unknown[]] ? Lead<H> : number;
