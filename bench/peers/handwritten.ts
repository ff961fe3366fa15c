// The tiny net's training step as a person would write it in JavaScript for speed: flat Float32Arrays, one pass over the examples,
// nothing allocated. Sums are in f64, as JavaScript's are; what is stored is f32.

import { type Engine, preparedTraining } from "../engine.ts";
import { adamOptions, mlpBatch, mlpParameters } from "../models/mlp.ts";
import type { MlpTraining } from "../task.ts";

function adamStep({ layers, batch }: MlpTraining & { readonly layers: readonly [number, number, number, 1] }, x: Float32Array, y: Float32Array): () => number {
  const [features, first, second] = layers;
  const sizes = [features * first, first, first * second, second, second, 1];
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
  const [w1, b1, w2, b2, w3, b3] = starts as [number, number, number, number, number, number];
  const count = b3 + 1;
  const [p, g, m, v] = [new Float32Array(count), new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  mlpParameters({ layers }).forEach(({ values }, i) => p.set(values, starts[i]));
  const [h1, h2, d1, d2] = [new Float32Array(first), new Float32Array(second), new Float32Array(first), new Float32Array(second)];
  const { rate, beta1, beta2, epsilon } = adamOptions;
  let [power1, power2] = [1, 1];
  return () => {
    let loss = 0;
    g.fill(0);
    for (let example = 0; example < batch; example++) {
      const row = example * features;
      for (let j = 0; j < first; j++) {
        let sum = p[b1 + j]!;
        for (let k = 0; k < features; k++) sum += x[row + k]! * p[w1 + k * first + j]!;
        h1[j] = sum > 0 ? sum : 0;
      }
      for (let j = 0; j < second; j++) {
        let sum = p[b2 + j]!;
        for (let k = 0; k < first; k++) sum += h1[k]! * p[w2 + k * second + j]!;
        h2[j] = sum > 0 ? sum : 0;
      }
      let logit = p[b3]!;
      for (let k = 0; k < second; k++) logit += h2[k]! * p[w3 + k]!;
      const small = Math.exp(-Math.abs(logit));
      loss += Math.max(logit, 0) - logit * y[example]! + Math.log1p(small);
      const dLogit = ((logit >= 0 ? 1 : small) / (1 + small) - y[example]!) / batch;
      g[b3]! += dLogit;
      for (let k = 0; k < second; k++) {
        g[w3 + k]! += dLogit * h2[k]!;
        d2[k] = h2[k]! > 0 ? dLogit * p[w3 + k]! : 0;
        g[b2 + k]! += d2[k]!;
      }
      for (let k = 0; k < first; k++) {
        let sum = 0;
        for (let j = 0; j < second; j++) {
          g[w2 + k * second + j]! += h1[k]! * d2[j]!;
          sum += p[w2 + k * second + j]! * d2[j]!;
        }
        d1[k] = h1[k]! > 0 ? sum : 0;
        g[b1 + k]! += d1[k]!;
      }
      for (let k = 0; k < features; k++) for (let j = 0; j < first; j++) g[w1 + k * first + j]! += x[row + k]! * d1[j]!;
    }
    power1 *= beta1;
    power2 *= beta2;
    for (let i = 0; i < count; i++) {
      const gradient = g[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * gradient;
      v[i] = beta2 * v[i]! + (1 - beta2) * gradient * gradient;
      p[i]! -= (rate * (m[i]! / (1 - power1))) / (Math.sqrt(v[i]! / (1 - power2)) + epsilon);
    }
    return loss / batch;
  };
}

export const engine: Engine = {
  mlp(task) {
    const { layers, loss, optimizer } = task;
    if (layers.length !== 4 || layers[3] !== 1 || loss !== "sigmoid" || optimizer !== "adam") return undefined;
    const { x, targets } = mlpBatch(task);
    return preparedTraining(adamStep(task as MlpTraining & { readonly layers: readonly [number, number, number, 1] }, x, targets));
  },
};
