// How values of each dtype lie in vector registers. A value of L lanes takes L * width / 16 registers; narrow integers
// live sign- or zero-extended in 32-bit lanes, bools as masks of 32-bit lanes (0 or -1).

import type { ScalarOp } from "../../../ir/kernel/scalar.ts";
import { isFloat, isInt } from "../../../ir/types.ts";
import type { ValueType } from "../encode/index.ts";
import type { WasmDType } from "./wasm-kernel.ts";

export type WideShape = "f64x2" | "i64x2";
export type NarrowShape = "f32x4" | "i32x4";
export type VectorShape = WideShape | NarrowShape;

export const shapeOf: { readonly [D in WasmDType]: VectorShape } = {
  f32: "f32x4", f64: "f64x2", i64: "i64x2", i32: "i32x4", u32: "i32x4", i8: "i32x4", u8: "i32x4", bool: "i32x4",
};

/** The WebAssembly type of one scalar. */
export const scalarType: { readonly [D in WasmDType]: Exclude<ValueType, "v128"> } = {
  f32: "f32", f64: "f64", i64: "i64", i32: "i32", u32: "i32", i8: "i32", u8: "i32", bool: "i32",
};

export function isWide(dtype: WasmDType): boolean {
  return dtype === "f64" || dtype === "i64";
}

export function lanesPerRegister(dtype: WasmDType): number {
  return isWide(dtype) ? 2 : 4;
}

export function registersFor(dtype: WasmDType, lanes: number): number {
  return lanes / lanesPerRegister(dtype);
}

/** Operations that have no vector instruction and are done lane by lane. A uniform operand stays scalar in them. */
export function byLane(op: ScalarOp, dtype: WasmDType, from: WasmDType): boolean {
  if (op === "div" || op === "rem") return isInt(dtype);
  if (op !== "convert") return false;
  return (isFloat(from) && dtype === "i64") || (from === "i64" && isFloat(dtype));
}
