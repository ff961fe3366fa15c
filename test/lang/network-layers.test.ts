// Activations, losses, normalisation, convolution and pooling have the values of their definitions, on every target.
// fixtures/network_layers.py wrote the definitions out in NumPy.
import { readFileSync } from "node:fs";
import {
  avgPool2d, batchNormInfer, batchNormTrain, binaryCrossEntropy, binaryCrossEntropyWithLogits, categoricalCrossEntropy, compile, constant, conv1d,
  conv2d, convTranspose1d, crossEntropyOfLabels, dropout, elu, fn, gelu, hardSigmoid, huber, layerNorm, leakyRelu, linspace, logSigmoid, mae,
  maxPool2d, mse, oneHot, selu, silu, softmaxCrossEntropy, softplus, softsign, type Tensor,
} from "damo";
import { describe, expect, test } from "vitest";

interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const { inputs, results } = JSON.parse(readFileSync(new URL("fixtures/network-layers.json", import.meta.url), "utf8")) as {
  readonly inputs: { readonly [name: string]: Dense };
  readonly results: { readonly [name: string]: Dense };
};

/** As a constant of loose shape: what the layers are given is not known to their types here. */
function given(name: string): Tensor<"f64"> {
  const { shape, data } = inputs[name]!;
  return constant({ data: Float64Array.from(data), shape }) as unknown as Tensor<"f64">;
}
const [x, t, y, scale, offset, classes] = ["x", "t", "y", "scale", "offset", "classes"].map(given) as [Tensor<"f64">, Tensor<"f64">, Tensor<"f64">, Tensor<"f64">, Tensor<"f64">, Tensor<"f64">];
const [image, filters, grouped, signal, taps] = ["image", "filters", "grouped", "signal", "taps"].map(given) as [Tensor<"f64">, Tensor<"f64">, Tensor<"f64">, Tensor<"f64">, Tensor<"f64">];
const labels = constant([2, 0, 3], { dtype: "i32" });

const layers: { readonly [name: string]: Tensor } = {
  "relu": x.relu(),
  "leakyRelu": leakyRelu(x, 0.2),
  "elu": elu(x, 1.5),
  "selu": selu(x),
  "gelu": gelu(x),
  "gelu by tanh": gelu(x, { approximate: true }),
  "silu": silu(x),
  "softplus": softplus(x),
  "logSigmoid": logSigmoid(x),
  "softsign": softsign(x),
  "hardSigmoid": hardSigmoid(x),
  "softmax": x.softmax(),
  "softmax of two axes": x.softmax([0, 1]),
  "logSoftmax": x.logSoftmax(),
  "logSumExp": x.logSumExp(0),
  "softmaxCrossEntropy": softmaxCrossEntropy(x, labels),
  "crossEntropyOfLabels": crossEntropyOfLabels(classes, labels),
  "categoricalCrossEntropy": categoricalCrossEntropy(x, classes),
  "binaryCrossEntropy": binaryCrossEntropy(x.sigmoid(), t),
  "binaryCrossEntropyWithLogits": binaryCrossEntropyWithLogits(x, t),
  "mse": mse(x, y),
  "mae": mae(x, y),
  "huber": huber(x, y, 1.25),
  "oneHot": oneHot(labels, 4, { dtype: "f64" }),
  "dropout": dropout(x, t.gt(0.5), 0.25),
  "layerNorm": layerNorm(x, scale, offset),
  "batchNormTrain": batchNormTrain(x, scale, offset).output,
  "batchNormInfer": batchNormInfer(x, offset, scale.mul(scale), scale, 1),
  "linspace": linspace(-1, 2, 7, { dtype: "f64" }),
  "conv2d": conv2d(image, filters),
  "conv2d same with stride": conv2d(image, filters, { padding: "same", stride: 2 }),
  "conv2d full": conv2d(image, filters, { padding: "full" }),
  "conv2d dilated and padded": conv2d(image, filters, { stride: [1, 2], padding: [[2, 1], [0, 3]], dilation: [2, 1] }),
  "conv2d in groups": conv2d(image, grouped, { groups: 2 }),
  "conv2d with channels first": conv2d(image.transpose([0, 3, 1, 2]), filters.transpose([3, 2, 0, 1]), { channels: "first" }),
  "conv1d": conv1d(signal, taps, { padding: "same" }),
  "convTranspose1d": convTranspose1d(signal.at("...", { stop: 2 }), taps, { stride: 2 }),
  "convTranspose1d same": convTranspose1d(signal.at("...", { stop: 2 }), taps, { stride: 2, padding: "same" }),
  "maxPool2d": maxPool2d(image, [2, 3]),
  "maxPool2d padded": maxPool2d(image, 3, { stride: 2, padding: 1 }),
  "avgPool2d": avgPool2d(image, 2, { stride: 1 }),
  "avgPool2d padded": avgPool2d(image, 3, { stride: 2, padding: 1 }),
  "avgPool2d counting padding": avgPool2d(image, 3, { stride: 2, padding: 1, countPadding: true }),
};

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test.each(Object.keys(results))("%s", async (name) => {
    const result = (await compile(fn({ inputs: {}, outputs: { result: layers[name]! } }), { target }))().result;
    const expected = results[name]!;
    expect(result.shape).toEqual(expected.shape);
    const actual = [...(result.data as Float64Array)];
    // A few roundings of f64, in sums of up to 36 products.
    expect(Math.max(...expected.data.map((value, i) => Math.abs(actual[i]! - value) / Math.max(1, Math.abs(value))))).toBeLessThan(1e-13);
  });
});

test("every result of the fixture has its layer", () => {
  expect(Object.keys(layers).sort()).toEqual(Object.keys(results).sort());
});
