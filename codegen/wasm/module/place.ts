// Placement inside the module, when sizes are known only at run time: regions of linear memory, and slots of the arena
// whose lifetimes may share bytes. Both are entries of 40 bytes: begin, end, size (i64 each), first, last, next (i32 each).
// An entry is placed if its end is not 0. All sizes are positive multiples of the alignment and at most 2^32.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";

export const entry = { bytes: 40, begin: 0, end: 8, size: 16, first: 24, last: 28, next: 32 } as const;

export interface Placement {
  /** (entries, count, self entry, size: i64, lowest: i64) -> i64: the lowest place that meets no entry alive with self. */
  readonly firstFit: number;
  /** (entries, count) -> i64: places all slots, largest first; the bytes needed. */
  readonly placeSlots: number;
}

export function emitPlacement(module: ModuleBuilder): Placement {
  const firstFit = module.addFunction("first_fit", ["i32", "i32", "i32", "i64", "i64"], ["i64"], (f, entries, count, self, size, lowest) => {
    const [other, end, moved] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.get(entries).get(count).i32(entry.bytes).op("i32.mul").op("i32.add").set(end);
    // An entry in the way moves the place to its end: no place between would do. Until a whole turn moves nothing.
    f.loop((again) => {
      f.i32(0).set(moved);
      eachEntry(f, other, entries, end, () => f.block((next) => {
        // The same bytes?
        f.get(other).load("i64.load", entry.end).get(lowest).op("i64.le_u").brIf(next);
        f.get(other).load("i64.load", entry.begin).get(lowest).get(size).op("i64.add").op("i64.ge_u").brIf(next);
        // Alive at the same time?
        f.get(other).load("i32.load", entry.first).get(self).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        f.get(self).load("i32.load", entry.first).get(other).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        f.get(other).get(self).op("i32.eq").brIf(next);
        f.get(other).load("i64.load", entry.end).set(lowest);
        f.i32(1).set(moved);
      }));
      f.get(moved).brIf(again);
    });
    f.get(lowest);
  });
  return { firstFit, placeSlots: emitPlaceSlots(module) };
}

/** Quadratic in the number of slots: those placed form a list by begin, so that one walk finds the lowest fit. */
function emitPlaceSlots(module: ModuleBuilder): number {
  return module.addFunction("place_slots", ["i32", "i32"], ["i64"], (f, entries, count) => {
    const [slot, end, largest, placed, before] = f.localsOf("i32", 5) as [Local, Local, Local, Local, Local];
    const [size, lowest, total] = f.localsOf("i64", 3) as [Local, Local, Local];
    const head = f.local("i32");
    const next = (node: Local): void => {
      f.get(node).op("i32.eqz").if(() => f.get(head), () => f.get(node).load("i32.load", entry.next), "i32");
    };
    f.get(entries).get(count).i32(entry.bytes).op("i32.mul").op("i32.add").set(end);
    eachEntry(f, slot, entries, end, () => f.get(slot).i64(0).store("i64.store", entry.end));
    f.block((done) => f.loop((again) => {
      findLargest(f, { slot, entries, end, largest, size });
      f.get(largest).op("i32.eqz").brIf(done);
      f.i64(0).set(lowest);
      f.get(head).set(placed);
      f.block((found) => f.loop((walk) => {
        f.get(placed).op("i32.eqz").brIf(found);
        f.get(placed).load("i64.load", entry.begin).get(lowest).get(size).op("i64.add").op("i64.ge_u").brIf(found);
        f.block((apart) => {
          f.get(placed).load("i64.load", entry.end).get(lowest).op("i64.le_u").brIf(apart);
          f.get(placed).load("i32.load", entry.first).get(largest).load("i32.load", entry.last).op("i32.gt_s").brIf(apart);
          f.get(largest).load("i32.load", entry.first).get(placed).load("i32.load", entry.last).op("i32.gt_s").brIf(apart);
          f.get(placed).load("i64.load", entry.end).set(lowest);
        });
        f.get(placed).load("i32.load", entry.next).set(placed).br(walk);
      }));
      f.get(largest).get(lowest).store("i64.store", entry.begin);
      f.get(largest).get(lowest).get(size).op("i64.add").store("i64.store", entry.end);
      f.get(largest).load("i64.load", entry.end).get(total).op("i64.gt_u");
      f.if(() => f.get(largest).load("i64.load", entry.end).set(total));
      // Into the list, behind the last that begins lower.
      f.i32(0).set(before);
      f.block((here) => f.loop((walk) => {
        next(before);
        f.tee(placed).op("i32.eqz").brIf(here);
        f.get(placed).load("i64.load", entry.begin).get(lowest).op("i64.ge_u").brIf(here);
        f.get(placed).set(before).br(walk);
      }));
      f.get(largest).get(placed).store("i32.store", entry.next);
      f.get(before).op("i32.eqz").if(() => f.get(largest).set(head), () => f.get(before).get(largest).store("i32.store", entry.next));
      f.br(again);
    }));
    f.get(total);
  });
}

/** The largest entry without a place, the first of equals; 0 if all have one. */
function findLargest(
  f: FunctionBuilder, { slot, entries, end, largest, size }: Record<"slot" | "entries" | "end" | "largest" | "size", Local>,
): void {
  f.i32(0).set(largest);
  f.i64(0).set(size);
  eachEntry(f, slot, entries, end, () => f.block((next) => {
    f.get(slot).load("i64.load", entry.end).op("i64.eqz").op("i32.eqz").brIf(next);
    f.get(slot).load("i64.load", entry.size).get(size).op("i64.le_u").brIf(next);
    f.get(slot).set(largest);
    f.get(slot).load("i64.load", entry.size).set(size);
  }));
}

function eachEntry(f: FunctionBuilder, slot: Local, entries: Local, end: Local, body: () => void): void {
  f.get(entries).set(slot);
  f.block((done) => f.loop((next) => {
    f.get(slot).get(end).op("i32.ge_u").brIf(done);
    body();
    f.get(slot).i32(entry.bytes).op("i32.add").set(slot).br(next);
  }));
}
