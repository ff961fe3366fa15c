// Convolution and pooling over 1 to 3 spatial axes: ranks and channels are checked by the types, spatial sizes are `number`.

import * as convolution from "../composites/convolution.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type {
  AnyTensor, Arg, Arithmetic, Channels, Convolve, Ok, Padding, Pool, PromoteOf, ResultDType, ResultKind, Shape, ShapeOf,
} from "../types/index.ts";

export interface ConvOptions<C extends Channels, G extends number> {
  /** 1 unless said otherwise. */
  readonly stride?: number | readonly number[];
  /** `valid` (the default): none; `same`: the result has ceil(size / stride) places; `full`: every overlap; or how much. */
  readonly padding?: "valid" | "same" | "full" | number | Padding;
  readonly dilation?: number | readonly number[];
  /** `last` (the default): [N, ..., C] with filters [..., C / groups, O]; `first`: [N, C, ...] with [O, C / groups, ...]. */
  readonly channels?: C;
  readonly groups?: G;
}

/** Cross-correlation, as everywhere in the field. */
export interface Convolution<Op extends string, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, W extends AnyTensor, C extends Channels = "last", G extends number = 1>(
    x: T, filters: Arg<Op, Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>, W>, options?: ConvOptions<C, G>,
  ): Tensor<Arithmetic<PromoteOf<T, W>>, Ok<Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>>>;
}
export const conv1d: Convolution<"conv1d", 1> = lift(convolution.conv1d);
export const conv2d: Convolution<"conv2d", 2> = lift(convolution.conv2d);
export const conv3d: Convolution<"conv3d", 3> = lift(convolution.conv3d);

/** The transpose of the convolution with these filters and options: it carries that one's gradient back to its input, so
 *  the channels of x are the filters' outputs. With `same` the result has size * stride places. */
export interface TransposedConvolution {
  <T extends AnyTensor, W extends AnyTensor>(x: T, filters: W, options?: ConvOptions<Channels, number>): Tensor<Arithmetic<PromoteOf<T, W>>, Shape>;
}
export const convTranspose1d: TransposedConvolution = lift(convolution.convTranspose1d);
export const convTranspose2d: TransposedConvolution = lift(convolution.convTranspose2d);
export const convTranspose3d: TransposedConvolution = lift(convolution.convTranspose3d);

export interface PoolOptions<C extends Channels> {
  /** The window unless said otherwise. */
  readonly stride?: number | readonly number[];
  readonly padding?: "valid" | "same" | number | Padding;
  readonly dilation?: number | readonly number[];
  readonly channels?: C;
}
export interface AveragePoolOptions<C extends Channels> extends PoolOptions<C> {
  /** Whether padding counts in the average. It does not unless said otherwise. */
  readonly countPadding?: boolean;
}

export interface Pooling<Op extends string, Kind extends ResultKind, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, C extends Channels = "last">(
    x: Arg<Op, Pool<ShapeOf<T>, Rank, C>, T>, window: number | readonly number[], options?: Kind extends "float" ? AveragePoolOptions<C> : PoolOptions<C>,
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Pool<ShapeOf<T>, Rank, C>>>;
}
export const maxPool1d: Pooling<"maxPool1d", "same", 1> = lift(convolution.maxPool1d);
export const maxPool2d: Pooling<"maxPool2d", "same", 2> = lift(convolution.maxPool2d);
export const maxPool3d: Pooling<"maxPool3d", "same", 3> = lift(convolution.maxPool3d);
export const avgPool1d: Pooling<"avgPool1d", "float", 1> = lift(convolution.avgPool1d);
export const avgPool2d: Pooling<"avgPool2d", "float", 2> = lift(convolution.avgPool2d);
export const avgPool3d: Pooling<"avgPool3d", "float", 3> = lift(convolution.avgPool3d);
