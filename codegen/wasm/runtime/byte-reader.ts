// Reads the number formats of the WebAssembly binary format, and never past the end.

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #fail: (message: string) => never;
  #at = 0;

  constructor(bytes: Uint8Array, fail: (message: string) => never) {
    this.#bytes = bytes;
    this.#fail = fail;
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  startsWith(bytes: readonly number[]): boolean {
    return bytes.length <= this.#bytes.length && this.bytes(bytes.length).every((byte, i) => byte === bytes[i]);
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? this.#fail("it ends too early");
  }

  /** A view. */
  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) this.#fail("it ends too early");
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) this.#fail("a number does not fit 32 bits");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  name(): string {
    const bytes = this.bytes(this.u32());
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return this.#fail("a name is no UTF-8");
    }
  }

  /** A reader of the next bytes alone. */
  part(length: number): ByteReader {
    return new ByteReader(this.bytes(length), this.#fail);
  }

  each(read: () => void): void {
    for (let left = this.u32(); left > 0; left--) read();
  }

  list<T>(read: () => T): T[] {
    const items: T[] = [];
    this.each(() => items.push(read()));
    return items;
  }
}
