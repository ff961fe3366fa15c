// Placement inside the module, when sizes are known only at run time. What is placed are entries of 20 bytes: begin, end, size, first,
// last, i32 each. Places and sizes are in lines of slotAlignment bytes; an entry is placed if its end is not 0. Two entries may share
// bytes if one is alive only before the other.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { memoryBytes, slotAlignment } from "./allocator.ts";

export const entry = { bytes: 20, begin: 0, end: 4, size: 8, first: 12, last: 16 } as const;

/** Lines that a memory has at most: what ends behind them does not fit. */
export const mostLines = memoryBytes / slotAlignment;

export interface Placement {
  /** (entry, lines: i64, first, last) -> i32: writes an entry that is not placed; the address of the next. Absurd sizes become 1 + mostLines. */
  readonly addEntry: number;
  /** (entries, count, self entry, size, lowest) -> i32: the lowest place that meets no entry alive with self. */
  readonly firstFit: number;
  /** (entries, count) -> i32: places all that are not placed, largest first; the lines needed, more than mostLines if they do not fit. */
  readonly placeAll: number;
}

export function emitPlacement(module: ModuleBuilder): Placement {
  const addEntry = module.addFunction("add_entry", ["i32", "i64", "i32", "i32"], ["i32"], (f, self, lines, first, last) => {
    f.get(self).i32(0).store("i32.store", entry.end);
    f.get(self).get(lines).i64(mostLines + 1).get(lines).i64(mostLines).op("i64.le_u").op("select").op("i32.wrap_i64").store("i32.store", entry.size);
    f.get(self).get(first).store("i32.store", entry.first);
    f.get(self).get(last).store("i32.store", entry.last);
    f.get(self).i32(entry.bytes).op("i32.add");
  });
  const firstFit = module.addFunction("first_fit", ["i32", "i32", "i32", "i32", "i32"], ["i32"], (f, entries, count, self, size, lowest) => {
    const [other, end, moved] = f.localsOf("i32", 3) as [Local, Local, Local];
    pushEnd(f, entries, count);
    f.set(end);
    // An entry in the way moves the place to its end: no place between would do. Until a whole turn moves nothing.
    f.loop((again) => {
      f.i32(0).set(moved);
      eachEntry(f, other, entries, end, () => f.block((next) => {
        // Alive at the same time?
        f.get(other).load("i32.load", entry.first).get(self).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        f.get(self).load("i32.load", entry.first).get(other).load("i32.load", entry.last).op("i32.gt_s").brIf(next);
        // The same bytes?
        f.get(other).load("i32.load", entry.end).get(lowest).op("i32.le_u").brIf(next);
        f.get(other).load("i32.load", entry.begin).get(lowest).get(size).op("i32.add").op("i32.ge_u").brIf(next);
        f.get(other).get(self).op("i32.eq").brIf(next);
        f.get(other).load("i32.load", entry.end).tee(lowest).set(moved);
      }));
      f.get(moved).brIf(again);
    });
    f.get(lowest);
  });
  return { addEntry, firstFit, placeAll: emitPlaceAll(module, firstFit) };
}

function emitPlaceAll(module: ModuleBuilder, firstFit: number): number {
  return module.addFunction("place_all", ["i32", "i32"], ["i32"], (f, entries, count) => {
    const [self, end, largest, begin, total] = f.localsOf("i32", 5) as [Local, Local, Local, Local, Local];
    pushEnd(f, entries, count);
    f.set(end);
    f.loop((again) => {
      f.i32(0).set(largest);
      eachEntry(f, self, entries, end, () => f.block((next) => {
        f.get(self).load("i32.load", entry.end).brIf(next);
        // The first of the largest; address 0 holds 0.
        f.get(self).load("i32.load", entry.size).get(largest).load("i32.load", entry.size).op("i32.le_u").brIf(next);
        f.get(self).set(largest);
      }));
      f.get(largest).if(() => {
        f.get(largest).get(entries).get(count).get(largest).get(largest).load("i32.load", entry.size).i32(0).call(firstFit);
        f.tee(begin).store("i32.store", entry.begin);
        f.get(largest).get(begin).get(largest).load("i32.load", entry.size).op("i32.add").tee(begin).store("i32.store", entry.end);
        f.get(begin).get(total).get(begin).get(total).op("i32.gt_u").op("select").tee(total);
        f.i32(mostLines).op("i32.le_u").brIf(again);
      });
    });
    f.get(total);
  });
}

/** Pushes the address behind the last entry. */
function pushEnd(f: FunctionBuilder, entries: Local, count: Local): void {
  f.get(entries).get(count).i32(entry.bytes).op("i32.mul").op("i32.add");
}

function eachEntry(f: FunctionBuilder, self: Local, entries: Local, end: Local, body: () => void): void {
  f.get(entries).set(self);
  f.loop((next) => f.get(self).get(end).op("i32.ne").if(() => {
    body();
    f.get(self).i32(entry.bytes).op("i32.add").set(self).br(next);
  }));
}
