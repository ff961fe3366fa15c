// Independent values for f32: the host's libm in f64 (below 1 ULP of f64), or the reference series, which the
// fixtures hold against mpmath. Errors are counted in units in the last place of the exact value.

import type { MathOp } from "../../ir/kernel/scalar.ts";
import { erf, erfc, erfinv } from "../../ir/reference/erf.ts";
import { logistic } from "../../ir/reference/exponential.ts";
import { digamma, lgamma } from "../../ir/reference/gamma.ts";

export type BinaryMathOp = "pow" | "atan2" | "fmod";
export type UnaryMathOp = Exclude<MathOp, BinaryMathOp>;

export const isOfTwo = (op: MathOp): op is BinaryMathOp => op in pairOracles;

export const oracles: { readonly [K in UnaryMathOp]: (x: number) => number } = {
  exp: Math.exp, exp2: (x) => 2 ** x, expm1: Math.expm1, log: Math.log, log2: Math.log2, log1p: Math.log1p,
  cbrt: Math.cbrt, rsqrt: (x) => 1 / Math.sqrt(x), logistic,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  erf, erfc, erfinv, lgamma, digamma,
};

export const pairOracles: { readonly [K in BinaryMathOp]: (x: number, y: number) => number } = {
  // C99's pow, where JavaScript's is NaN.
  pow: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y),
  atan2: Math.atan2, fmod: (x, y) => x % y,
};

/** Promised maxima, in units in the last place of f32, and an absolute error that is good enough near a zero. */
export function promise(op: UnaryMathOp): { readonly ulp: number; readonly absolute: number } {
  if (op === "lgamma" || op === "digamma") return { ulp: 4, absolute: 1e-12 };
  return { ulp: op === "erfinv" ? 4 : 2, absolute: 0 };
}

/** The same without f64. */
export function promiseOfSingle(op: MathOp): ReturnType<typeof promise> {
  return { ulp: 4, absolute: op === "lgamma" || op === "digamma" ? 1e-11 : 0 };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The spacing of f32 at a value. */
function spacing(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -126) return 2 ** -149;
  if (size >= 2 ** 128) return 2 ** 104;
  float[0] = size;
  if (float[0] > size) bits[0] = bits[0]! - 1;
  bits[0] = bits[0]! & 0x7f800000;
  return float[0] * 2 ** -23;
}

/**
 * Error of an f32 result in units in the last place of the exact value; Infinity where NaN, infinity or the sign of
 * zero are wrong. An infinity counts as 2^128, so that overflow one step early is an error of one unit.
 */
export function ulpError(got: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Number.isNaN(exact) || Number.isNaN(got)) return Number.isNaN(exact) && Number.isNaN(got) ? 0 : Infinity;
  if (exact === 0 || Math.abs(exact) === Infinity) return Object.is(got, rounded) ? 0 : Infinity;
  if (got === 0 && Object.is(got, -0) !== exact < 0) return Infinity;
  const finite = Math.abs(got) === Infinity ? Math.sign(got) * 2 ** 128 : got;
  const error = Math.abs(finite - (Math.abs(exact) > 2 ** 128 ? Math.sign(exact) * 2 ** 128 : exact));
  return error / spacing(exact);
}
