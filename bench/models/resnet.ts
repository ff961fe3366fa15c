// A small residual net (He et al., 2016) for images of 32 x 32 x 3: three blocks of two 3x3 convolutions with biases, a 1x1
// convolution where a block halves the image, and the mean over the image before the classes.

import { conv2d, fn, input, sgd, softmaxCrossEntropy, type Tensor } from "damo";
import { constantParameter, type Parameter, toVariables, uniformParameter } from "./parameter.ts";

export const resnet = { batch: 32, image: [32, 32, 3], classes: 10, channels: [16, 32, 64], rate: 0.05 } as const;

/** Filters and bias by turns, in the order of use; then the classifier. A block's parameters: two convolutions, and a third where it strides. */
export function resnetParameters(): Parameter[] {
  const parameters: Parameter[] = [];
  const convolution = (from: number, to: number, size: number): void => {
    const i = parameters.length;
    parameters.push(uniformParameter(`c${i}`, [size, size, from, to], Math.sqrt(6 / (from * size * size)), 20 + i), constantParameter(`b${i}`, [to], 0));
  };
  convolution(3, resnet.channels[0], 3);
  let from: number = resnet.channels[0];
  for (const to of resnet.channels) {
    convolution(from, to, 3);
    convolution(to, to, 3);
    if (from !== to) convolution(from, to, 1);
    from = to;
  }
  parameters.push(uniformParameter("w", [from, resnet.classes], 0.2, 50), constantParameter("b", [resnet.classes], 0));
  return parameters;
}

/** What an engine must do to run the net on parameters P and activations T. */
export interface Layers<P, T> {
  /** `same` padding, then the bias. */
  convolve(x: T, filters: P, bias: P, stride: number): T;
  relu(x: T): T;
  add(x: T, y: T): T;
  /** Means over the image, times weights, plus the bias. */
  classify(x: T, weights: P, bias: P): T;
}

/** The net's logits, once for all engines. */
export function resnetLogits<P, T>(image: T, parameters: readonly P[], layers: Layers<P, T>): T {
  let at = 0;
  const convolve = (x: T, stride: number): T => layers.convolve(x, parameters[at++]!, parameters[at++]!, stride);
  let x = layers.relu(convolve(image, 1));
  for (const channels of resnet.channels) {
    const stride = channels === resnet.channels[0] ? 1 : 2;
    const identity = x;
    const inner = convolve(layers.relu(convolve(x, stride)), 1);
    x = layers.relu(layers.add(inner, stride === 1 ? identity : convolve(identity, stride)));
  }
  return layers.classify(x, parameters[at++]!, parameters[at]!);
}

export function defineResnet() {
  const parameters = toVariables(resnetParameters()).all;
  const x = input("x", ["batch", ...resnet.image]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const logits = resnetLogits<Tensor<"f32">, Tensor>(x, parameters, {
    convolve: (image, filters, bias, stride) => conv2d(image, filters, { stride, padding: "same" }).add(bias),
    relu: (image) => image.relu(),
    add: (a, b) => a.add(b),
    classify: (image, weights, bias) => image.mean([1, 2]).dot(weights).add(bias),
  });
  const cost = softmaxCrossEntropy(logits, y).mean();
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: resnet.rate }) }),
    predict: fn({ inputs: { x }, outputs: { p: logits.softmax() } }),
  };
}
