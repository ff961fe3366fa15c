// The table of a function with symbolic sizes: everything that f_run needs and only f_prepare knows. It exists twice:
// f_prepare fills the working copy and, when nothing failed, copies it over the one that f_run reads.
//
//   inputs   i32 address each
//   outputs  i32 address each
//   values   i32 each: sizes of launches and contractions, dimensions of outputs
//   slots    entries (see place.ts); the offset is relative to the arena

import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { Program } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import type { Dim, Size } from "../../../ir/size.ts";
import type { DataSection } from "./data.ts";
import type { Allocator } from "./allocator.ts";
import { entry } from "./place.ts";

export class RunTable {
  /** Address of the copy that f_run reads. */
  readonly committed: number;
  readonly working: number;
  /** Without `prepared`, which stands before the committed copy. */
  readonly bytes: number;
  readonly prepared: number;
  /** What f_run needs beside addresses, in order. */
  readonly values: readonly Size[];
  readonly #inputs: number;
  readonly #valuesAt: number;
  readonly #slotsAt: number;
  readonly #index: ReadonlyMap<Dim, number>;

  constructor(program: Program, plan: MemoryPlan, memory: Allocator, data: DataSection) {
    this.values = [...runValues(program)];
    this.#index = new Map(this.values.map((value, i) => [value, i]));
    this.#inputs = program.inputs.length;
    this.#valuesAt = 4 * (program.inputs.length + program.outputs.length);
    this.#slotsAt = Math.ceil((this.#valuesAt + 4 * this.values.length) / 8) * 8;
    this.bytes = this.#slotsAt + entry.bytes * plan.slots.length;
    this.prepared = memory.take(4);
    this.committed = memory.take(this.bytes);
    this.working = memory.take(this.bytes);
    const lives = new Int32Array((entry.bytes / 4) * plan.slots.length);
    plan.slots.forEach(({ first, last }, i) => {
      lives[(i * entry.bytes + entry.first) / 4] = first;
      lives[(i * entry.bytes + entry.last) / 4] = last;
    });
    data.fill(this.working + this.#slotsAt, lives);
  }

  // Offsets within either copy.
  input(index: number): number {
    return 4 * index;
  }

  output(index: number): number {
    return 4 * (this.#inputs + index);
  }

  value(dim: Size): number {
    return this.#valuesAt + 4 * this.#index.get(dim)!;
  }

  slot(index: number): number {
    return this.#slotsAt + entry.bytes * index;
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
    if (statement.kind === "convolve") add(statement.batch, ...(statement.epilogue?.sizes ?? []));
    if (statement.kind === "contract") {
      const { a, b } = statement;
      add(statement.batch, statement.m, statement.n, statement.k, ...(statement.epilogue?.sizes ?? []));
      for (const operand of [a, b]) add(operand.offset, operand.batchStride, operand.rowStride, operand.columnStride);
    }
  }
  return found;
}
