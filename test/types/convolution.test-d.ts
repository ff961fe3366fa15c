// Convolution and pooling: ranks and channels are checked, spatial sizes are `number`.

import { avgPool1d, conv1d, conv2d, conv3d, convTranspose2d, maxPool2d, maxPool3d, type Shape, type Tensor } from "damo";
import { is, tensor } from "./assert.ts";

const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", ["n", number, 8]>>()(conv1d(tensor(["n", 100, 4]), tensor([5, 4, 8])));
is<Tensor<"f32", [32, number, number, 16]>>()(conv2d(image, tensor([3, 3, 3, 16]), { padding: "same" }));
is<Tensor<"f32", ["n", 16, number, number]>>()(conv2d(tensor(["n", 3, 28, 28]), tensor([16, 3, 5, 5]), { channels: "first" }));
is<Tensor<"f32", [32, number, number, 6]>>()(conv2d(image, tensor([3, 3, 1, 6]), { groups: 3 }));
is<Tensor<"f32", [2, number, number, number, 8]>>()(conv3d(tensor([2, 6, 6, 6, 4]), tensor([3, 3, 3, 4, 8]), { stride: 2 }));
is<Tensor<"f32", Shape>>()(convTranspose2d(tensor([2, 6, 6, 8]), tensor([3, 3, 4, 8]), { stride: 2 }));
is<Tensor<"f32", [32, number, number, 3]>>()(maxPool2d(image, 2));
is<Tensor<"i32", [2, 3, number, number, number]>>()(maxPool3d(tensor([2, 3, 6, 6, 6], "i32"), 3, { channels: "first" }));
is<Tensor<"f32", [2, number, 3]>>()(avgPool1d(tensor([2, 6, 3]), 2, { stride: 1 }));
// @ts-expect-error '"conv2d: channels differ: 3 against 4"'
conv2d(image, tensor([3, 3, 4, 16]));
// @ts-expect-error '"conv2d: filters must have rank 4, their shape is [3, 3]"'
conv2d(image, tensor([3, 3]));
// @ts-expect-error '"maxPool2d: the input must have rank 4, its shape is [batch, 10]"'
maxPool2d(tensor(["batch", 10]), 2);
