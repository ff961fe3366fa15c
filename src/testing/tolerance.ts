// How closely two evaluations must agree. One table; every number has its reason.

import type { TensorData } from "../../ir/data.ts";
import { isFloat } from "../../ir/types.ts";

/** Distance from 1 to the next number. */
const epsilon = { f16: 2 ** -10, f32: 2 ** -23, f64: 2 ** -52 } as const;

/**
 * Smooth regime: error <= k * max(ulp of the largest element (at least of 1), what f32 itself loses against f64 on this graph).
 * k = 16: math functions differ by up to 2 ULP from the evaluator's correctly rounded ones, sums of a few thousand terms in another
 * order by a few times what the evaluator's own order loses.
 */
export const smoothFactor = 16;

/** The largest absolute difference that is accepted, given the same graph evaluated in f32 and in f64. */
export function allowedError(inF32: TensorData, inF64: TensorData): number {
  // Values of order 1 flow through these graphs by construction: what cancels to 0 keeps an error of their ULP.
  let largest = 1;
  let lost = 0;
  for (let i = 0; i < inF32.data.length; i++) {
    const [narrow, wide] = [Number(inF32.data[i]), Number(inF64.data[i])];
    if (!Number.isFinite(narrow) || !Number.isFinite(wide)) continue;
    largest = Math.max(largest, Math.abs(wide));
    lost = Math.max(lost, Math.abs(narrow - wide));
  }
  const { dtype } = inF32;
  return isFloat(dtype) ? smoothFactor * Math.max(largest * epsilon[dtype], lost) : 0;
}

/** The first element where the two differ by more than `allowed`; NaN agrees with NaN, and -0 with 0. */
export function firstDisagreement(expected: TensorData, actual: TensorData, allowed: number): string | undefined {
  if (expected.dtype !== actual.dtype || expected.shape.join() !== actual.shape.join()) {
    return `${actual.dtype}[${actual.shape.join()}] instead of ${expected.dtype}[${expected.shape.join()}]`;
  }
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [expected.data[i]!, actual.data[i]!];
    if (a === b || (Number.isNaN(Number(a)) && Number.isNaN(Number(b)))) continue;
    const difference = Math.abs(Number(a) - Number(b));
    if (!(difference <= allowed)) return `element ${i} is ${b}, not ${a}${allowed === 0 ? "" : ` (more than ${allowed} away)`}`;
  }
  return undefined;
}
