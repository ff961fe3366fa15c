// Elements as a device holds them: 32 bits each, so a bool is a u32.

import type { TypedArray } from "../../../ir/data.ts";
import type { DType } from "../../../ir/types.ts";

export function toDevice(dtype: DType, data: TypedArray): TypedArray {
  return dtype === "bool" ? Uint32Array.from(data as Uint8Array) : data;
}

/** `bytes` is the caller's to keep. */
export function fromDevice(dtype: DType, bytes: ArrayBuffer): TypedArray {
  if (dtype === "f32") return new Float32Array(bytes);
  if (dtype === "i32") return new Int32Array(bytes);
  const words = new Uint32Array(bytes);
  return dtype === "bool" ? Uint8Array.from(words) : words;
}
