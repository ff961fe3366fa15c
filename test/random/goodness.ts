// Goodness of fit at fixed seeds. The bounds are quantiles that a right sampler exceeds once in a thousand seeds.
import { compile, type CompileOptions, fn, type Tensor } from "damo";

/** One call's draws, as a flat array. */
export async function draws(tensor: Tensor, options: CompileOptions = {}): Promise<ArrayLike<number>> {
  const f = await compile(fn({ inputs: {}, outputs: tensor }), options);
  return f().data as Float32Array;
}

/** Kolmogorov and Smirnov's distance between draws and a distribution function, times the root of their number. */
export function kolmogorovSmirnov(draws: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const expected = distribution(x);
    distance = Math.max(distance, expected - i / n, (i + 1) / n - expected);
  });
  return distance * Math.sqrt(n);
}
/** Of the limiting distribution, at 99.9 %. */
export const ksBound = 1.95;

/** Pearson's statistic of counts, standardised: about normal with many classes (Wilson and Hilferty, 1931). */
export function chiSquared(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const statistic = counts.reduce((sum, count, i) => sum + (count - total * probabilities[i]!) ** 2 / (total * probabilities[i]!), 0);
  const freedom = counts.length - 1;
  return (Math.cbrt(statistic / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}
export const chiSquaredBound = 3.1;

/** How many standard errors the draws' mean and variance are away from the distribution's; `kurtosis` is its fourth
 *  standardised moment. */
export function momentErrors(draws: ArrayLike<number>, mean: number, variance: number, kurtosis: number): { mean: number; variance: number } {
  const n = draws.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += draws[i]!;
    squares += (draws[i]! - mean) ** 2;
  }
  return {
    mean: Math.abs(sum / n - mean) / Math.sqrt(variance / n),
    variance: Math.abs(squares / n - variance) / (variance * Math.sqrt((kurtosis - 1) / n)),
  };
}

export function countsOf(values: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < values.length; i++) counts[values[i]!] = counts[values[i]!]! + 1;
  return counts;
}
