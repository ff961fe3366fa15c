// TensorFlow.js on its WebAssembly backend (XNNPACK), one thread.
import { dirname } from "node:path";
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { adam, initialLayers, sampleOf, sgdRate, type Train, trainingBatch, uniform } from "../cases.ts";
import { type Engine, type Prepared, preparedTraining } from "../engine.ts";

setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
setThreadsCount(1);
await tf.setBackend("wasm");

function expression(body: () => tf.Tensor): Prepared {
  return {
    run() {
      tf.tidy(body).dispose();
    },
    async check() {
      const result = tf.tidy(body);
      const sample = sampleOf(result.dataSync());
      result.dispose();
      return sample;
    },
  };
}

function training(task: Train): Prepared {
  const { x, targets } = trainingBatch(task);
  const input = tf.tensor(x, [task.batch, task.layers[0]!]);
  const target = tf.tensor(targets, [task.batch, task.layers.at(-1)!]);
  const layers = initialLayers(task).map(({ rows, columns, weights }) => ({
    weights: tf.variable(tf.tensor(weights, [rows, columns])),
    bias: tf.variable(tf.zeros([columns])),
  }));
  const variables = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const optimizer =
    task.optimizer === "sgd" ? tf.train.sgd(sgdRate) : tf.train.adam(adam.rate, adam.beta1, adam.beta2, adam.epsilon);
  const loss = task.loss === "softmax" ? tf.losses.softmaxCrossEntropy : tf.losses.sigmoidCrossEntropy;
  const cost = (): tf.Tensor =>
    loss(
      target,
      layers.reduce((hidden, { weights, bias }, i) => {
        const sum = tf.add(tf.matMul(hidden, weights), bias);
        return i + 1 < layers.length ? tf.relu(sum) : sum;
      }, input),
    );
  return preparedTraining(() => {
    const value = optimizer.minimize(cost, true, variables);
    const result = value.dataSync()[0]!;
    value.dispose();
    return result;
  });
}

export const engine: Engine = {
  name: "tfjs-wasm",
  async prepare(task) {
    if (task.kind === "train") return training(task);
    if (task.kind === "gemm") {
      const { size } = task;
      const a = tf.tensor(uniform(size * size, 1, 1), [size, size]);
      const b = tf.tensor(uniform(size * size, 1, 2), [size, size]);
      return expression(() => tf.matMul(a, b));
    }
    const x = tf.tensor(uniform(task.length, 6, 1), [task.length]);
    const scale = tf.scalar(0.7);
    const shift = tf.scalar(0.1);
    return expression(() =>
      tf.add(tf.mul(tf.tanh(tf.add(tf.mul(x, scale), shift)), tf.sigmoid(x)), tf.exp(tf.neg(tf.mul(x, x)))),
    );
  },
};
