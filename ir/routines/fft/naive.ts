// The Fourier transform by its definition, split once for each prime factor of the length: what the routines are tested against.

import { turn } from "../../reference/turn.ts";

/** Pairs (real, imaginary) of X[k] = sum over j of x[j] e^(sign 2 pi i j k / n), in f64. */
export function transformNaively(x: Float64Array, sign: 1 | -1): Float64Array {
  const n = x.length / 2;
  const p = smallestFactor(n);
  const result = new Float64Array(2 * n);
  if (n <= 1) return x.slice();
  // Each p-th element, from each start.
  const parts = Array.from({ length: p }, (_, start) => {
    const part = new Float64Array(2 * (n / p));
    for (let i = 0; i < n / p; i++) part.set(x.subarray(2 * (i * p + start), 2 * (i * p + start) + 2), 2 * i);
    return p === n ? part : transformNaively(part, sign);
  });
  for (let k = 0; k < n; k++) {
    parts.forEach((part, j) => {
      const [cos, sine] = turn((j * k) % n, n);
      const sin = sign * sine;
      const [re, im] = part.subarray(2 * (k % (n / p))) as unknown as [number, number];
      result[2 * k]! += re * cos - im * sin;
      result[2 * k + 1]! += re * sin + im * cos;
    });
  }
  return result;
}

function smallestFactor(n: number): number {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return Math.max(n, 1);
}
