// Elements as a device holds them: 32 bits each, so a bool is a u32, but for halves, which have 16.

import { deviceItemSize } from "../../../codegen/wgsl/module/plan.ts";
import type { TypedArray } from "../../../ir/data.ts";
import { packHalves, unpackHalves } from "../../../ir/half.ts";
import type { DType } from "../../../ir/types.ts";

/** Bytes of so many elements, in whole words, which is what devices copy. */
export function deviceBytes(dtype: DType, elements: number): number {
  return Math.ceil(elements * deviceItemSize(dtype) / 4) * 4;
}

/** In whole words. */
export function toDevice(dtype: DType, data: TypedArray): TypedArray {
  if (dtype !== "f16") return dtype === "bool" ? Uint32Array.from(data as Uint8Array) : data;
  const bytes = new Uint8Array(deviceBytes(dtype, data.length));
  bytes.set(new Uint8Array(packHalves(data as Float32Array).buffer));
  return bytes;
}

/** So many elements; `bytes`, of whole words, is the caller's to keep. */
export function fromDevice(dtype: DType, bytes: ArrayBuffer, elements: number): TypedArray {
  if (dtype === "f16") return unpackHalves(new Uint16Array(bytes, 0, elements));
  if (dtype === "f32") return new Float32Array(bytes);
  if (dtype === "i32") return new Int32Array(bytes);
  const words = new Uint32Array(bytes);
  return dtype === "bool" ? Uint8Array.from(words) : words;
}
