// A million draws of each continuous distribution against its distribution function in closed form, its mean and its variance.
import { constant, type Tensor } from "damo";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { erf } from "../../ir/reference/erf.ts";
import { draws, kolmogorovSmirnov, ksBound, momentErrors } from "./goodness.ts";

const n = 1_000_000;
const key = random.key(20);
const euler = 0.5772156649015329;

const phi = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
const density = (x: number): number => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** Of the normal distribution within -1 ... 2.5, from its moments by integration by parts. */
function truncated(low: number, high: number): { mean: number; variance: number; kurtosis: number } {
  const mass = phi(high) - phi(low);
  const moments = [1];
  for (let k = 1; k <= 4; k++) {
    const border = (low ** (k - 1) * density(low) - high ** (k - 1) * density(high)) / mass;
    moments.push(border + (k > 1 ? (k - 1) * moments[k - 2]! : 0));
  }
  const [, m1, m2, m3, m4] = moments as [number, number, number, number, number];
  const variance = m2 - m1 ** 2;
  return { mean: m1, variance, kurtosis: (m4 - 4 * m1 * m3 + 6 * m1 ** 2 * m2 - 3 * m1 ** 4) / variance ** 2 };
}
const bounded = truncated(-1, 2.5);

interface Continuous {
  readonly draw: (dtype: "f32" | "f64") => Tensor;
  readonly distribution: (x: number) => number;
  /** None where a tail is so heavy that they do not exist. */
  readonly mean?: number;
  readonly variance?: number;
  readonly kurtosis?: number;
}

const continuous: { readonly [name: string]: Continuous } = {
  uniform: { draw: (dtype) => random.uniform(key, [n], { low: -1, high: 3, dtype }), distribution: (x) => (x + 1) / 4, mean: 1, variance: 16 / 12, kurtosis: 1.8 },
  normal: { draw: (dtype) => random.normal(key, [n], { mean: 2, std: 0.5, dtype }), distribution: (x) => phi((x - 2) / 0.5), mean: 2, variance: 0.25, kurtosis: 3 },
  truncatedNormal: {
    draw: (dtype) => random.truncatedNormal(key, [n], { low: -1, high: 2.5, dtype }),
    distribution: (x) => (phi(x) - phi(-1)) / (phi(2.5) - phi(-1)), ...bounded,
  },
  exponential: { draw: (dtype) => random.exponential(key, [n], { mean: 3, dtype }), distribution: (x) => -Math.expm1(-x / 3), mean: 3, variance: 9, kurtosis: 9 },
  gumbel: {
    draw: (dtype) => random.gumbel(key, [n], { location: 1, scale: 2, dtype }), distribution: (x) => Math.exp(-Math.exp(-(x - 1) / 2)),
    mean: 1 + 2 * euler, variance: 4 * Math.PI ** 2 / 6, kurtosis: 5.4,
  },
  laplace: {
    draw: (dtype) => random.laplace(key, [n], { location: -1, scale: 0.5, dtype }),
    distribution: (x) => (x < -1 ? 0.5 * Math.exp((x + 1) / 0.5) : 1 - 0.5 * Math.exp(-(x + 1) / 0.5)), mean: -1, variance: 2 * 0.25, kurtosis: 6,
  },
  "gamma 1/2": { draw: (dtype) => random.gamma(key, [n], 0.5, { scale: 2, dtype }), distribution: (x) => erf(Math.sqrt(x / 2)), mean: 1, variance: 2, kurtosis: 15 },
  "gamma 2": { draw: (dtype) => random.gamma(key, [n], 2, { dtype }), distribution: (x) => 1 - (1 + x) * Math.exp(-x), mean: 2, variance: 2, kurtosis: 6 },
  "beta 2 3": {
    draw: (dtype) => random.beta(key, [n], 2, 3, { dtype }), distribution: (x) => x * x * (6 - x * (8 - 3 * x)), mean: 0.4, variance: 0.04, kurtosis: 33 / 14,
  },
  "beta 1/2 1/2": {
    draw: (dtype) => random.beta(key, [n], 0.5, 0.5, { dtype }), distribution: (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)), mean: 0.5, variance: 1 / 8, kurtosis: 1.5,
  },
  "studentT 1": { draw: (dtype) => random.studentT(key, [n], 1, { dtype }), distribution: (x) => 0.5 + Math.atan(x) / Math.PI },
  "studentT 2": { draw: (dtype) => random.studentT(key, [n], 2, { location: 1, scale: 3, dtype }), distribution: (x) => 0.5 * (1 + (x - 1) / 3 / Math.hypot(Math.SQRT2, (x - 1) / 3)) },
};

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.keys(continuous))("%s", async (name) => {
    const { draw, distribution, mean, variance, kurtosis } = continuous[name]!;
    const values = await draws(draw(dtype));
    expect(kolmogorovSmirnov(values, distribution)).toBeLessThan(ksBound);
    if (mean === undefined || variance === undefined || kurtosis === undefined) return;
    const errors = momentErrors(values, mean, variance, kurtosis);
    expect(errors.mean).toBeLessThan(5);
    expect(errors.variance).toBeLessThan(5);
  });
});

test("dirichlet: rows add up to 1, each class is beta distributed, and two of them vary against each other", async () => {
  const concentration = constant([[2, 3, 1], [0.01, 0.02, 0.03]], { dtype: "f64" });
  const values = await draws(random.dirichlet(key, concentration, [n]));
  const [first, second]: [Float64Array, Float64Array] = [new Float64Array(n), new Float64Array(n)];
  let [covariance, farthest] = [0, 0];
  for (let i = 0; i < n; i++) {
    const row = [values[6 * i]!, values[6 * i + 1]!, values[6 * i + 2]!] as const;
    [first[i], second[i]] = [row[0], values[6 * i + 3]!];
    farthest = Math.max(farthest, Math.abs(row[0] + row[1] + row[2] - 1));
    covariance += (row[0] - 1 / 3) * (row[1] - 1 / 2) / n;
  }
  expect(farthest).toBeLessThan(1e-14);
  // Beta 2 4: the sum of binomial probabilities of at least 2 of 5.
  expect(kolmogorovSmirnov(first, (x) => 1 - (1 - x) ** 5 - 5 * x * (1 - x) ** 4)).toBeLessThan(ksBound);
  expect(Math.abs(covariance + 2 * 3 / (36 * 7))).toBeLessThan(5 * 0.05 / Math.sqrt(n));
  // Of small concentrations one class has nearly all; all would underflow if it were not for the logarithms.
  expect(momentErrors(second, 1 / 6, (1 / 6) * (5 / 6) / 1.06, 5).mean).toBeLessThan(5);
});

test("a covariance gives what its factor gives, and fails where it has none", async () => {
  const mean = constant([1, -2], { dtype: "f64" });
  // [[4, -2], [-2, 1.25]] = L L^T; the 9 is above the diagonal: not read.
  const matrix = (rows: number[][]) => constant(rows, { dtype: "f64" });
  const [covariance, scaleTril] = [matrix([[4, 9], [-2, 1.25]]), matrix([[2, 0], [-1, 0.5]])];
  const draw = async (options: random.MultivariateOptions) => draws(random.multivariateNormal(key, mean, options, [50]));
  expect(await draw({ covariance })).toEqual(await draw({ scaleTril }));
  await expect(draw({ covariance: matrix([[1, 2], [2, 1]]) })).rejects.toThrow("E609 multivariateNormal: the matrix is not positive definite");
});

test("multivariate normals have their means and covariances, and each row of means its own draws", async () => {
  // The 9 is above the diagonal: not read.
  const scaleTril = constant([[2, 9], [-1, 0.5]], { dtype: "f64" });
  const values = await draws(random.multivariateNormal(key, constant([[1, -2], [100, 200]], { dtype: "f64" }), { scaleTril }, [n]));
  const [a, b] = [0, 1].map((k) => Float64Array.from({ length: n }, (_, i) => values[4 * i + k]!)) as [Float64Array, Float64Array];
  expect(kolmogorovSmirnov(a, (x) => phi((x - 1) / 2))).toBeLessThan(ksBound);
  expect(kolmogorovSmirnov(b, (x) => phi((x + 2) / Math.sqrt(1.25)))).toBeLessThan(ksBound);
  const covariance = a.reduce((sum, x, i) => sum + (x - 1) * (b[i]! + 2), 0) / n;
  // The variance of a product of normals is the product of their variances plus the square of the covariance.
  expect(Math.abs(covariance + 2)).toBeLessThan(5 * Math.sqrt((4 * 1.25 + 4) / n));
  const second = Float64Array.from({ length: n }, (_, i) => values[4 * i + 2]!);
  expect(kolmogorovSmirnov(second, (x) => phi((x - 100) / 2))).toBeLessThan(ksBound);
  expect(Math.abs(a.reduce((sum, x, i) => sum + (x - 1) * (second[i]! - 100), 0) / n)).toBeLessThan(5 * 4 / Math.sqrt(n));
});
