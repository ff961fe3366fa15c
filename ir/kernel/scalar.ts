// The scalar operations of kernels: what every target implements, for one element.
// Base operations are emitted by a target directly; math functions are expanded into base operations
// (ir/kernel/math) unless the target has a trusted one of its own.
// f16 is loaded, stored, chosen and converted to and from f32 only: `passes/fit/widen.ts` makes the rest of f32.

import { type DType, isFloat } from "../types.ts";

/** Total on all inputs: none traps. Integers wrap; `docs/semantics.md` has the edges. */
export const baseOps = [
  // arithmetic, both operands and the result of one dtype
  "add", "sub", "mul",
  "div", // floats: IEEE; integers: truncated, 0 where the divisor is 0, wraps for min / -1
  "rem", // integers only: the sign of the dividend, 0 where the divisor is 0
  "min", "max", // floats: NaN if either is NaN, -0 < +0
  "neg", "abs",
  // floats only
  "sqrt", "floor", "ceil", "trunc", "nearest", // nearest: ties to even
  "copysign",
  // integers (and, or, xor, not also on bool)
  "and", "or", "xor", "not",
  "shl", "shr", // shift counts are taken modulo the width; shr is arithmetic on signed dtypes
  // comparisons: two operands of one dtype, result bool; false with a NaN, except ne
  "eq", "ne", "lt", "le", "gt", "ge",
  // select(condition: bool, a, b)
  "select",
  // convert: numeric value, float to integer saturates and NaN becomes 0, integers wrap, to bool is != 0
  "convert",
  // bitcast: the same bits, equal widths
  "bitcast",
] as const;

/** Functions of floats, one or two arguments, f32 and f64; accuracy is stated in docs/accuracy.md. */
export const mathOps = [
  "cbrt", "rsqrt", "exp", "exp2", "expm1", "log", "log2", "log1p",
  "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
  "logistic", "erf", "erfc", "erfinv", "lgamma", "digamma",
  "pow", "atan2", "fmod",
] as const;

export type BaseOp = (typeof baseOps)[number];
export type MathOp = (typeof mathOps)[number];
export type ScalarOp = BaseOp | MathOp;

const baseSet: ReadonlySet<string> = new Set(baseOps);
export function isBaseOp(op: ScalarOp): op is BaseOp {
  return baseSet.has(op);
}

/** Operations by which a loop may combine lanes or partial results in any grouping that is fixed at compile time. */
export type CombineOp = "add" | "mul" | "min" | "max" | "and" | "or" | "xor";

/** The value that leaves the other operand unchanged. */
export function identityOf(op: CombineOp, dtype: DType): number | bigint {
  const exact = (value: bigint): number | bigint => (dtype === "i64" ? value : Number(value));
  const float = isFloat(dtype);
  switch (op) {
    case "add": case "or": case "xor": return exact(0n);
    case "mul": return exact(1n);
    case "min": return float ? Infinity : exact(extreme[dtype][1]);
    case "max": return float ? -Infinity : exact(extreme[dtype][0]);
    case "and": return dtype === "bool" ? 1 : exact(-1n);
  }
}

const extreme: { readonly [D in DType]: readonly [bigint, bigint] } = {
  f16: [0n, 0n], f32: [0n, 0n], f64: [0n, 0n], bool: [0n, 1n],
  i8: [-128n, 127n], u8: [0n, 255n], i32: [-(2n ** 31n), 2n ** 31n - 1n], u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};
