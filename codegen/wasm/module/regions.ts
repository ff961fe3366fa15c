// Where functions with symbolic sizes lie on the heap: each has a region for its inputs and outputs, all share the arena. A region
// moves only when its own function is prepared; the arena may move whenever one is, since its contents need not be kept.

import { errorNumbers } from "../../../ir/program/signature.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { pageBytes, slotAlignment, slotPadding } from "./allocator.ts";
import type { ModuleLayout } from "./layout.ts";
import { type Placement, entry, mostLines } from "./place.ts";
import type { RunTable } from "./run-table.ts";

const lineShift = Math.log2(slotAlignment);
const pageShift = Math.log2(pageBytes / slotAlignment);

/**
 * The index of `(region, entries, buffers, slots, addresses) -> i32`: places a function's entries, those of its inputs and outputs
 * in its region, which is an entry itself, and those of its slots in the arena, grows the memory and writes all addresses in the order
 * of the entries. Where memory does not suffice: an error number, and nothing has changed.
 */
export function emitPlaceFunction(module: ModuleBuilder, layout: ModuleLayout, placement: Placement): number {
  const tables = layout.programs.flatMap(({ table }) => table ?? []);
  const writeAddresses = emitWriteAddresses(module);
  const placeRegion = tables.length === 1 ? placeOnly(layout) : placeAmong(module, layout, tables, placement);
  return module.addFunction("place_function", ["i32", "i32", "i32", "i32", "i32"], ["i32"], (f, region, entries, buffers, slots, addresses) => {
    const [size, room, begin, arenaBegin, last, pages] = f.localsOf("i32", 6) as [Local, Local, Local, Local, Local, Local];
    const slotEntries = (): FunctionBuilder => f.get(entries).get(buffers).i32(entry.bytes).op("i32.mul").op("i32.add");
    f.get(entries).get(buffers).call(placement.placeAll).set(size);
    slotEntries().get(slots).call(placement.placeAll).i32(slotPadding / slotAlignment).op("i32.add").set(room);
    const { commit, undo } = placeRegion(f, { region, size, room, begin, arenaBegin, last });
    f.block((refused) => {
      f.get(last).i32(mostLines).op("i32.gt_u").brIf(refused);
      f.get(last).i32(pageBytes / slotAlignment - 1).op("i32.add").i32(pageShift).op("i32.shr_u").memorySize().op("i32.sub").tee(pages);
      f.i32(0).op("i32.gt_s").if(() => f.get(pages).memoryGrow().i32(-1).op("i32.eq").brIf(refused));
      commit();
      f.get(addresses).get(entries).get(buffers).get(begin).call(writeAddresses);
      f.get(addresses).get(buffers).i32(2).op("i32.shl").op("i32.add");
      slotEntries().get(slots).get(arenaBegin).call(writeAddresses);
      f.i32(errorNumbers.ok).op("return");
    });
    undo();
    f.i32(errorNumbers.outOfMemory);
  });
}

interface RegionLocals {
  readonly region: Local;
  /** Lines of the region, and of the arena. */
  readonly size: Local;
  readonly room: Local;
  /** What is set: where the region and the arena begin, and where the last of them ends, in lines. */
  readonly begin: Local;
  readonly arenaBegin: Local;
  readonly last: Local;
}

/** Emits where region and arena lie; what is to be done when memory suffices, and when it does not. */
type PlaceRegion = (f: FunctionBuilder, locals: RegionLocals) => { readonly commit: () => void; readonly undo: () => void };

/** A single function has the heap for itself: what `placeAmong` would find, the region first. */
function placeOnly({ heap }: ModuleLayout): PlaceRegion {
  return (f, { size, room, begin, arenaBegin, last }) => {
    f.i32(heap / slotAlignment).tee(begin).get(size).op("i32.add").tee(arenaBegin).get(room).op("i32.add").set(last);
    return { commit: () => undefined, undo: () => undefined };
  };
}

function placeAmong(module: ModuleBuilder, layout: ModuleLayout, tables: readonly RunTable[], { firstFit }: Placement): PlaceRegion {
  const arena = layout.regions + entry.bytes * tables.length;
  const shift = emitShift(module);
  return (f, { region, size, room, begin, arenaBegin, last }) => {
    const [oldBegin, oldEnd, distance] = f.localsOf("i32", 3) as [Local, Local, Local];
    const firstFitFor = (push: () => void, lines: Local): FunctionBuilder => {
      f.i32(layout.regions).i32(tables.length);
      push();
      return f.get(lines).i32(layout.heap / slotAlignment).call(firstFit);
    };
    const maximum = (result: Local, other: () => void): void => {
      other();
      f.get(result);
      other();
      f.get(result).op("i32.gt_u").op("select").set(result);
    };
    maximum(room, () => f.i32(arena).load("i32.load", entry.size));
    f.get(region).load("i32.load", entry.begin).set(oldBegin).get(region).load("i32.load", entry.end).set(oldEnd);
    f.get(region);
    firstFitFor(() => f.get(region), size).tee(begin).store("i32.store", entry.begin);
    f.get(region).get(begin).get(size).op("i32.add").tee(last).store("i32.store", entry.end);
    firstFitFor(() => f.i32(arena), room).set(arenaBegin);
    maximum(last, () => f.get(arenaBegin).get(room).op("i32.add"));
    return {
      commit: () => {
        f.i32(arena).get(room).store("i32.store", entry.size);
        f.get(arenaBegin).i32(arena).load("i32.load", entry.begin).op("i32.sub").i32(lineShift).op("i32.shl").set(distance);
        for (const table of tables) f.i32(table.slot(0)).i32(table.slots).get(distance).call(shift);
        f.i32(arena).get(arenaBegin).store("i32.store", entry.begin);
      },
      undo: () => {
        f.get(region).get(oldBegin).store("i32.store", entry.begin);
        f.get(region).get(oldEnd).store("i32.store", entry.end);
      },
    };
  };
}

/** Emits `(words, entries, count, base)`: the addresses of entries whose places count from a base. */
function emitWriteAddresses(module: ModuleBuilder): number {
  return module.addFunction("write_addresses", ["i32", "i32", "i32", "i32"], [], (f, words, entries, count, base) => {
    eachWord(f, words, count, () => {
      f.get(words).get(entries).load("i32.load", entry.begin).get(base).op("i32.add").i32(lineShift).op("i32.shl").store("i32.store");
      f.get(entries).i32(entry.bytes).op("i32.add").set(entries);
    });
  });
}

/** Emits `(words, count, distance)`: moves addresses. */
function emitShift(module: ModuleBuilder): number {
  return module.addFunction("shift_addresses", ["i32", "i32", "i32"], [], (f, words, count, distance) => {
    eachWord(f, words, count, () => f.get(words).get(words).load("i32.load").get(distance).op("i32.add").store("i32.store"));
  });
}

function eachWord(f: FunctionBuilder, words: Local, count: Local, body: () => void): void {
  f.loop((next) => f.get(count).if(() => {
    body();
    f.get(words).i32(4).op("i32.add").set(words);
    f.get(count).i32(1).op("i32.sub").set(count).br(next);
  }));
}
