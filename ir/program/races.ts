// Finds races between threads: two of them touch one byte between two barriers, and one of them writes.

import type { TypedArray } from "../data.ts";
import { InternalError } from "../errors.ts";

/** Per byte of one ArrayBuffer: 1 + the thread that wrote it, or read it, since the last barrier. */
interface Touches {
  readonly writer: Uint8Array;
  readonly reader: Uint8Array;
}

const several = 255;

export class RaceDetector {
  /** Who runs now. */
  thread = 0;
  readonly #touches = new Map<ArrayBufferLike, Touches>();

  /** All threads met: what was done before is seen by all. */
  meet(): void {
    this.#touches.clear();
  }

  readonly touched = (data: TypedArray, element: number, write: boolean): void => {
    let touches = this.#touches.get(data.buffer);
    if (touches === undefined) {
      const { byteLength } = data.buffer;
      this.#touches.set(data.buffer, (touches = { writer: new Uint8Array(byteLength), reader: new Uint8Array(byteLength) }));
    }
    const self = this.thread + 1;
    const start = data.byteOffset + element * data.BYTES_PER_ELEMENT;
    for (let at = start; at < start + data.BYTES_PER_ELEMENT; at++) {
      const [writer, reader] = [touches.writer[at]!, touches.reader[at]!];
      if (writer !== 0 && writer !== self) this.#fail(writer, write, element);
      if (write && reader !== 0 && reader !== self) this.#fail(reader, write, element);
      if (write) touches.writer[at] = self;
      else touches.reader[at] = reader === 0 || reader === self ? self : several;
    }
  };

  #fail(other: number, write: boolean, element: number): never {
    const who = other === several ? "several threads have" : `thread ${other - 1} has`;
    throw new InternalError(`thread ${this.thread} ${write ? "writes" : "reads"} element ${element}, which ${who} touched with no barrier between`);
  }
}
