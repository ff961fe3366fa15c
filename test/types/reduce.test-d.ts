// Reductions and operators along an axis.

import { axes, axis, is, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";

const x = tensor(["batch", 784]);
const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", []>>()(x.sum());
is<Tensor<"f32", ["batch"]>>()(x.mean(-1));
is<Tensor<"f32", ["batch", 1]>>()(x.max(1, { keepDims: true }));
is<Tensor<"f32", [1, 1]>>()(x.sum(null, { keepDims: true }));
is<Tensor<"f32", [32, 3]>>()(image.mean([1, -2]));
is<Tensor<"f32", [32, 1, 1, 3]>>()(image.var([1, -2], { keepDims: true, ddof: 1 }));
is<Tensor<"f32", [28, 28]>>()(image.logSumExp([0, 3]));
is<Tensor<"i32", ["batch"]>>()(x.argmax(-1));
is<Tensor<"i32", []>>()(x.argmin());
is<Tensor<"f32", Shape>>()(x.sum(axis));
is<Tensor<"f32", Shape>>()(x.sum(axes));
is<Tensor<"i32", []>>()(x.gt(0).sum());
is<Tensor<"i32", []>>()(tensor([3], "u8").sum());
is<Tensor<"u32", []>>()(tensor([3], "u32").prod());
is<Tensor<"u8", []>>()(tensor([3], "u8").max());
is<Tensor<"f32", []>>()(x.gt(0).mean());
is<Tensor<"f64", []>>()(tensor([3], "f64").std());
is<Tensor<"bool", ["batch"]>>()(x.gt(0).any(1));
// @ts-expect-error '"sum: axis 2 is out of range for rank 2, shape [batch, 784]"'
x.sum(2);
// @ts-expect-error '"mean: axis -5 is out of range for rank 4, shape [32, 28, 28, 3]"'
image.mean([0, -5]);
// @ts-expect-error '"argmax: axis 1 is out of range for rank 1, shape [3]"'
tensor([3]).argmax(1);
// @ts-expect-error '"sum: [0, -2] names an axis twice"'
x.sum([0, -2]);
// @ts-expect-error method's 'this' of type '"max: needs numbers, not bool"'
x.gt(0).max();
is<Tensor<"f32", ["batch", 784]>>()(x.sum([]));

is<Tensor<"f32", ["batch", 784]>>()(x.softmax());
is<Tensor<"f32", [32, 28, 28, 3]>>()(image.softmax([1, 2]));
is<Tensor<"f32", ["batch", 784]>>()(x.cumsum(1));
is<Tensor<"f32", [70560]>>()(tensor([90, 784]).cumsum());
is<Tensor<"i32", [3]>>()(tensor([3], "u8").cumprod(0));
is<Tensor<"u8", [3]>>()(tensor([3], "u8").cummax(0));
is<Tensor<"f32", ["batch", number]>>()(x.diff());
is<Tensor<"f32", ["batch", 784]>>()(x.flip().roll(3, 1));
// @ts-expect-error '"softmax: axis 3 is out of range for rank 2, shape [batch, 784]"'
x.softmax(3);
// @ts-expect-error '"cumsum: axis 2 is out of range for rank 2, shape [batch, 784]"'
x.cumsum(2);
// @ts-expect-error '"roll: axis 2 is out of range for rank 2, shape [batch, 784]"'
x.roll(1, 2);
