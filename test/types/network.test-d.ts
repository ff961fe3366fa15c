// Layers and losses.

import { is, loose, tensor } from "./assert.ts";
import type { Tensor } from "damo";
import { batchNormTrain, categoricalCrossEntropy, layerNorm, mse, softmaxCrossEntropy } from "damo";

const y = tensor(["batch"], "i32");
const logits = tensor(["batch", 10]);
const image = tensor([32, 28, 28, 3]);

is<Tensor<"f32", ["batch"]>>()(softmaxCrossEntropy(logits, y));
is<Tensor<"f64", ["b", "t"]>>()(softmaxCrossEntropy(tensor(["b", "t", 50257], "f64"), tensor(["b", "t"], "u8")));
is<Tensor<"f32", ["batch"]>>()(softmaxCrossEntropy(loose, y));
is<Tensor<"f32", ["batch"]>>()(categoricalCrossEntropy(logits, logits.softmax()));
// @ts-expect-error '"softmaxCrossEntropy: needs integers, not f32"'
softmaxCrossEntropy(logits, tensor(["batch"]));
// @ts-expect-error '"softmaxCrossEntropy: labels of shape [batch, 10] for logits of shape [batch, 10]"'
softmaxCrossEntropy(logits, tensor(["batch", 10], "i32"));
// @ts-expect-error '"categoricalCrossEntropy: targets of shape [batch, 9] for logits of shape [batch, 10]"'
categoricalCrossEntropy(logits, tensor(["batch", 9]));

is<Tensor<"f32", []>>()(mse(logits, 0));
// @ts-expect-error '"mse: shapes [batch, 10] and [9] do not broadcast: 10 against 9"'
mse(logits, tensor([9]));

is<Tensor<"f32", ["batch", 10]>>()(layerNorm(logits));
is<Tensor<"f32", ["batch", 10]>>()(layerNorm(logits, tensor([10]), tensor([10]), { axis: -1, epsilon: 1e-6 }));
// @ts-expect-error '"layerNorm: a parameter of shape [9] for shape [batch, 10]"'
layerNorm(logits, tensor([9]));
// @ts-expect-error '"layerNorm: axis 2 is out of range for rank 2, shape [batch, 10]"'
layerNorm(logits, tensor([10]), tensor([10]), { axis: 2 });
is<Tensor<"f32", [3]>>()(batchNormTrain(image, tensor([3]), 0).mean);
is<Tensor<"f32", [32, 28, 28, 3]>>()(batchNormTrain(image, 1, tensor([28]), { axis: 1 }).output);
// @ts-expect-error '"batchNormTrain: a parameter of shape [4] for [3] channels"'
batchNormTrain(image, tensor([4]), 0);
