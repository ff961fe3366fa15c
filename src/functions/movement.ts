// Operators that move elements, as functions, and writing to parts.

import * as indexing from "../indexing.ts";
import * as matrix from "../ops/matrix.ts";
import * as movement from "../ops/movement.ts";
import { compress as compressOf, type CompressOptions } from "../ops/compress.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { DTypesOf } from "./contraction.ts";
import type {
  AnyTensor, Arg, Args, At, AtLeast, AxisArg, BroadcastTo, Concat, DType, Dims, ExpandDims, Fits, Index, MoveAxis,
  NeedInteger, Ok, Operand, OwnDType, Pad, Padding, Part, Parts, Place, PromoteAll, Repeat, Reshape, Resize, Sections, Shape,
  ShapeOf, ShapesOf, Size, Squeeze, Stack, SwapAxes, Take, TakeAlong, Tile, Transpose, Weak,
} from "../types/index.ts";

export const transpose: {
  <T extends AnyTensor, const P extends readonly number[] | undefined = undefined>(
  x: T, axes?: Arg<"transpose", Transpose<ShapeOf<T>, P>, P>): Tensor<T["dtype"], Ok<Transpose<ShapeOf<T>, P>>>;
} = lift(movement.transpose);
export const swapAxes: {
  <T extends AnyTensor, const A extends number, const B extends number>(
  x: T, a: Arg<"swapAxes", SwapAxes<ShapeOf<T>, A, B>, A>, b: B): Tensor<T["dtype"], Ok<SwapAxes<ShapeOf<T>, A, B>>>;
} = lift(movement.swapAxes);
export const moveAxis: {
  <T extends AnyTensor, const A extends number, const B extends number>(
  x: T, from: Arg<"moveAxis", MoveAxis<ShapeOf<T>, A, B>, A>, to: B): Tensor<T["dtype"], Ok<MoveAxis<ShapeOf<T>, A, B>>>;
} = lift(movement.moveAxis);
export const reshape: {
  <T extends AnyTensor, const N extends Shape>(
  x: T, shape: Arg<"reshape", Reshape<ShapeOf<T>, N>, N>): Tensor<T["dtype"], Ok<Reshape<ShapeOf<T>, N>>>;
} = lift(movement.reshape);
export const flatten: {
  <T extends AnyTensor>(x: T): Tensor<T["dtype"], [Size<ShapeOf<T>>]>;
} = lift(movement.flatten);
export const expandDims: {
  <T extends AnyTensor, const A extends number>(
  x: T, axis: Arg<"expandDims", ExpandDims<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<ExpandDims<ShapeOf<T>, A>>>;
} = lift(movement.expandDims);
export const squeeze: {
  <T extends AnyTensor, const A extends AxisArg = null>(
  x: T, axis?: Arg<"squeeze", Squeeze<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Squeeze<ShapeOf<T>, A>>>;
} = lift(movement.squeeze);
export const broadcastTo: {
  <T extends Operand, const N extends Shape>(
  x: T, shape: Arg<"broadcastTo", BroadcastTo<ShapeOf<T>, N>, N>): Tensor<OwnDType<T>, Ok<BroadcastTo<ShapeOf<T>, N>>>;
} = lift(movement.broadcastTo);
export const assume: {
  <T extends AnyTensor, const N extends Shape>(x: T, shape: N): Tensor<T["dtype"], Dims<N>>;
} = lift(movement.assume);
export const slice: {
  <T extends AnyTensor, const A extends number>(
  x: T, axis: Arg<"slice", Resize<ShapeOf<T>, A>, A>, start: number, stop?: number | null, step?: number): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
} = lift(movement.slice);
export const at: {
  <T extends AnyTensor, const I extends readonly Index[]>(
  x: T, ...index: Args<"at", At<ShapeOf<T>, I>, I>): Tensor<T["dtype"], Ok<At<ShapeOf<T>, I>>>;
} = lift(indexing.at);

/** x with a value written to, or added at, an index: `setSubtensor(x, [0, ":"], row)`. */
export interface Write<Op extends string> {
  <T extends AnyTensor, const I extends readonly Index[], V extends Operand>(
    x: T, index: Arg<Op, Place<ShapeOf<T>, I>, I>, value: Arg<Op, Fits<Ok<Place<ShapeOf<T>, I>>, ShapeOf<V>>, V>): Tensor<T["dtype"], ShapeOf<T>>;
}
export const setSubtensor: Write<"setSubtensor"> = lift(indexing.setSubtensor);
export const incSubtensor: Write<"incSubtensor"> = lift(indexing.incSubtensor);
export const take: {
  <T extends AnyTensor, B extends AnyTensor, const A extends number | null = null>(
  x: T, indices: Arg<"take", NeedInteger<B["dtype"]>, B>, axis?: Arg<"take", Take<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<Take<ShapeOf<T>, ShapeOf<B>, A>>>;
} = lift(indexing.take);
export const takeAlongAxis: {
  <T extends AnyTensor, B extends AnyTensor, const A extends number>(
  x: T, indices: Arg<"takeAlongAxis", NeedInteger<B["dtype"]>, B>, axis: Arg<"takeAlongAxis", TakeAlong<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<TakeAlong<ShapeOf<T>, ShapeOf<B>, A>>>;
} = lift(indexing.takeAlongAxis);

/** The elements of x at which a condition of one axis holds, in `size` places: kept ones first, then `fillValue`. */
export const compress: {
  <T extends AnyTensor>(condition: AnyTensor<"bool">, x: T, options: CompressOptions): Tensor<T["dtype"]>;
} = lift(compressOf);

export const concat: {
  <const L extends readonly AnyTensor[], const A extends number = 0>(
  list: Arg<"concat", Concat<ShapesOf<L>, A>, L>, axis?: A): Tensor<PromoteAll<DTypesOf<L>>, Ok<Concat<ShapesOf<L>, A>>>;
} = lift(movement.concat);
export const stack: {
  <const L extends readonly AnyTensor[], const A extends number = 0>(
  list: Arg<"stack", Stack<ShapesOf<L>, A>, L>, axis?: A): Tensor<PromoteAll<DTypesOf<L>>, Ok<Stack<ShapesOf<L>, A>>>;
} = lift(movement.stack);
export const split: {
  <T extends AnyTensor, const N extends Sections, const A extends number = 0>(
  x: T, sections: Arg<"split", Part<ShapeOf<T>, N, A>, N>, axis?: A): Parts<Tensor<T["dtype"], Ok<Part<ShapeOf<T>, N, A>>>, N>;
} = lift(movement.split);
export const tile: {
  <T extends AnyTensor, const R extends readonly number[]>(x: T, reps: R): Tensor<T["dtype"], Tile<ShapeOf<T>, R>>;
} = lift(movement.tile);
export const repeat: {
  <T extends AnyTensor, const N extends number, const A extends number>(
  x: T, times: N, axis: Arg<"repeat", Repeat<ShapeOf<T>, A, N>, A>): Tensor<T["dtype"], Ok<Repeat<ShapeOf<T>, A, N>>>;
} = lift(movement.repeat);
export const pad: {
  <T extends AnyTensor, const P extends Padding>(
  x: T, widths: Arg<"pad", Pad<ShapeOf<T>, P>, P>, value?: Weak): Tensor<T["dtype"], Ok<Pad<ShapeOf<T>, P>>>;
} = lift(movement.pad);
export interface Triangle<Op extends string> {
  <T extends AnyTensor>(x: Arg<Op, AtLeast<ShapeOf<T>, 2>, T>, k?: number): Tensor<T["dtype"], ShapeOf<T>>;
}
export const tril: Triangle<"tril"> = lift(matrix.tril);
export const triu: Triangle<"triu"> = lift(matrix.triu);

/** A new last axis with 1 at the label's place. */
export const oneHot: {
  <T extends AnyTensor, const N extends number | string, D extends DType = "f32">(
  labels: Arg<"oneHot", NeedInteger<T["dtype"]>, T>, classes: N, options?: { readonly dtype?: D }): Tensor<NoInfer<D>, [...ShapeOf<T>, N]>;
} = lift(matrix.oneHot);
