// f_prepare: checks the sizes, computes everything that depends on them, places slots, inputs, outputs and the arena,
// grows the memory, and only then, when nothing can fail any more, replaces the plan that f_run reads.

import type { Program } from "../../../ir/program/program.ts";
import { errorNumbers } from "../../../ir/program/signature.ts";
import { type Dim, addDims } from "../../../ir/size.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { pageBytes, slotAlignment, slotPadding } from "./allocator.ts";
import { type DimArithmetic, DimEmitter } from "./dims.ts";
import { type ModuleLayout, type ProgramLayout, header, tensorBytes } from "./layout.ts";
import { type Placement, entry } from "./place.ts";
import type { RunTable } from "./run-table.ts";

export interface PrepareContext {
  readonly module: ModuleBuilder;
  readonly layout: ModuleLayout;
  readonly arithmetic: DimArithmetic;
  readonly placement: Placement;
}

/** The index of the function: (size...: i32) -> i32. Static functions have nothing to prepare. */
export function emitPrepare(context: PrepareContext, { program, plan, table }: ProgramLayout): number {
  const params = program.sizes.map(() => "i32" as const);
  const index = context.module.declareFunction(`${program.name}_prepare`, { params, results: ["i32"] });
  context.module.defineFunction(index, (f, ...sizes) => {
    if (table === undefined) f.i32(errorNumbers.ok);
    else new PrepareEmitter(context, f, program, table, sizes).emit(plan.slots.map(({ bytes }) => bytes));
  });
  return index;
}

class PrepareEmitter {
  readonly #context: PrepareContext;
  readonly #f: FunctionBuilder;
  readonly #program: Program;
  readonly #table: RunTable;
  readonly #sizes: readonly Local[];
  readonly #dims: DimEmitter;

  constructor(context: PrepareContext, f: FunctionBuilder, program: Program, table: RunTable, sizes: readonly Local[]) {
    this.#context = context;
    this.#f = f;
    this.#program = program;
    this.#table = table;
    this.#sizes = sizes;
    const names = new Map(program.sizes.map((name, i) => {
      const wide = f.local("i64");
      f.get(sizes[i]!).op("i64.extend_i32_s").set(wide);
      return [name, wide] as const;
    }));
    this.#dims = new DimEmitter(f, context.arithmetic, names);
  }

  emit(slotBytes: readonly Dim[]): void {
    const f = this.#f;
    f.i32(header.overflow).i32(0).store("i32.store");
    this.#checkSizes();
    this.#writeValues();
    this.#checkCounts();
    this.#checkEqualities();
    const arena = this.#placeSlots(slotBytes);
    this.#placeRegions(arena);
    f.i32(errorNumbers.ok);
  }

  #fail(error: number): void {
    this.#f.i32(error).op("return");
  }

  #checkSizes(): void {
    const f = this.#f;
    this.#sizes.forEach((size, i) => {
      f.get(size).i32(0).op("i32.lt_s").if(() => {
        f.i32(header.errorInfo).i32(i).store("i32.store");
        f.i32(header.errorInfo).get(size).store("i32.store", 4);
        this.#fail(errorNumbers.badSize);
      });
    });
  }

  #writeValues(): void {
    const f = this.#f;
    for (const value of this.#table.values) {
      f.i32(this.#table.working + this.#table.value(value));
      this.#dims.push(value);
      f.op("i32.wrap_i64").store("i32.store");
      this.#refuseUnless(value, -(2 ** 31));
    }
  }

  /** Everything that counts is in [0, 2^31): elements are addressed with i32 offsets. */
  #checkCounts(): void {
    const counted = new Set<Dim>();
    for (const { type } of [...this.#program.inputs, ...this.#program.outputs]) for (const dim of type.shape) counted.add(dim);
    for (const { elements } of this.#program.buffers) counted.add(elements);
    for (const count of this.#program.counts) counted.add(count);
    for (const count of counted) if (typeof count !== "number") this.#refuseUnless(count, 0);
    this.#f.i32(header.overflow).load("i32.load");
    this.#f.if(() => this.#badValue(0));
  }

  /** Refuses a value outside [lowest, 2^31). */
  #refuseUnless(value: Dim, lowest: number): void {
    const f = this.#f;
    this.#dims.push(value);
    f.i64(BigInt(-lowest)).op("i64.add").i64(BigInt(2 ** 31 - lowest)).op("i64.ge_u");
    f.if(() => this.#badValue(value));
  }

  #badValue(value: Dim): void {
    this.#f.i32(header.errorInfo).i32(-1).store("i32.store");
    this.#f.i32(header.errorInfo);
    this.#dims.push(value);
    this.#f.op("i32.wrap_i64").store("i32.store", 4);
    this.#fail(errorNumbers.badSize);
  }

  #checkEqualities(): void {
    const f = this.#f;
    for (const { left, right, error } of this.#program.sizeChecks) {
      this.#dims.push(left);
      this.#dims.push(right);
      f.op("i64.ne").if(() => {
        [left, right].forEach((dim, i) => {
          f.i32(header.errorInfo);
          this.#dims.push(dim);
          f.op("i32.wrap_i64").store("i32.store", 4 * i);
        });
        this.#fail(error);
      });
    }
  }

  /** Fills in the sizes of the slots and places them; the arena's bytes. */
  #placeSlots(slotBytes: readonly Dim[]): Local {
    const f = this.#f;
    const arena = f.local("i64");
    const size = f.local("i64");
    const first = this.#table.working + this.#table.slot(0);
    slotBytes.forEach((bytes, i) => {
      this.#dims.push(bytes);
      f.i64(slotAlignment - 1).op("i64.add").i64(-slotAlignment).op("i64.and").set(size);
      this.#limitMemory(size);
      f.i32(first + entry.bytes * i).get(size).i64(slotAlignment).get(size).i64(slotAlignment).op("i64.gt_s").op("select");
      f.store("i64.store", entry.size);
    });
    f.i32(first).i32(slotBytes.length).call(this.#context.placement.placeSlots).i64(slotPadding).op("i64.add").set(arena);
    this.#limitMemory(arena);
    return arena;
  }

  #limitMemory(bytes: Local): void {
    this.#f.get(bytes).i64(2n ** 32n).op("i64.gt_u").if(() => this.#fail(errorNumbers.outOfMemory));
  }

  #placeRegions(arena: Local): void {
    const f = this.#f;
    const { layout, placement } = this.#context;
    const tables = layout.programs.flatMap(({ table }) => table ?? []);
    const self = layout.regions + entry.bytes * tables.indexOf(this.#table);
    const arenaEntry = layout.regions + entry.bytes * tables.length;
    const count = tables.length;
    const [begin, end, arenaBegin, needed] = [f.local("i64"), f.local("i64"), f.local("i64"), f.local("i64")];
    const [oldBegin, oldEnd] = [f.local("i64"), f.local("i64")];
    const bytes = this.#layOutBuffers();
    f.i32(layout.regions).i32(count).i32(self).get(bytes).i64(BigInt(layout.heap)).call(placement.firstFit).tee(begin);
    f.get(bytes).op("i64.add").set(end);
    f.i32(self).load("i64.load", entry.begin).set(oldBegin);
    f.i32(self).load("i64.load", entry.end).set(oldEnd);
    f.i32(self).get(begin).store("i64.store", entry.begin);
    f.i32(self).get(end).store("i64.store", entry.end);
    // The arena is shared: it is as large as the largest need, and its contents need not be kept.
    f.get(arena).i32(arenaEntry).load("i64.load", entry.size).get(arena);
    f.i32(arenaEntry).load("i64.load", entry.size).op("i64.gt_u").op("select").set(needed);
    f.i32(layout.regions).i32(count).i32(arenaEntry).get(needed).i64(BigInt(layout.heap)).call(placement.firstFit).set(arenaBegin);
    this.#growMemory(end, arenaBegin, needed, () => {
      f.i32(self).get(oldBegin).store("i64.store", entry.begin);
      f.i32(self).get(oldEnd).store("i64.store", entry.end);
      this.#fail(errorNumbers.outOfMemory);
    });
    f.i32(arenaEntry).get(needed).store("i64.store", entry.size);
    f.i32(header.arena).get(arenaBegin).op("i32.wrap_i64").store("i32.store");
    this.#commit(begin);
  }

  /** Writes the places of inputs and outputs within their region; the region's bytes. */
  #layOutBuffers(): Local {
    const f = this.#f;
    const total = f.local("i64");
    const types = [...tensorBytes(this.#program.inputs), ...tensorBytes(this.#program.outputs)];
    f.i64(0).set(total);
    types.forEach((bytes, i) => {
      f.i32(this.#table.working + this.#table.input(i)).get(total).op("i32.wrap_i64").store("i32.store");
      f.get(total);
      this.#dims.push(addDims(bytes, slotPadding + slotAlignment - 1));
      f.i64(-slotAlignment).op("i64.and").op("i64.add").set(total);
      this.#limitMemory(total);
    });
    // A region is never empty, so that an entry with end 0 is one that is not placed.
    f.get(total).op("i64.eqz").if(() => f.i64(slotAlignment).set(total));
    return total;
  }

  #growMemory(end: Local, arenaBegin: Local, arena: Local, refused: () => void): void {
    const f = this.#f;
    const last = f.local("i64");
    const pages = f.local("i32");
    f.get(arenaBegin).get(arena).op("i64.add").set(last);
    f.get(last).get(end).get(last).get(end).op("i64.gt_u").op("select").set(last);
    f.get(last).i64(2n ** 32n).op("i64.gt_u").if(refused);
    f.get(last).i64(pageBytes - 1).op("i64.add").i64(BigInt(pageBytes)).op("i64.div_u").op("i32.wrap_i64").memorySize().op("i32.sub").tee(pages);
    f.i32(0).op("i32.gt_s").if(() => {
      f.get(pages).memoryGrow().i32(-1).op("i32.eq").if(refused);
    });
  }

  /** Makes addresses of the places in the region, and the working table the one that f_run reads. */
  #commit(begin: Local): void {
    const f = this.#f;
    const { committed, working, bytes, prepared } = this.#table;
    f.i32(committed).i32(working).i32(bytes).memoryCopy();
    const count = this.#program.inputs.length + this.#program.outputs.length;
    for (let i = 0; i < count; i++) {
      const at = committed + this.#table.input(i);
      f.i32(at).i32(at).load("i32.load").get(begin).op("i32.wrap_i64").op("i32.add").store("i32.store");
    }
    f.i32(prepared).i32(1).store("i32.store");
  }
}

