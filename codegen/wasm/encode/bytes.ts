// A growable byte buffer with the number formats of the WebAssembly binary format: LEB128 and little-endian floats.

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);
const textEncoder = new TextEncoder();

export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes written so far: a view, valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** An independent copy of the bytes written so far. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** Overwrites a byte that was written before. */
  patch(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  /** Takes back all from `length` on. */
  truncate(length: number): void {
    this.#length = length;
  }

  append(bytes: ArrayLike<number>): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Unsigned LEB128 of an integer in [0, 2^32); a negative int32 stands for the unsigned number with its bits. */
  u32(value: number): void {
    let rest = value >>> 0;
    if (this.#length + 5 > this.#bytes.length) this.#grow(5);
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Signed LEB128 of an int32; an integer in [2^31, 2^32) stands for the signed number with its bits. */
  s32(value: number): void {
    let rest = value | 0;
    if (this.#length + 5 > this.#bytes.length) this.#grow(5);
    while (rest < -0x40 || rest > 0x3f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#bytes[this.#length++] = rest & 0x7f;
  }

  /** Signed LEB128 of an int64; an integer in [2^63, 2^64) stands for the signed number with its bits. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    if (this.#length + 10 > this.#bytes.length) this.#grow(10);
    while (rest < -0x40n || rest > 0x3fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest & 0x7fn);
  }

  f32(value: number): void {
    scratch.setFloat32(0, value, true);
    this.append(scratchBytes.subarray(0, 4));
  }

  f64(value: number): void {
    scratch.setFloat64(0, value, true);
    this.append(scratchBytes);
  }

  /** A name: its length in bytes, then UTF-8. */
  name(text: string): void {
    this.sized(textEncoder.encode(text));
  }

  /** A length, then the bytes. */
  sized(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.append(bytes);
  }

  #grow(count: number): void {
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    bytes.set(this.view());
    this.#bytes = bytes;
  }
}
