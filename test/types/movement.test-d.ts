// Shape changes, indexing, lists of tensors.

import { is, loose, size, sizes, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";
import { concat, oneHot, setSubtensor, stack } from "damo";

const x = tensor(["batch", 784]);
const y = tensor(["batch"], "i32");
const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", [784, "batch"]>>()(x.transpose());
is<Tensor<"f32", [3, 32, 28, 28]>>()(image.transpose([3, 0, 1, 2]));
is<Tensor<"f32", [32, 28, 3, 28]>>()(image.transpose([0, -2, -1, 1]));
is<Tensor<"f32", [784, "batch"]>>()(x.swapAxes(0, -1));
is<Tensor<"f32", [32, 3, 28, 28]>>()(image.moveAxis(-1, 1));
// @ts-expect-error '"transpose: [0, 0] does not name each axis of [batch, 784] once"'
x.transpose([0, 0]);
// @ts-expect-error '"swapAxes: axis 2 is out of range for rank 2, shape [batch, 784]"'
x.swapAxes(0, 2);

is<Tensor<"f32", [32, 2352]>>()(image.reshape([32, 2352]));
is<Tensor<"f32", [32, 2352]>>()(image.reshape([32, -1]));
is<Tensor<"f32", [25088, 3]>>()(image.reshape([-1, 3]));
is<Tensor<"f32", [32, 2352]>>()(image.reshape([-1, 2352]));
is<Tensor<"f32", ["batch", 14, 28, 2]>>()(x.reshape(["batch", 14, -1, 2]));
is<Tensor<"f32", ["batch", 1, 784, 1]>>()(x.reshape(["batch", 1, -1, 1]));
is<Tensor<"f32", [784, "batch"]>>()(x.reshape([784, "batch"]));
is<Tensor<"f32", [28, 28, "batch"]>>()(x.transpose().reshape([28, 28, "batch"]));
is<Tensor<"f32", ["batch", 1]>>()(y.convert("f32").reshape([-1, 1]));
is<Tensor<"f32", ["batch", 28, 28, 1]>>()(x.reshape(["batch", 28, 28, 1]));
is<Tensor<"f32", Shape>>()(x.reshape(sizes));
is<Tensor<"f32", [1048576]>>()(tensor([1024, 1024]).flatten());
is<Tensor<"f32", [number]>>()(x.flatten());
is<Tensor<"i32", ["batch"]>>()(y.flatten());
// @ts-expect-error '"reshape: [32, 28, 28, 3] does not fit [32, 784]: 2352 elements against 784"'
image.reshape([32, 784]);
// @ts-expect-error '"reshape: [batch, 784] does not fit [batch, -1, 10]: 784 elements do not divide by 10"'
x.reshape(["batch", -1, 10]);
// @ts-expect-error '"reshape: [784, batch] does not fit [28, 27, batch]: 784 elements against 756"'
x.transpose().reshape([28, 27, "batch"]);
// @ts-expect-error '"reshape: [batch, 784] does not fit [batch, 28, 27]: 784 elements against 756"'
x.reshape(["batch", 28, 27]);

is<Tensor<"f32", ["batch", 1, 784]>>()(x.expandDims(1));
is<Tensor<"f32", ["batch", 784, 1]>>()(x.expandDims(-1));
is<Tensor<"f32", ["batch", 784]>>()(x.expandDims(-1).squeeze(2));
is<Tensor<"f32", [3]>>()(tensor([1, 3, 1]).squeeze([0, -1]));
is<Tensor<"f32", ["n", 3]>>()(tensor([1, "n", 3, 1]).squeeze());
is<Tensor<"f32", [32, "batch", 784]>>()(x.broadcastTo([32, "batch", 784]));
is<Tensor<"f32", [4, 3]>>()(tensor([1, 3]).broadcastTo([4, 3]));
// @ts-expect-error '"squeeze: axis 1 has size 784, not 1, in shape [batch, 784]"'
x.squeeze(1);
// @ts-expect-error '"squeeze: axis 0 has size batch, not 1, in shape [batch, 784]"'
x.squeeze(0);
// @ts-expect-error '"broadcastTo: [4, 3] does not stretch to [1, 3]"'
tensor([4, 3]).broadcastTo([1, 3]);
// @ts-expect-error '"broadcastTo: [4, 3] has more axes than [3]"'
tensor([4, 3]).broadcastTo([3]);
// @ts-expect-error '"broadcastTo: [4, 3] does not stretch to [4, 5]"'
tensor([4, 3]).broadcastTo([4, 5]);

is<Tensor<"f32", ["batch", number]>>()(x.slice(1, 0, 10));
is<Tensor<"f32", [28, 28, 3]>>()(image.at(0));
is<Tensor<"f32", [32, 28, 28]>>()(image.at("...", 0));
is<Tensor<"f32", [32, number, 1, 28]>>()(image.at(":", { start: 1 }, null, "...", -1));
is<Tensor<"f32", ["batch", 28, 28, 3]>>()(image.at(y));
is<Tensor<"f32", [32, "batch", 28, 3]>>()(image.at(":", y));
is<Tensor<"f32", Shape>>()(image.at(y, y));
is<Tensor<"f32", Shape>>()(image.at(0, ":", y));
is<Tensor<"f32", [28, 28, 3]>>()(image.at(tensor([], "i32")));
is<Tensor<"f32", ["batch", 784]>>()(setSubtensor(x, [x.gt(0)], 0));
is<Tensor<"f32", ["batch", 784]>>()(setSubtensor(x, [y.gt(0)], tensor([784])));
is<Tensor<"f32", ["batch", 784]>>()(setSubtensor(x, [0, ":"], tensor([784])));
is<Tensor<"f32", ["batch", 784]>>()(setSubtensor(x, [{ stop: 3 }], 0));
// @ts-expect-error '"at: 3 indices for shape [batch, 784]"'
x.at(0, ":", 1);
// @ts-expect-error '"at: an index needs integers, not bool"'
x.at(x.gt(0));
// @ts-expect-error '"setSubtensor: a mask of shape [batch, 10] for shape [batch, 784]"'
setSubtensor(x, [tensor(["batch", 10], "bool")], 0);
// @ts-expect-error '"at: ... stands twice in the index"'
x.at("...", "...");
// @ts-expect-error '"setSubtensor: a value of shape [10] does not fit the place of shape [784]"'
setSubtensor(x, [0], tensor([10]));

is<Tensor<"f32", ["batch", 64]>>()(tensor([1000, 64]).take(y, 0));
is<Tensor<"f32", ["batch"]>>()(tensor([1000, 64]).take(y));
is<Tensor<"f32", ["batch", 1]>>()(x.takeAlongAxis(y.expandDims(1), 1));
is<Tensor<"f32", ["batch", 5]>>()(x.takeAlongAxis(tensor([1, 5], "i32"), 1));
// @ts-expect-error '"take: axis 2 is out of range for rank 2, shape [batch, 784]"'
x.take(y, 2);
// @ts-expect-error '"take: needs integers, not f32"'
x.take(x, 0);
// @ts-expect-error '"takeAlongAxis: indices of shape [batch] for shape [batch, 784]: ranks differ"'
x.takeAlongAxis(y, 1);

is<Tensor<"f32", ["batch", 794]>>()(concat([x, tensor(["batch", 10])], 1));
is<Tensor<"f32", [number, 784]>>()(concat([x, x], 0));
is<Tensor<"f64", [number]>>()(concat([y, tensor([3], "f64")]));
is<Tensor<"f32", ["batch", 2, 784]>>()(stack([x, x], 1));
is<Tensor<"f32", Shape>>()(concat([x, loose], 1));
is<Tensor<"f32", Shape>>()(concat([x, x] as Tensor<"f32", ["batch", 784]>[]));
// @ts-expect-error '"concat: ranks differ: [batch, 784] and [batch]"'
concat([x, y]);
// @ts-expect-error '"concat: shapes [784, 512] and [10, 5] differ beside axis 0"'
concat([tensor([784, 512]), tensor([10, 5])], 0);
// @ts-expect-error '"concat: axis 2 is out of range for rank 2, shape [batch, 784]"'
concat([x, x], 2);
// @ts-expect-error '"stack: shapes [batch, 784] and [batch] differ"'
stack([x, y]);

is<[Tensor<"f32", ["batch", 392]>, Tensor<"f32", ["batch", 392]>]>()(x.split(2, 1));
is<[Tensor<"i32", [number]>, Tensor<"i32", [number]>]>()(tensor(["2*n"], "i32").split(2));
is<[Tensor<"f32", ["batch", number]>, Tensor<"f32", ["batch", number]>]>()(x.split([100], 1));
is<Tensor<"f32", [number, 784]>[]>()(x.split(size));
// @ts-expect-error '"split: axis 1 of size 784 does not split into 3 equal parts"'
x.split(3, 1);
// @ts-expect-error '"split: axis 0 of size batch does not split into 2 equal parts"'
x.split(2);
// @ts-expect-error '"split: axis 5 is out of range for rank 2, shape [batch, 784]"'
x.split(2, 5);

is<Tensor<"f32", [6, 12]>>()(tensor([3, 4]).tile([2, 3]));
is<Tensor<"f32", [2, 3, 12]>>()(tensor([3, 4]).tile([2, 1, 3]));
is<Tensor<"f32", ["batch", 1568]>>()(x.repeat(2, 1));
is<Tensor<"f32", [32, 30, 31, 3]>>()(image.pad([[0, 0], [1, 1], [1, 2], [0, 0]]));
is<Tensor<"f32", ["batch", 10]>>()(oneHot(y, 10));
is<Tensor<"f32", ["batch", 784]>>()(x.tril(-1));
// @ts-expect-error '"pad: 1 pairs for shape [batch, 784]"'
x.pad([[0, 1]]);
// @ts-expect-error '"oneHot: needs integers, not f32"'
oneHot(x, 10);
// @ts-expect-error of type '"tril: needs at least 2 axes, the shape is [batch]"'
y.tril();
