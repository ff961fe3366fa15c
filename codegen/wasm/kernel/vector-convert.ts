// Numeric conversions between dtypes on whole vectors, where WebAssembly has instructions for them. Widths change by
// taking low and high halves apart or shuffling two registers into one.

import { isFloat, isSigned } from "../../../ir/types.ts";
import type { Local } from "../encode/index.ts";
import { isWide } from "./vector-forms.ts";
import { type VectorContext, type VectorOperand, renormalizeVector, widenMask } from "./vector-context.ts";
import type { WasmDType } from "./wasm-kernel.ts";

/** Sets the result's registers. Not for i64 to or from floats, which go lane by lane. */
export function emitVectorConvert(
  context: VectorContext, value: VectorOperand, to: WasmDType, result: readonly Local[],
): void {
  result.forEach((local, register) => {
    if (to === "bool") toBool(context, value, register);
    else if (value.dtype === "bool") fromBool(context, value, to, register);
    else if (isWide(value.dtype)) fromWide(context, value, to, register);
    else if (isWide(to)) narrowToWide(context, value, to, register);
    else narrowToNarrow(context, value, to, register);
    context.f.set(local);
  });
}

function toBool(context: VectorContext, value: VectorOperand, k: number): void {
  const { f } = context;
  const { dtype } = value;
  const test = (register: number): void => {
    value.push(register);
    context.constant(dtype === "i64" ? 0n : 0, dtype === "f32" || isWide(dtype) ? dtype : "i32");
    f.op(dtype === "f32" ? "f32x4.ne" : dtype === "f64" ? "f64x2.ne" : dtype === "i64" ? "i64x2.ne" : "i32x4.ne");
  };
  if (dtype === "bool") {
    value.push(k);
  } else if (isWide(dtype)) {
    test(2 * k);
    test(2 * k + 1);
    f.shuffle([0, 2, 4, 6]);
  } else {
    test(k);
  }
}

/** The number one wherever the mask is set. */
function fromBool(context: VectorContext, value: VectorOperand, to: WasmDType, k: number): void {
  const { f } = context;
  if (isWide(to)) {
    value.push(k >> 1);
    widenMask(f, k);
    context.constant(to === "i64" ? 1n : 1, to);
  } else {
    value.push(k);
    context.constant(1, to === "f32" ? "f32" : "i32");
  }
  f.op("v128.and");
}

function fromWide(context: VectorContext, value: VectorOperand, to: WasmDType, k: number): void {
  const { f } = context;
  if (isWide(to)) {
    value.push(k);
    return;
  }
  for (const register of [2 * k, 2 * k + 1]) {
    value.push(register);
    if (value.dtype === "f64") f.op(to === "f32" ? "f32x4.demote_f64x2_zero" : `i32x4.trunc_sat_f64x2_${to === "u32" ? "u" : "s"}_zero`);
  }
  f.shuffle(value.dtype === "f64" ? [0, 1, 4, 5] : [0, 2, 4, 6]);
  if (value.dtype === "f64") saturateNarrow(context, to);
  else renormalizeVector(context, to);
}

function narrowToWide({ f }: VectorContext, value: VectorOperand, to: WasmDType, k: number): void {
  const { dtype } = value;
  value.push(k >> 1);
  if (to === "f64") {
    // The upper half moves down, where the instruction reads.
    if (k % 2 === 1) {
      value.push(k >> 1);
      f.shuffle([2, 3, 2, 3]);
    }
    if (dtype === "f32") f.op("f64x2.promote_low_f32x4");
    else f.op(`f64x2.convert_low_i32x4_${dtype === "u32" ? "u" : "s"}`);
  } else {
    const sign = isSigned(dtype) ? "s" : "u";
    f.op(k % 2 === 0 ? `i64x2.extend_low_i32x4_${sign}` : `i64x2.extend_high_i32x4_${sign}`);
  }
}

function narrowToNarrow(context: VectorContext, value: VectorOperand, to: WasmDType, k: number): void {
  const { f } = context;
  const { dtype } = value;
  value.push(k);
  if (isFloat(dtype)) {
    if (to === "f32") return;
    f.op(`i32x4.trunc_sat_f32x4_${to === "u32" ? "u" : "s"}`);
    saturateNarrow(context, to);
  } else if (to === "f32") {
    f.op(`f32x4.convert_i32x4_${dtype === "u32" ? "u" : "s"}`);
  } else {
    renormalizeVector(context, to);
  }
}

function saturateNarrow(context: VectorContext, to: WasmDType): void {
  const { f } = context;
  if (to !== "i8" && to !== "u8") return;
  context.constant(to === "i8" ? -128 : 0, "i32");
  f.op("i32x4.max_s");
  context.constant(to === "i8" ? 127 : 255, "i32");
  f.op("i32x4.min_s");
}
