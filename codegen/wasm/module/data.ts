// Constants and initial values as passive data segments, copied once at instantiation. Zeros are not stored: memory
// starts as zeros.

import type { TensorData, TypedArray } from "../../../ir/data.ts";
import { InternalError } from "../../../ir/errors.ts";
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
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
    if (end === 0) return;
    const start = bytes.findIndex((byte) => byte !== 0);
    this.#pieces.push({ address: address + start, bytes: bytes.subarray(start, end) });
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
    const segments = this.#pieces.map(({ address, bytes }) => {
      if (bytes.length === 0) throw new InternalError("an empty data segment");
      return { address, length: bytes.length, segment: module.addPassiveData(bytes) };
    });
    return (f) => {
      for (const { address, length, segment } of segments) f.i32(address).i32(0).i32(length).memoryInit(segment).dataDrop(segment);
    };
  }
}
