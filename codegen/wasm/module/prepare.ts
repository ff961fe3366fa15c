// f_prepare: computes and checks everything that depends on the sizes, then has inputs, outputs and slots placed. Only when nothing
// can fail any more it replaces what f_run reads.

import type { Slot } from "../../../ir/program/plan.ts";
import type { Program } from "../../../ir/program/program.ts";
import { errorNumbers } from "../../../ir/program/signature.ts";
import { type Dim, addDims, ceilDivDims, isNonNegative, subDims } from "../../../ir/size.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { slotAlignment, slotPadding } from "./allocator.ts";
import { DimArithmetic, DimEmitter } from "./dims.ts";
import { type ModuleLayout, type ProgramLayout, header, tensorBytes } from "./layout.ts";
import { type Placement, emitPlacement, entry } from "./place.ts";
import { Refusals } from "./refusals.ts";
import { emitPlaceFunction } from "./regions.ts";
import type { RunTable } from "./run-table.ts";

/** What the functions with symbolic sizes share. */
export interface PrepareContext {
  readonly layout: ModuleLayout;
  readonly refusals: Refusals;
  readonly arithmetic: DimArithmetic;
  readonly placement: Placement;
  readonly placeFunction: number;
}

/** Undefined if all sizes are known. */
export function prepareContext(module: ModuleBuilder, layout: ModuleLayout): PrepareContext | undefined {
  if (layout.programs.every(({ table }) => table === undefined)) return undefined;
  const placement = emitPlacement(module);
  const refusals = new Refusals(module);
  return { layout, refusals, arithmetic: new DimArithmetic(module, refusals), placement, placeFunction: emitPlaceFunction(module, layout, placement) };
}

/** The index of the function: (size...: i32) -> i32. Static functions have nothing to prepare. */
export function emitPrepare(module: ModuleBuilder, context: PrepareContext | undefined, { program, plan, table }: ProgramLayout): number {
  const params = program.sizes.map(() => "i32" as const);
  const index = module.declareFunction(`${program.name}_prepare`, { params, results: ["i32"] });
  module.defineFunction(index, (f, ...sizes) => {
    if (table === undefined || context === undefined) f.i32(errorNumbers.ok);
    else new PrepareEmitter(context, f, program, table, sizes).emit(plan.slots);
  });
  return index;
}

class PrepareEmitter {
  readonly #context: PrepareContext;
  readonly #f: FunctionBuilder;
  readonly #program: Program;
  readonly #table: RunTable;
  readonly #dims: DimEmitter;

  constructor(context: PrepareContext, f: FunctionBuilder, program: Program, table: RunTable, sizes: readonly Local[]) {
    this.#context = context;
    this.#f = f;
    this.#program = program;
    this.#table = table;
    f.i32(header.refused).i32(errorNumbers.ok).store("i32.store");
    const names = new Map(program.sizes.map((name, i) => {
      const wide = f.local("i64");
      f.get(sizes[i]!).op("i64.extend_i32_s").tee(wide).i32(i).call(context.refusals.count);
      return [name, wide] as const;
    }));
    this.#dims = new DimEmitter(f, context.arithmetic, names);
  }

  emit(slots: readonly Slot[]): void {
    const f = this.#f;
    const { layout, placeFunction } = this.#context;
    const { entries, buffers, addresses, values, working, prepared, sizes, slots: count } = this.#table;
    const error = f.local("i32");
    const failIf = (): FunctionBuilder => f.tee(error).if(() => f.get(error).op("return"));
    this.#storeValues();
    this.#checkCounts();
    this.#checkEqualities();
    this.#addEntries(slots);
    f.i32(header.refused).load("i32.load");
    failIf();
    const region = layout.programs.flatMap(({ table }) => table ?? []).indexOf(this.#table);
    f.i32(layout.regions + entry.bytes * region).i32(entries).i32(buffers).i32(count).i32(addresses).call(placeFunction);
    failIf();
    f.i32(values).i32(working).i32(4 * sizes.length).memoryCopy();
    f.i32(prepared).i32(1).store("i32.store");
    f.i32(errorNumbers.ok);
  }

  #storeValues(): void {
    const { refusals } = this.#context;
    const { sizes, working } = this.#table;
    sizes.forEach((value, i) => {
      this.#dims.push(value);
      this.#f.i32(working + 4 * i).call(isNonNegative(value) ? refusals.storeCount : refusals.storeSigned);
    });
  }

  #checkCounts(): void {
    const counted = new Set<Dim>();
    for (const { type } of [...this.#program.inputs, ...this.#program.outputs]) for (const dim of type.shape) counted.add(dim);
    for (const { elements } of this.#program.buffers) counted.add(elements);
    for (const count of this.#program.counts) counted.add(count);
    // Checked where they were stored.
    for (const value of this.#table.sizes) if (isNonNegative(value)) counted.delete(value);
    const checked: Dim[] = [];
    for (const count of counted) {
      // One that is never more than what was checked before is in bounds, too.
      if (typeof count === "number" || (isNonNegative(count) && checked.some((other) => isNonNegative(subDims(other, count))))) continue;
      checked.push(count);
      this.#dims.push(count);
      this.#f.i32(-1).call(this.#context.refusals.count);
    }
  }

  #checkEqualities(): void {
    for (const { left, right, error } of this.#program.sizeChecks) {
      this.#dims.push(left);
      this.#dims.push(right);
      this.#f.i32(error).call(this.#context.refusals.equal);
    }
  }

  /** Inputs and outputs are alive together. */
  #addEntries(slots: readonly Slot[]): void {
    const f = this.#f;
    const add = (bytes: Dim, first: number, last: number): void => {
      this.#dims.push(ceilDivDims(bytes, slotAlignment));
      f.i32(first).i32(last).call(this.#context.placement.addEntry);
    };
    f.i32(this.#table.entries);
    for (const bytes of tensorBytes([...this.#program.inputs, ...this.#program.outputs])) add(addDims(bytes, slotPadding), 0, 0);
    for (const { bytes, first, last } of slots) add(bytes, first, last);
    f.op("drop");
  }
}
