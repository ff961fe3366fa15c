// Contractions as functions: dot, matmul, outer, tensordot, einsum.

import * as contraction from "../ops/contraction.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type {
  AnyTensor, Arg, Arithmetic, Dot, Einsum, Ok, Outer, PromoteAll, PromoteOf, ShapeOf, ShapesOf, Tensordot,
  TensordotAxes,
} from "../types/index.ts";

export interface Product<Op extends string> {
  <A extends AnyTensor, B extends AnyTensor>(a: A, b: Arg<Op, Dot<ShapeOf<A>, ShapeOf<B>>, B>): Tensor<Arithmetic<PromoteOf<A, B>>, Ok<Dot<ShapeOf<A>, ShapeOf<B>>>>;
}
export const dot: Product<"dot"> = lift(contraction.dot);
export const matmul: Product<"matmul"> = lift(contraction.matmul);
export const outer: {
  <A extends AnyTensor, B extends AnyTensor>(a: A, b: B): Tensor<Arithmetic<PromoteOf<A, B>>, Outer<ShapeOf<A>, ShapeOf<B>>>;
} = lift(contraction.outer);
export const tensordot: {
  <A extends AnyTensor, B extends AnyTensor, const N extends TensordotAxes = 2>(
  a: A, b: Arg<"tensordot", Tensordot<ShapeOf<A>, ShapeOf<B>, N>, B>, axes?: N): Tensor<Arithmetic<PromoteOf<A, B>>, Ok<Tensordot<ShapeOf<A>, ShapeOf<B>, N>>>;
} = lift(contraction.tensordot);
export const einsum: {
  <const Spec extends string, const L extends readonly AnyTensor[]>(
  specification: Arg<"einsum", Einsum<Spec, ShapesOf<L>>, Spec>, ...operands: L): Tensor<Arithmetic<PromoteAll<DTypesOf<L>>>, Ok<Einsum<Spec, ShapesOf<L>>>>;
} = lift(contraction.einsum);
export type DTypesOf<L extends readonly AnyTensor[]> = { [K in keyof L]: L[K]["dtype"] };
