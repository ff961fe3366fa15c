// Which dtype two operands meet in. Nothing is silently promoted to f64, and a JS number is weak: it takes the
// other operand's dtype.

import type { DType } from "../ir/types.ts";
import { isFloat } from "../ir/types.ts";

const bits: { readonly [D in DType]: number } = { f16: 16, f32: 32, f64: 64, i32: 32, u32: 32, i64: 64, i8: 8, u8: 8, bool: 1 };

/** f64 wins over all, f32 over all but f64, f16 over all but those, bool yields to all; integers meet in the wider one. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  if (a === "f64" || b === "f64") return "f64";
  if (a === "f32" || b === "f32") return "f32";
  if (a === "f16" || b === "f16") return "f16";
  if (a === "bool") return b;
  if (b === "bool") return a;
  if (bits[a] !== bits[b]) return bits[a] > bits[b] ? a : b;
  return bits[a] === 8 ? "i32" : "i64";
}

/** The dtype of true division and of functions with values in the reals. */
export function floatOf(dtype: DType): DType {
  return isFloat(dtype) ? dtype : "f32";
}

/** The dtype sums and products are accumulated in. */
export function accumulatedOf(dtype: DType): DType {
  return dtype === "bool" || dtype === "i8" || dtype === "u8" ? "i32" : dtype;
}
