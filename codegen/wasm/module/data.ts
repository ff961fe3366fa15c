// Constants and initial values as passive data segments, copied once at instantiation. Zeros are not stored: memory
// starts as zeros.

import type { TensorData, TypedArray } from "../../../ir/data.ts";
import type { FunctionBuilder, ModuleBuilder } from "../encode/index.ts";
import { type Allocator, regionBytes } from "./allocator.ts";

interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Constants of at most so many bytes are shared when they are equal. */
const smallConstant = 4096;

export class DataSection {
  readonly #memory: Allocator;
  readonly #pieces: Piece[] = [];
  readonly #constants = new Map<TensorData | string, number>();

  constructor(memory: Allocator) {
    this.#memory = memory;
  }

  /** Sets the initial contents at an address. */
  fill(address: number, array: TypedArray): void {
    const { start, end } = nonZeroSpan(array);
    if (end === start) return;
    this.#pieces.push({ address: address + start, bytes: new Uint8Array(array.buffer, array.byteOffset + start, end - start) });
  }

  /** The address of a constant; equal small ones and identical objects are one. */
  constant(data: TensorData): number {
    const key = data.data.byteLength > smallConstant ? data : `${data.dtype} ${[...new Uint8Array(data.data.buffer, data.data.byteOffset, data.data.byteLength)].join()}`;
    let address = this.#constants.get(key);
    if (address === undefined) {
      address = this.#memory.take(regionBytes(data.data.byteLength));
      this.#constants.set(key, address);
      this.fill(address, data.data);
    }
    return address;
  }

  /** Declares the segments; gives what copies them. */
  declare(module: ModuleBuilder): (f: FunctionBuilder) => void {
    const segments = this.#pieces.map(({ address, bytes }) => ({ address, length: bytes.length, segment: module.addPassiveData(bytes) }));
    return (f) => {
      for (const { address, length, segment } of segments) f.i32(address).i32(0).i32(length).memoryInit(segment).dataDrop(segment);
    };
  }
}

/** The bytes from the first to the last element that are not all zero; -0 is not zero. */
function nonZeroSpan(array: TypedArray): { start: number; end: number } {
  const word = array.byteOffset % 4 === 0 && array.byteLength % 4 === 0 ? 4 : 1;
  const bits = word === 4
    ? new Uint32Array(array.buffer, array.byteOffset, array.byteLength / 4)
    : new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let [start, end] = [0, bits.length];
  while (end > 0 && bits[end - 1] === 0) end--;
  while (start < end && bits[start] === 0) start++;
  return { start: start * word, end: end * word };
}
