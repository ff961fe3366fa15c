// A multilayer perceptron with ReLU between its layers, its loss averaged over the batch.

import { adam, binaryCrossEntropyWithLogits, fn, input, sgd, softmaxCrossEntropy, type Tensor } from "damo";
import { constantParameter, type Parameter, toVariables, uniform, uniformParameter } from "./parameter.ts";

export interface Mlp {
  readonly layers: readonly number[];
  readonly batch: number;
  /** `softmax`: cross-entropy over classes; `sigmoid`: binary cross-entropy of one logit. */
  readonly loss: "softmax" | "sigmoid";
  readonly optimizer: "sgd" | "adam";
}

export const digits = { layers: [784, 512, 512, 10], batch: 128, loss: "softmax" } as const;
export const tiny = { layers: [11, 6, 6, 1], batch: 10, loss: "sigmoid" } as const;

export const sgdRate = 0.01;
export const adamOptions = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Weights and bias by turns: weights He-uniform, biases 0. */
export function mlpParameters({ layers }: Pick<Mlp, "layers">): Parameter[] {
  return layers.slice(1).flatMap((columns, i) => {
    const rows = layers[i]!;
    return [uniformParameter(`w${i}`, [rows, columns], Math.sqrt(6 / rows), i + 1), constantParameter(`b${i}`, [columns], 0)];
  });
}

/** Class indices, and the targets as floats: one-hot, or 0 and 1. */
export function labelsOf(batch: number, classes: number): { labels: Int32Array; targets: Float32Array } {
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7 + (i >> 2)) % Math.max(classes, 2));
  const targets = new Float32Array(batch * classes);
  labels.forEach((label, i) => {
    if (classes > 1) targets[i * classes + label] = 1;
    else targets[i] = label;
  });
  return { labels, targets };
}

/** The one batch that every step sees. */
export function mlpBatch({ batch, layers }: Pick<Mlp, "batch" | "layers">): { x: Float32Array; labels: Int32Array; targets: Float32Array } {
  return { x: uniform(batch * layers[0]!, 1, 99), ...labelsOf(batch, layers.at(-1)!) };
}

export function defineMlp({ layers, loss, optimizer }: Omit<Mlp, "batch">, parameters = toVariables(mlpParameters({ layers })).all) {
  const classes = layers.at(-1)!;
  const x = input("x", ["batch", layers[0]!]);
  let logits: Tensor = x;
  for (let i = 0; i < parameters.length; i += 2) {
    const sum = logits.dot(parameters[i]!).add(parameters[i + 1]!);
    logits = i + 2 < parameters.length ? sum.relu() : sum;
  }
  const index = input("y", ["batch"], { dtype: "i32" });
  const target = input("y", ["batch", classes]);
  const softmax = loss === "softmax";
  const cost = softmax ? softmaxCrossEntropy(logits, index).mean() : binaryCrossEntropyWithLogits(logits, target).mean();
  const { rate, ...decay } = adamOptions;
  const updates = optimizer === "sgd" ? sgd(cost, parameters, { learningRate: sgdRate }) : adam(cost, parameters, { learningRate: rate, ...decay });
  return {
    train: fn({ inputs: softmax ? { x, y: index } : { x, y: target }, outputs: { cost }, updates }),
    predict: fn({ inputs: { x }, outputs: { p: softmax ? logits.softmax() : logits.sigmoid() } }),
  };
}
