// The combining operations of reductions on single elements, rounded or wrapped to the dtype after each step. Apart from
// the scalar meaning of kernels on purpose: the two check each other.

import { roundToHalf } from "../half.ts";
import type { CombineOp } from "../kernel/scalar.ts";
import type { DType } from "../types.ts";
import type { Element } from "./index-space.ts";

export type Combine = (a: Element, b: Element) => Element;

const wrap: { readonly [D in Exclude<DType, "i64">]: (value: number) => number } = {
  f16: roundToHalf,
  f32: Math.fround,
  f64: (value) => value,
  i32: (value) => value | 0,
  u32: (value) => value >>> 0,
  i8: (value) => (value << 24) >> 24,
  u8: (value) => value & 255,
  bool: (value) => (value !== 0 ? 1 : 0),
};

const onNumbers: { readonly [Op in CombineOp]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  min: Math.min,
  max: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const onBigints: { readonly [Op in CombineOp]: (a: bigint, b: bigint) => bigint } = {
  add: (a, b) => BigInt.asIntN(64, a + b),
  mul: (a, b) => BigInt.asIntN(64, a * b),
  min: (a, b) => (a < b ? a : b),
  max: (a, b) => (a > b ? a : b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

/** Floats: min and max give NaN if either is NaN, and -0 < +0. */
export function combineOf(op: CombineOp, dtype: DType): Combine {
  if (dtype === "i64") return onBigints[op] as Combine;
  const exact = op === "mul" && (dtype === "i32" || dtype === "u32") ? Math.imul : onNumbers[op];
  const round = wrap[dtype];
  return (a, b) => round(exact(a as number, b as number));
}
