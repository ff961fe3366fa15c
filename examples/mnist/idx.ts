// IDX, the format of the original MNIST files: a big-endian header (magic number, sizes), then bytes. What does not hold
// together is refused by the file's name.

import { DataError } from "../data-folder.ts";

export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

// Two zero bytes, 8 for unsigned bytes, the rank.
const magicOfBytes = 0x0800;

/** Reads an IDX file of unsigned bytes. DataError unless it is one, of this rank, and complete. */
export function parseIdx(name: string, bytes: Uint8Array, rank: number): Idx {
  const start = 4 + 4 * rank;
  if (bytes.length < start) throw new DataError(`${name} ends within its header: ${bytes.length} bytes, the header has ${start}`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, start);
  const magic = header.getUint32(0);
  if (magic !== magicOfBytes + rank) {
    throw new DataError(`${name} begins with ${hex(magic)}, an IDX file of bytes with ${rank} ${rank === 1 ? "axis" : "axes"} with ${hex(magicOfBytes + rank)}`);
  }
  const shape = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis));
  const data = bytes.subarray(start);
  const expected = shape.reduce((product, size) => product * size, 1);
  if (data.length !== expected) throw new DataError(`${name} holds ${data.length} bytes, its header promises ${shape.join(" x ")} = ${expected}`);
  return { shape, data };
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
