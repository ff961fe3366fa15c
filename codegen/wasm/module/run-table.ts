// The table of a function with symbolic sizes: what f_run needs and only f_prepare knows, and what f_prepare needs to find out.
//
//   addresses  i32 each: inputs, outputs, slots
//   values     i32 each: sizes of launches and contractions, dimensions of outputs
//   working    the values before it is known that nothing fails
//   entries    one for each address: what is placed (see place.ts)

import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { Program } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import type { Dim, Size } from "../../../ir/size.ts";
import type { Allocator } from "./allocator.ts";
import { entry } from "./place.ts";

export class RunTable {
  /** 1 once the function was prepared. */
  readonly prepared: number;
  readonly addresses: number;
  readonly values: number;
  readonly working: number;
  readonly entries: number;
  readonly buffers: number;
  readonly slots: number;
  /** What f_run needs beside addresses, in order. */
  readonly sizes: readonly Size[];
  readonly #inputs: number;
  readonly #index: ReadonlyMap<Dim, number>;

  constructor(program: Program, plan: MemoryPlan, memory: Allocator) {
    this.sizes = [...runValues(program)];
    this.#index = new Map(this.sizes.map((value, i) => [value, i]));
    this.#inputs = program.inputs.length;
    this.buffers = program.inputs.length + program.outputs.length;
    this.slots = plan.slots.length;
    const placed = this.buffers + this.slots;
    const at = memory.take(4 * (1 + placed + 2 * this.sizes.length) + entry.bytes * placed);
    this.prepared = at;
    this.addresses = at + 4;
    this.values = this.addresses + 4 * placed;
    this.working = this.values + 4 * this.sizes.length;
    this.entries = this.working + 4 * this.sizes.length;
  }

  // Where a word lies.
  input(index: number): number {
    return this.addresses + 4 * index;
  }

  output(index: number): number {
    return this.addresses + 4 * (this.#inputs + index);
  }

  slot(index: number): number {
    return this.addresses + 4 * (this.buffers + index);
  }

  value(dim: Size): number {
    return this.values + 4 * this.#index.get(dim)!;
  }
}

/** The sizes that running depends on, each once. */
function runValues(program: Program): Set<Size> {
  const found = new Set<Size>();
  const add = (...dims: readonly Dim[]): void => {
    for (const dim of dims) if (typeof dim !== "number") found.add(dim);
  };
  for (const { type } of program.outputs) add(...type.shape);
  for (const statement of statementsOf(program.body)) {
    if ("split" in statement) add(statement.split.extent);
    if ("workspaceStride" in statement) add(statement.workspaceStride);
    if (statement.kind === "launch") add(...statement.sizes);
    if (statement.kind === "copy") add(program.buffers[statement.from]!.elements);
    if (statement.kind === "repeat") {
      if (statement.limit !== undefined) add(statement.limit);
      for (const buffer of [...statement.slices, ...statement.carried.map(({ init }) => init)]) add(program.buffers[buffer]!.elements);
    }
    if (statement.kind === "log") add(program.buffers[statement.first]!.elements, ...statement.shape);
    if (statement.kind === "call") add(statement.batch, statement.parts ?? 0, ...statement.sizes, ...[...statement.operands, ...statement.results].map(({ stride }) => stride));
    if (statement.kind === "convolve") add(statement.batch, ...(statement.epilogue?.sizes ?? []));
    if (statement.kind === "contract") {
      const { a, b } = statement;
      add(statement.batch, statement.m, statement.n, statement.k, ...(statement.epilogue?.sizes ?? []));
      for (const operand of [a, b]) add(operand.offset, statement.batch === 1 ? 0 : operand.batchStride, operand.rowStride, operand.columnStride);
    }
  }
  return found;
}
