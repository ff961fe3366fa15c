// Elements as files hold them, little-endian: halves take two bytes each, all others what they take on the host.

import { arrayViews, type TensorData } from "../../ir/data.ts";
import { packHalves, unpackHalves } from "../../ir/half.ts";
import { type DType, itemSize } from "../../ir/types.ts";

export function writeElements({ dtype, data }: TensorData): Uint8Array {
  const { buffer, byteOffset, byteLength } = dtype === "f16" ? packHalves(data as Float32Array) : data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** `bytes` is copied. Bools are 0 or 1 whatever the file holds. */
export function readElements(dtype: DType, shape: readonly number[], bytes: Uint8Array): TensorData {
  // Not `slice`, by which a Buffer of Node shares its memory.
  const { buffer } = new Uint8Array(bytes);
  if (dtype === "f16") return { dtype, shape, data: unpackHalves(new Uint16Array(buffer)) };
  const data = new arrayViews[dtype](buffer, 0, bytes.length / itemSize[dtype]);
  if (dtype === "bool") for (let i = 0; i < data.length; i++) data[i] = Number(data[i] !== 0);
  return { dtype, shape, data } as TensorData;
}
