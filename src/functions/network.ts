// Losses and normalisation.

import * as loss from "../composites/loss.ts";
import * as normalization from "../composites/normalization.ts";
import { lift, liftRecord } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { Binary } from "./elementwise.ts";
import type {
  AlongAxis, AnyTensor, Arg, AxisArg, BroadcastOf, Float, NeedBool, NeedInteger, Ok, Operand, Parameter, PerChannel, PerClass,
  PerLabel, PromoteOf, ShapeOf, VectorOf,
} from "../types/index.ts";

export interface LossByLabel<Op extends string> {
  <T extends AnyTensor, Y extends AnyTensor>(
    logits: T, labels: Arg<Op, NeedInteger<Y["dtype"]>, Arg<Op, PerLabel<ShapeOf<T>, ShapeOf<Y>>, Y>>): Tensor<Float<T["dtype"]>, Ok<PerLabel<ShapeOf<T>, ShapeOf<Y>>>>;
}
/** The mean over all elements. */
export interface MeanLoss<Op extends string> {
  <A extends Operand, B extends Operand>(predictions: A, targets: Arg<Op, BroadcastOf<A, B>, B>): Tensor<Float<PromoteOf<A, B>>, []>;
}
/** -log softmax(logits)[label], one per label. */
export const softmaxCrossEntropy: LossByLabel<"softmaxCrossEntropy"> = lift(loss.softmaxCrossEntropy);
/** -log(probabilities)[label], one per label. */
export const crossEntropyOfLabels: LossByLabel<"crossEntropyOfLabels"> = lift(loss.crossEntropyOfLabels);
/** -sum(targets * log softmax(logits)) over the last axis. */
export const categoricalCrossEntropy: {
  <T extends AnyTensor, Y extends AnyTensor>(
  logits: T, targets: Arg<"categoricalCrossEntropy", PerClass<ShapeOf<T>, ShapeOf<Y>>, Y>): Tensor<Float<PromoteOf<T, Y>>, Ok<PerClass<ShapeOf<T>, ShapeOf<Y>>>>;
} = lift(loss.categoricalCrossEntropy);
export const binaryCrossEntropy: Binary<"binaryCrossEntropy", "float"> = lift(loss.binaryCrossEntropy);
export const binaryCrossEntropyWithLogits: Binary<"binaryCrossEntropyWithLogits", "float"> = lift(loss.binaryCrossEntropyWithLogits);
export const mse: MeanLoss<"mse"> = lift(loss.mse);
export const mae: MeanLoss<"mae"> = lift(loss.mae);
export const huber: {
  <A extends Operand, B extends Operand>(predictions: A, targets: Arg<"huber", BroadcastOf<A, B>, B>, delta?: number): Tensor<Float<PromoteOf<A, B>>, []>;
} = lift(loss.huber);

export const layerNorm: {
  <T extends AnyTensor, G extends Operand = 1, B extends Operand = 0, const A extends AxisArg = -1>(
  x: T, scale?: Arg<"layerNorm", Parameter<ShapeOf<T>, ShapeOf<G>>, G>, offset?: Arg<"layerNorm", Parameter<ShapeOf<T>, ShapeOf<B>>, B>,
  options?: { readonly axis?: Arg<"layerNorm", AlongAxis<ShapeOf<T>, A>, A>; readonly epsilon?: number }): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
} = lift(normalization.layerNorm);

export type ChannelArg<Op extends string, T extends AnyTensor, A extends number, P extends Operand> = Arg<Op, PerChannel<ShapeOf<T>, A, ShapeOf<P>>, P>;
export interface ChannelOptions<A extends number> { readonly axis?: A; readonly epsilon?: number }
export const batchNormTrain: {
  <T extends AnyTensor, G extends Operand, B extends Operand, const A extends number = -1>(
  x: T, scale: ChannelArg<"batchNormTrain", T, A, G>, offset: ChannelArg<"batchNormTrain", T, A, B>, options?: ChannelOptions<A>,
): { readonly output: Tensor<Float<T["dtype"]>, ShapeOf<T>>; readonly mean: Tensor<Float<T["dtype"]>, Ok<VectorOf<ShapeOf<T>, A>>>; readonly variance: Tensor<Float<T["dtype"]>, Ok<VectorOf<ShapeOf<T>, A>>> };
} = liftRecord(normalization.batchNormTrain);
export const batchNormInfer: {
  <T extends AnyTensor, M extends Operand, V extends Operand, G extends Operand, B extends Operand, const A extends number = -1>(
  x: T, mean: ChannelArg<"batchNormInfer", T, A, M>, variance: ChannelArg<"batchNormInfer", T, A, V>,
  scale: ChannelArg<"batchNormInfer", T, A, G>, offset: ChannelArg<"batchNormInfer", T, A, B>, options?: ChannelOptions<A>): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
} = lift(normalization.batchNormInfer);

/** Elements stay where the mask holds, divided by 1 - rate; the others are 0. */
export const dropout: {
  <T extends AnyTensor, M extends AnyTensor>(
    x: T, mask: Arg<"dropout", NeedBool<M["dtype"]>, Arg<"dropout", Parameter<ShapeOf<T>, ShapeOf<M>>, M>>, rate: number): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
} = lift(normalization.dropout);
