// Convolution and pooling over 1 to 3 spatial axes: the types check ranks and channels, and know the
// spatial sizes where window, stride and padding are literals.

import * as convolution from "../composites/convolution.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type {
  AnyTensor, Arg, Arithmetic, ConvWindowing, Convolve, Ok, Only, Pool, PromoteOf, ResultDType, ResultKind, Shape, ShapeOf, Windowing,
} from "../types/index.ts";

/** Cross-correlation, as everywhere in the field. */
export interface Convolution<Op extends string, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, W extends AnyTensor, const O extends ConvWindowing = {}>(
    x: T, filters: Arg<Op, Convolve<ShapeOf<T>, ShapeOf<W>, Rank, O>, W>, options?: Only<O, ConvWindowing>,
  ): Tensor<Arithmetic<PromoteOf<T, W>>, Ok<Convolve<ShapeOf<T>, ShapeOf<W>, Rank, O>>>;
}
export const conv1d: Convolution<"conv1d", 1> = lift(convolution.conv1d);
export const conv2d: Convolution<"conv2d", 2> = lift(convolution.conv2d);
export const conv3d: Convolution<"conv3d", 3> = lift(convolution.conv3d);

/** The transpose of the convolution with these filters and options: it carries that one's gradient back to its input, so
 *  the channels of x are the filters' outputs. With `same` the result has size * stride places. */
export interface TransposedConvolution {
  <T extends AnyTensor, W extends AnyTensor>(x: T, filters: W, options?: ConvWindowing): Tensor<Arithmetic<PromoteOf<T, W>>, Shape>;
}
export const convTranspose1d: TransposedConvolution = lift(convolution.convTranspose1d);
export const convTranspose2d: TransposedConvolution = lift(convolution.convTranspose2d);
export const convTranspose3d: TransposedConvolution = lift(convolution.convTranspose3d);

export interface AverageWindowing extends Windowing {
  /** Whether padding counts in the average. It does not unless said otherwise. */
  readonly countPadding?: boolean;
}

export interface Pooling<Op extends string, Kind extends ResultKind, Rank extends 1 | 2 | 3, Options extends Windowing> {
  <T extends AnyTensor, const N extends number | readonly number[], const O extends Options = {} & Options>(
    x: Arg<Op, Pool<ShapeOf<T>, Rank, N, O>, T>, window: N, options?: Only<O, Options>,
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Pool<ShapeOf<T>, Rank, N, O>>>;
}
export const maxPool1d: Pooling<"maxPool1d", "same", 1, Windowing> = lift(convolution.maxPool1d);
export const maxPool2d: Pooling<"maxPool2d", "same", 2, Windowing> = lift(convolution.maxPool2d);
export const maxPool3d: Pooling<"maxPool3d", "same", 3, Windowing> = lift(convolution.maxPool3d);
export const avgPool1d: Pooling<"avgPool1d", "float", 1, AverageWindowing> = lift(convolution.avgPool1d);
export const avgPool2d: Pooling<"avgPool2d", "float", 2, AverageWindowing> = lift(convolution.avgPool2d);
export const avgPool3d: Pooling<"avgPool3d", "float", 3, AverageWindowing> = lift(convolution.avgPool3d);
