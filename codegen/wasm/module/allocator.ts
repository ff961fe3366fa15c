// Gives out linear memory from the bottom up, at compile time.

import { userError } from "../../../ir/errors.ts";

export const slotAlignment = 64;
export const slotPadding = 64;
export const pageBytes = 65536;
export const memoryBytes = 2 ** 32;

/** Bytes of a region that holds so many bytes and the readable padding. */
export function regionBytes(bytes: number): number {
  return Math.ceil((bytes + slotPadding) / slotAlignment) * slotAlignment;
}

export class Allocator {
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  get end(): number {
    return this.#end;
  }

  take(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / slotAlignment) * slotAlignment;
    if (this.#end > memoryBytes) throw userError("E602", { message: "the model needs more than 4 GiB of memory" });
    return at;
  }
}
