// Placement inside the module, when sizes are known only at run time: regions of linear memory, and slots of the arena
// whose lifetimes may share bytes. Both are entries of 32 bytes: begin, end, size (i64 each), first, last (i32 each).
// An entry is placed if its end is not 0. All sizes are positive multiples of the alignment and at most 2^32.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";

export const entry = { bytes: 32, begin: 0, end: 8, size: 16, first: 24, last: 28 } as const;

export interface Placement {
  /** (entries, count, self entry, size: i64, lowest: i64) -> i64: the lowest place that meets no entry alive with self. */
  readonly firstFit: number;
  /** (entries, count) -> i64: places all slots, largest first; the bytes needed. */
  readonly placeSlots: number;
}

export function emitPlacement(module: ModuleBuilder): Placement {
  const firstFit = module.addFunction("first_fit", ["i32", "i32", "i32", "i64", "i64"], ["i64"], (f, entries, count, self, size, lowest) => {
    const other = f.local("i32");
    const end = f.local("i32");
    f.get(entries).get(count).i32(entry.bytes).op("i32.mul").op("i32.add").set(end);
    f.get(entries).set(other);
    f.block((done) => f.loop((scan) => {
      f.get(other).get(end).op("i32.ge_u").brIf(done);
      f.block((next) => {
        f.get(other).get(self).op("i32.eq").brIf(next);
        // Alive at the same time?
        f.get(other).load("i32.load", entry.first).get(self).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        f.get(self).load("i32.load", entry.first).get(other).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        // The same bytes?
        f.get(other).load("i64.load", entry.end).get(lowest).op("i64.le_u").brIf(next);
        f.get(other).load("i64.load", entry.begin).get(lowest).get(size).op("i64.add").op("i64.ge_u").brIf(next);
        f.get(other).load("i64.load", entry.end).set(lowest);
        f.get(entries).set(other).br(scan);
      });
      f.get(other).i32(entry.bytes).op("i32.add").set(other).br(scan);
    }));
    f.get(lowest);
  });
  const placeSlots = module.addFunction("place_slots", ["i32", "i32"], ["i64"], (f, entries, count) => {
    const [slot, end, largest, total] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i64")];
    f.get(entries).get(count).i32(entry.bytes).op("i32.mul").op("i32.add").set(end);
    eachEntry(f, slot, entries, end, () => {
      f.get(slot).i64(0).store("i64.store", entry.begin);
      f.get(slot).i64(0).store("i64.store", entry.end);
    });
    f.block((done) => f.loop((next) => {
      f.i32(0).set(largest);
      eachEntry(f, slot, entries, end, () => {
        f.get(slot).load("i64.load", entry.end).op("i64.eqz").if(() => {
          f.get(largest).op("i32.eqz").if(() => f.i32(1), () => {
            f.get(slot).load("i64.load", entry.size).get(largest).load("i64.load", entry.size).op("i64.gt_u");
          }, "i32");
          f.if(() => f.get(slot).set(largest));
        });
      });
      f.get(largest).op("i32.eqz").brIf(done);
      f.get(largest);
      f.get(entries).get(count).get(largest).get(largest).load("i64.load", entry.size).i64(0).call(firstFit);
      f.store("i64.store", entry.begin);
      f.get(largest).get(largest).load("i64.load", entry.begin).get(largest).load("i64.load", entry.size).op("i64.add");
      f.store("i64.store", entry.end);
      f.get(largest).load("i64.load", entry.end).get(total).op("i64.gt_u");
      f.if(() => f.get(largest).load("i64.load", entry.end).set(total));
      f.br(next);
    }));
    f.get(total);
  });
  return { firstFit, placeSlots };
}

function eachEntry(f: FunctionBuilder, slot: Local, entries: Local, end: Local, body: () => void): void {
  f.get(entries).set(slot);
  f.block((done) => f.loop((next) => {
    f.get(slot).get(end).op("i32.ge_u").brIf(done);
    body();
    f.get(slot).i32(entry.bytes).op("i32.add").set(slot).br(next);
  }));
}
