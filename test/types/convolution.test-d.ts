// Convolution and pooling: ranks, channels and literal spatial sizes.

import { avgPool1d, conv1d, conv2d, conv3d, convTranspose2d, maxPool2d, maxPool3d, type Shape, type Tensor } from "damo";
import { is, size, tensor } from "./assert.ts";

const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", ["n", 96, 8]>>()(conv1d(tensor(["n", 100, 4]), tensor([5, 4, 8])));
is<Tensor<"f32", ["n", number, 8]>>()(conv1d(tensor(["n", 100, 4]), tensor([5, 4, 8]), { dilation: 2 }));
is<Tensor<"f32", [32, 28, 28, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: "same" }));
is<Tensor<"f32", [32, 14, 10, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: "same", stride: [2, 3] }));
is<Tensor<"f32", [32, 30, 30, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: "full" }));
is<Tensor<"f32", [32, 15, 15, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: 2, stride: 2 }));
is<Tensor<"f32", [32, number, number, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: [[1, 1], [0, 2]] }));
is<Tensor<"f32", ["n", "h", number, 16]>>()(conv2d(tensor(["n", "h", size, 3]), tensor([3, 3, 3, 16]), { padding: "same" }));
is<Tensor<"f32", ["n", number, 26, 16]>>()(conv2d(tensor(["n", "h", 28, 3]), tensor([3, 3, 3, 16])));
is<Tensor<"f32", ["n", 16, 24, 24]>>()(conv2d(tensor(["n", 3, 28, 28]), tensor([16, 3, 5, 5]), { channels: "first" }));
is<Tensor<"f32", [32, 26, 26, 6]>>()(conv2d(image, tensor([3, 3, 1, 6]), { groups: 3 }));
is<Tensor<"f32", [2, 2, 2, 2, 8]>>()(conv3d(tensor([2, 6, 6, 6, 4]), tensor([3, 3, 3, 4, 8]), { stride: 2 }));
is<Tensor<"f32", Shape>>()(convTranspose2d(tensor([2, 6, 6, 8]), tensor([3, 3, 4, 8]), { stride: 2 }));
is<Tensor<"f32", [32, 14, 14, 3]>>()(maxPool2d(image, 2));
is<Tensor<"f32", [32, 26, 9, 3]>>()(maxPool2d(image, [3, 3], { stride: [1, 3] }));
is<Tensor<"i32", [2, 3, 2, 2, 2]>>()(maxPool3d(tensor([2, 3, 6, 6, 6], "i32"), 3, { channels: "first" }));
is<Tensor<"f32", [2, 5, 3]>>()(avgPool1d(tensor([2, 6, 3]), 2, { stride: 1, countPadding: true }));
is<Tensor<"f32", ["n", 120]>>()(maxPool2d(conv2d(tensor(["n", 28, 28, 1]), tensor([5, 5, 1, 6])), 2).reshape(["n", -1]).dot(tensor([864, 120])));
// @ts-expect-error '"conv2d: channels differ: 3 against 4"'
conv2d(image, tensor([3, 3, 4, 16]));
// @ts-expect-error '"conv2d: filters must have rank 4, the shape is [3, 3]"'
conv2d(image, tensor([3, 3]));
// @ts-expect-error '"maxPool2d: the input must have rank 4, the shape is [batch, 10]"'
maxPool2d(tensor(["batch", 10]), 2);
