// Value types and function signatures, and their encoding.

import type { ByteBuffer } from "./bytes.ts";

export const valueTypeBytes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof valueTypeBytes;

export const FUNCREF = 0x70;
export const EMPTY_BLOCK = 0x40;

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export function encodeSignature(out: ByteBuffer, signature: Signature): void {
  out.byte(0x60);
  encodeValueTypes(out, signature.params);
  encodeValueTypes(out, signature.results);
}

function encodeValueTypes(out: ByteBuffer, types: readonly ValueType[]): void {
  out.u32(types.length);
  for (const type of types) out.byte(valueTypeBytes[type]);
}
