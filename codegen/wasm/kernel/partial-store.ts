// Stores of the first bytes of some registers, for the last turn of a loop, which has fewer lanes: as a function that
// loops without a loop around them call, and as code for all others. A call among their values would cost them registers. Where the
// number of bytes is known, a few stores do.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import type { KernelCache } from "./kernel-cache.ts";
import type { Push } from "./scalar-ops.ts";

/**
 * Stores the register that `push` pushes. Every second address is added up, so that no two stores differ by 16 in their static offsets alone: with its
 * flag for 256 bits, V8 begins at such pairs, and joins values wrongly where some are put away (Node 24: wrong elements, or the end of the process).
 * So products become wide and kernels do not.
 */
export function emitStore(f: FunctionBuilder, base: Push, offset: number, alignment: number, push: Push): void {
  const added = offset % 32 === 16 ? 16 : 0;
  base();
  if (added > 0) f.i32(added).op("i32.add");
  push();
  f.store("v128.store", offset - added, alignment);
}

/** Stores `count` bytes, a multiple of 4 and less than all, of the values at the address. Overwrites all of its locals. */
export function emitPartialStore(f: FunctionBuilder, address: Local, count: Local, values: readonly Local[]): void {
  const first = values[0]!;
  const advance = (bytes: number): void => {
    f.get(address).i32(bytes).op("i32.add").set(address);
  };
  if (values.length > 1) {
    f.block((done) => {
      f.loop((next) => {
        f.get(count).i32(16).op("i32.lt_s").brIf(done);
        f.get(address).get(first).store("v128.store", 0, 4);
        advance(16);
        values.slice(1).forEach((value, i) => {
          f.get(value).set(values[i]!);
        });
        f.get(count).i32(16).op("i32.sub").set(count);
        f.br(next);
      });
    });
  }
  f.get(count).i32(8).op("i32.and").if(() => {
    f.get(address).get(first).storeLane("v128.store64_lane", 0, 0, 4);
    advance(8);
    f.get(first).get(first).shuffle([1, 1]).set(first);
  });
  f.get(count).i32(4).op("i32.and").if(() => {
    f.get(address).get(first).storeLane("v128.store32_lane", 0, 0, 4);
  });
}

/** Stores `bytes`, a multiple of 4 that is known, of the registers that `push` pushes, at the address that `base` pushes. */
export function emitKnownStore(f: FunctionBuilder, base: Push, bytes: number, push: (register: number) => void): void {
  for (let offset = 0; offset < bytes;) {
    const [within, left] = [offset % 16, bytes - offset];
    const pushRegister = (): void => push(Math.floor(offset / 16));
    if (left >= 16) {
      emitStore(f, base, offset, 4, pushRegister);
    } else {
      base();
      pushRegister();
      if (left >= 8) f.storeLane("v128.store64_lane", 0, offset, 4);
      else f.storeLane("v128.store32_lane", within / 4, offset, 4);
    }
    offset += left >= 16 ? 16 : left >= 8 ? 8 : 4;
  }
}

/** The function (address, count, values...) of so many registers. */
export function declarePartialStore(module: ModuleBuilder, registers: number, cache: KernelCache): number {
  const key = `store_part_${registers}`;
  let index = cache.get(key);
  if (index === undefined) {
    const params = ["i32", "i32", ...Array.from({ length: registers }, () => "v128" as const)] as const;
    index = module.declareFunction(key, { params, results: [] });
    cache.set(key, index);
    module.defineFunction(index, (f, address, count, ...values) => emitPartialStore(f, address!, count!, values));
  }
  return index;
}
