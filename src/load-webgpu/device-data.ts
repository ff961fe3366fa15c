// Elements as a device holds them: 32 bits each, so a bool is a u32, but for halves, which have 16. Counted in bytes.

import type { DType, TypedArray } from "../load-feeds.ts";

interface Kind<A> {
  new (length: number): A;
  new (source: ArrayLike<number>): A;
  new (buffer: ArrayBuffer, offset: number, length: number): A;
  from(source: ArrayLike<number>, map: (element: number) => number): A;
}

/** On the host, on the device, and what an element becomes on the way to the one and to the other, if it changes. */
type Form = readonly [host: Kind<TypedArray>, device: Kind<TypedArray>, toDevice?: (element: number) => number, toHost?: (element: number) => number];

/** Nearest, ties to even; 65,520 and more are infinite. */
function toHalf(value: number): number {
  const magnitude = Math.abs(value);
  const exponent = Math.min(Math.max(Math.floor(Math.log2(magnitude)), -14), 16);
  // Doubles of 2^52 and more are integers: the sum rounds to one.
  const rounded = magnitude / 2 ** (exponent - 10) + 2 ** 52 - 2 ** 52 + (exponent + 14) * 1024;
  return (value < 0 || 1 / value < 0 ? 0x8000 : 0) + (value === value ? Math.min(rounded, 0x7c00) : 0x7e00);
}

function fromHalf(bits: number): number {
  const [exponent, fraction] = [bits >> 10 & 31, bits & 1023];
  const magnitude = exponent === 31 ? (fraction ? NaN : Infinity) : exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
  return bits >> 15 ? -magnitude : magnitude;
}

export const forms = {
  f16: [Float32Array, Uint16Array, toHalf, fromHalf], f32: [Float32Array, Float32Array], i32: [Int32Array, Int32Array], u32: [Uint32Array, Uint32Array], bool: [Uint8Array, Uint32Array],
} as unknown as { readonly [D in DType]: Form };

export function toDevice(dtype: DType, data: TypedArray): TypedArray {
  const [, Device, convert] = forms[dtype];
  return convert ? Device.from(data as Float32Array, convert) : new Device(data as Float32Array);
}

/** So many elements from the start. */
export function fromDevice(dtype: DType, bytes: ArrayBuffer, elements: number): TypedArray {
  const [Host, Device, , convert] = forms[dtype];
  const data = new Device(bytes, 0, elements) as Float32Array;
  return convert ? Host.from(data, convert) : new Host(data);
}
