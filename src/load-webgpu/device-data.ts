// Elements as a device holds them: 32 bits each, so a bool is a u32, but for halves, which have 16. Counted in bytes.

import type { packHalves, unpackHalves } from "../../ir/half.ts";
import { type Dense, type DType, type TensorSignature } from "../load-feeds.ts";
import { type FailWith, wrongDType, wrongLength, wrongShape } from "./messages.ts";

/** Loaded where a model has halves. */
export interface Halves { readonly packHalves: typeof packHalves; readonly unpackHalves: typeof unpackHalves }

interface Kind {
  new (source: ArrayLike<number>): Float32Array<ArrayBuffer>;
  new (buffer: ArrayBuffer, offset: number, length: number): Float32Array<ArrayBuffer>;
}

const f32 = Float32Array;
const u32 = Uint32Array;
/** On the host, and on the device, if that differs. */
export const forms = { f16: [f32, Uint16Array], f32: [f32], i32: [Int32Array], u32: [u32], bool: [Uint8Array, u32] } as unknown as { readonly [D in DType]: readonly [host: Kind, device?: Kind] };

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

type Given = Partial<Dense> & { readonly buffer?: GPUBuffer; readonly dtype?: DType };

/** What a tensor is given: a buffer as it is, or elements as the device holds them. E502 or E503 for what it does not hold. Without `wanted`, any shape of so many elements will do. */
export function toDevice({ name, dtype, shape: type }: TensorSignature, { data, shape, buffer, dtype: given }: Given, failWith: FailWith, halves?: Halves, wanted?: readonly number[]): GPUBuffer | ArrayBufferView<ArrayBuffer> {
  const [Host, Device = Host] = forms[dtype];
  const length = count(wanted ?? type as readonly number[]);
  const elements = data as unknown as readonly unknown[] & Float32Array<ArrayBuffer>;
  if (wanted && `${shape}` !== `${wanted}`) failWith(wrongShape, name, shape, type);
  if (data && data.length !== length) failWith(wrongLength, name, data.length, length);
  try {
    // A typed array holds a dtype, and goes in as it is; f32 is not what an f64 holds.
    const own = data?.constructor === Host;
    const stored = own ? elements : new Host(elements);
    const [kind] = dtype;
    const holds = (value: unknown, i: number): boolean =>
      (typeof value === "number" || kind !== "f" && value === !!value) && (kind === "f" || +(value as number) === stored[i] && (kind !== "b" || stored[i]! < 2));
    if (buffer ? given === dtype : own && kind !== "b" || (own || !elements.buffer) && elements.every(holds)) {
      return buffer ?? (dtype === "f16" ? halves!.packHalves(stored, length + length % 2) : new Device(stored));
    }
  } catch {
    // What cannot be stored differs from what is.
  }
  return failWith(wrongDType, name, dtype);
}
