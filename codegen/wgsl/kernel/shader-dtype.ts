// The dtypes that WGSL has, as values and in memory, and the error for those that it has not.

import { userError } from "../../../ir/errors.ts";
import { packHalves } from "../../../ir/half.ts";
import type { DType } from "../../../ir/types.ts";

export type ShaderDType = "f16" | "f32" | "i32" | "u32" | "bool";

const instead: { readonly [D in Exclude<DType, ShaderDType>]: ShaderDType } = { f64: "f32", i64: "i32", i8: "i32", u8: "u32" };

/** E101 where WGSL does not have it. */
export function shaderDType(dtype: DType, kernel: string): ShaderDType {
  switch (dtype) {
    case "f16": case "f32": case "i32": case "u32": case "bool": return dtype;
    default: throw userError("E101", {
      message: `${kernel} computes in ${dtype}, which WebGPU does not have`,
      hint: `convert to ${instead[dtype]} before it, or compile for WebAssembly`,
    });
  }
}

/** Of an element in memory: a bool is a u32, 0 or 1. */
export function elementType(dtype: ShaderDType): Exclude<ShaderDType, "bool"> {
  return dtype === "bool" ? "u32" : dtype;
}

const view = new DataView(new ArrayBuffer(4));

/**
 * A constant as an expression. WGSL refuses infinities and NaN in what it evaluates when it compiles, and says nothing of -0 and
 * subnormals: those are made from their bits and `zero`, which is 0 but not for a compiler to know. Halves are made from theirs always.
 */
export function constantText(value: number, dtype: ShaderDType): string {
  switch (dtype) {
    case "bool": return value === 0 ? "false" : "true";
    case "u32": return `${value}u`;
    case "i32": return value === -(2 ** 31) ? "i32(-2147483648)" : `${value}i`;
    case "f16": return `bitcast<vec2<f16>>(${packHalves(Float32Array.of(value))[0]}u | zero).x`;
    case "f32": {
      if (Object.is(value, 0) || (Math.abs(value) >= 2 ** -126 && Number.isFinite(value))) return `${value}f`;
      view.setFloat32(0, value);
      return `bitcast<f32>(0x${view.getUint32(0).toString(16).padStart(8, "0")}u | zero)`;
    }
  }
}
