// Convolution and pooling: ranks and channels are checked, spatial sizes are `number`.

import type { AnyTensor, Arg, Arithmetic, Channels, Convolve, Ok, Padding, Pool, PromoteOf, ResultDType, ResultKind, ShapeOf, Tensor } from "damo";
import { is, tensor } from "./assert.ts";

interface ConvOptions<C extends Channels, G extends number> {
  readonly stride?: number | readonly number[];
  readonly padding?: "valid" | "same" | "full" | number | Padding;
  readonly dilation?: number | readonly number[];
  readonly channels?: C;
  readonly groups?: G;
}
interface Convolution<Op extends string, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, W extends AnyTensor, C extends Channels = "last", G extends number = 1>(
    x: T, filters: Arg<Op, Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>, W>, options?: ConvOptions<C, G>,
  ): Tensor<Arithmetic<PromoteOf<T, W>>, Ok<Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>>>;
}
declare const conv1d: Convolution<"conv1d", 1>;
declare const conv2d: Convolution<"conv2d", 2>;

interface PoolOptions<C extends Channels> {
  readonly stride?: number | readonly number[];
  readonly padding?: "valid" | "same" | number | Padding;
  readonly channels?: C;
}
interface Pooling<Op extends string, Kind extends ResultKind, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, C extends Channels = "last">(
    x: Arg<Op, Pool<ShapeOf<T>, Rank, C>, T>, window: number | readonly number[], options?: PoolOptions<C>,
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Pool<ShapeOf<T>, Rank, C>>>;
}
declare const maxPool2d: Pooling<"maxPool2d", "same", 2>;

const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", ["n", number, 8]>>()(conv1d(tensor(["n", 100, 4]), tensor([5, 4, 8])));
is<Tensor<"f32", [32, number, number, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: "same" }));
is<Tensor<"f32", ["n", 16, number, number]>>()(conv2d(tensor(["n", 3, 28, 28]), tensor([16, 3, 5, 5]), { channels: "first" }));
is<Tensor<"f32", [32, number, number, 6]>>()(conv2d(image, tensor([3, 3, 1, 6]), { groups: 3 }));
is<Tensor<"f32", [32, number, number, 3]>>()(maxPool2d(image, 2));
// @ts-expect-error '"conv2d: channels differ: 3 against 4"'
conv2d(image, tensor([3, 3, 4, 16]));
// @ts-expect-error '"conv2d: filters must have rank 4, their shape is [3, 3]"'
conv2d(image, tensor([3, 3]));
// @ts-expect-error '"maxPool2d: the input must have rank 4, its shape is [batch, 10]"'
maxPool2d(tensor(["batch", 10]), 2);
