// A convolutional net after LeNet-5 (LeCun et al., 1998) for digits of 28 x 28 pixels, with ReLU and max pooling.

import { conv2d, fn, input, maxPool2d, sgd, softmaxCrossEntropy, type Tensor } from "damo";
import { constantParameter, type Parameter, toVariables, uniformParameter } from "./parameter.ts";

export const lenet = { batch: 128, image: [28, 28, 1], classes: 10, rate: 0.05 } as const;

export function lenetParameters(): Parameter[] {
  return [
    uniformParameter("c1", [5, 5, 1, 20], 0.2, 1), constantParameter("b1", [20], 0),
    uniformParameter("c2", [5, 5, 20, 50], 0.06, 2), constantParameter("b2", [50], 0),
    uniformParameter("w3", [800, 500], 0.05, 3), constantParameter("b3", [500], 0),
    uniformParameter("w4", [500, 10], 0.06, 4), constantParameter("b4", [10], 0),
  ];
}

export function defineLenet() {
  const { all: parameters, get } = toVariables(lenetParameters());
  const x = input("x", ["batch", ...lenet.image]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const first: Tensor = maxPool2d(conv2d(x, get("c1")).add(get("b1")).relu(), 2);
  const second: Tensor = maxPool2d(conv2d(first, get("c2")).add(get("b2")).relu(), 2);
  const logits = second.reshape([-1, 800]).dot(get("w3")).add(get("b3")).relu().dot(get("w4")).add(get("b4"));
  const cost = softmaxCrossEntropy(logits, y).mean();
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: lenet.rate }) }),
    predict: fn({ inputs: { x }, outputs: { p: logits.softmax() } }),
  };
}
