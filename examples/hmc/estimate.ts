// Means and covariances from the draws of several chains, with how uncertain they are.

export interface Estimate {
  readonly value: number;
  /** The standard deviation of the estimate: chains are independent, so that what their own estimates differ by tells. */
  readonly error: number;
}

export interface Moments {
  readonly mean: readonly Estimate[];
  readonly covariance: readonly (readonly Estimate[])[];
}

/** Of draws [draws, chains, dimensions]; covariances are about the known mean. */
export function estimateMoments(draws: Float32Array, chains: number, mean: readonly number[]): Moments {
  const dimensions = mean.length;
  const count = draws.length / (chains * dimensions);
  /** A mean over all draws, out of one for each chain. */
  const estimate = (of: (at: number) => number): Estimate => {
    const own = Array.from({ length: chains }, (_, chain) => {
      let sum = 0;
      for (let draw = 0; draw < count; draw++) sum += of((draw * chains + chain) * dimensions);
      return sum / count;
    });
    const value = own.reduce((sum, part) => sum + part, 0) / chains;
    const variance = own.reduce((sum, part) => sum + (part - value) ** 2, 0) / (chains - 1);
    return { value, error: Math.sqrt(variance / chains) };
  };
  return {
    mean: mean.map((_, i) => estimate((at) => draws[at + i]!)),
    covariance: mean.map((a, i) => mean.map((b, j) => estimate((at) => (draws[at + i]! - a) * (draws[at + j]! - b)))),
  };
}
