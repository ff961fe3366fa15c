// A Gaussian process with a squared exponential kernel over one dimension, as a module: a step of learning, and the posterior.

import { adam, expandDims, fn, input, onesLike, shared, type Tensor } from "damo";
import * as linalg from "damo/linalg";

export interface Hyperparameters {
  /** How far points tell of each other, how far the function strays from 0, and the deviation of the noise. */
  readonly length: number;
  readonly scale: number;
  readonly noise: number;
}

export function defineProcess(start: Hyperparameters, rate: number) {
  const x = input("x", ["n"], { dtype: "f64" });
  const y = input("y", ["n"], { dtype: "f64" });
  const at = input("at", ["m"], { dtype: "f64" });
  // Logarithms, so that any step leads to positive numbers.
  const logarithms = (["length", "scale", "noise"] as const).map((name) => shared(`log_${name}`, Math.log(start[name]), { dtype: "f64" }));
  const [length, scale, noise] = logarithms.map((logarithm) => logarithm.exp()) as [Tensor<"f64", []>, Tensor<"f64", []>, Tensor<"f64", []>];
  /** Of all differences between two lists of points. */
  const kernel = (away: Tensor<"f64">): Tensor<"f64"> => away.div(length).square().mul(-0.5).exp().mul(scale.square());

  const covariance = kernel(expandDims(x, 1).sub(expandDims(x, 0))).add(linalg.diag(noise.square().mul(onesLike(x))));
  const factor = linalg.cholesky(covariance);
  const weights = linalg.choleskySolve(factor, y);
  // -log p(y | x), but for n log(2 pi) / 2
  const cost = y.dot(weights).add(linalg.logdet(factor, { factor: true })).mul(0.5);

  const across = kernel(expandDims(x, 1).sub(expandDims(at, 0)));
  const mean = across.transpose([1, 0]).dot(weights);
  const explained = linalg.triangularSolve(factor, across).square().sum(0);
  const deviation = scale.square().sub(explained).clip(0, null).sqrt();
  return {
    learn: fn({ inputs: { x, y }, outputs: { cost, length, scale, noise }, updates: adam(cost, logarithms, { learningRate: rate }) }),
    predict: fn({ inputs: { x, y, at }, outputs: { mean, deviation } }),
  };
}
