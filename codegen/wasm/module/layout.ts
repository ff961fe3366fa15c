// Where everything lies in linear memory that is known at compile time: header, tables, constants, state, and the
// buffers of functions without symbolic sizes. What depends on sizes lies behind, placed by f_prepare.
//
//   0      nothing: 0 is no address
//   64     header
//   ...    tables of the functions with symbolic sizes, constants, state, static inputs, outputs and scratch
//   heap   inputs, outputs and scratch of functions with symbolic sizes

import { InternalError } from "../../../ir/errors.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { Buffer, BufferId, Program, ProgramModule } from "../../../ir/program/program.ts";
import { type Dim, productOfDims } from "../../../ir/size.ts";
import { itemSize } from "../../../ir/types.ts";
import { Allocator, regionBytes, slotPadding } from "./allocator.ts";
import { DataSection } from "./data.ts";
import { RunTable } from "./run-table.ts";

/** Fixed words. */
export const header = {
  /** Detail words of the last error. */
  errorInfo: 64,
  /** 1 once the data segments were copied. */
  initialized: 128,
  weightsLoaded: 132,
  /** Set when an expression of sizes overflows. */
  overflow: 136,
  /** Base address of the scratch arena of functions with symbolic sizes. */
  arena: 140,
  end: 192,
} as const;

/** A function's memory: addresses known now, or a table that f_prepare fills. */
export interface ProgramLayout {
  readonly program: Program;
  readonly plan: MemoryPlan;
  readonly table: RunTable | undefined;
  /** Of static functions, the address of every input, output and scratch buffer. */
  readonly addresses: ReadonlyMap<BufferId, number>;
}

export interface ModuleLayout {
  readonly programs: readonly ProgramLayout[];
  readonly state: readonly number[];
  readonly data: DataSection;
  /** Words in which a contraction hands its epilogue the arguments. */
  readonly epilogueArgs: number;
  /** Entries (see place.ts) of the regions on the heap: one for each symbolic function, in order, then the arena. */
  readonly regions: number;
  readonly heap: number;
}

export function layOut(module: ProgramModule, plans: readonly MemoryPlan[], embedState: boolean): ModuleLayout {
  if (plans.length !== module.programs.length) throw new InternalError(`${module.programs.length} programs, ${plans.length} plans`);
  const memory = new Allocator(header.end);
  const data = new DataSection(memory);
  const epilogueArgs = memory.take(4 * Math.max(1, ...module.programs.flatMap(epilogueWords)));
  const symbolic = module.programs.filter((program) => program.sizes.length > 0);
  const regions = memory.take(32 * (symbolic.length + 1));
  const tables = new Map(symbolic.map((program) => {
    const plan = plans[module.programs.indexOf(program)]!;
    return [program, new RunTable(program, plan, memory, data)] as const;
  }));
  const state = module.state.map(({ initial }) => memory.take(regionBytes(initial.data.byteLength)));
  if (embedState) module.state.forEach(({ initial }, i) => data.fill(state[i]!, initial.data));
  for (const program of module.programs) {
    for (const { role } of program.buffers) if (role.kind === "constant") data.constant(role.data);
  }
  const programs = module.programs.map((program, i): ProgramLayout => {
    const table = tables.get(program);
    return { program, plan: plans[i]!, table, addresses: table === undefined ? placeStatic(program, memory) : new Map() };
  });
  const arena = Math.max(0, ...programs.map(({ table, plan }) => (table === undefined ? plan.placement!.bytes + slotPadding : 0)));
  const arenaStart = memory.take(arena);
  return {
    programs: programs.map((entry) => (entry.table === undefined ? withScratch(entry, arenaStart) : entry)),
    state, data, epilogueArgs, regions, heap: memory.end,
  };
}

function epilogueWords(program: Program): number[] {
  return program.body.map((statement) =>
    (statement.kind === "contract" && statement.epilogue !== undefined ? statement.epilogue.buffers.length + statement.epilogue.sizes.length : 0));
}

export function staticNumber(dim: Dim): number {
  if (typeof dim !== "number") throw new InternalError(`${dim.key} in a function without symbolic sizes`);
  return dim;
}

/** The bytes of each input or output, by index. */
export function signatureBytes(types: Program["inputs"]): Dim[] {
  return types.map(({ type }) => productOfDims([...type.shape, itemSize[type.dtype]]));
}

function placeStatic(program: Program, memory: Allocator): Map<BufferId, number> {
  const take = (bytes: Dim): number => memory.take(regionBytes(staticNumber(bytes)));
  const inputs = signatureBytes(program.inputs).map(take);
  const outputs = signatureBytes(program.outputs).map(take);
  const addresses = new Map<BufferId, number>();
  program.buffers.forEach(({ role }, id) => {
    if (role.kind === "input") addresses.set(id, inputs[role.index]!);
    if (role.kind === "output") addresses.set(id, outputs[role.index]!);
  });
  inputs.forEach((address, index) => addresses.set(inputKey(index), address));
  outputs.forEach((address, index) => addresses.set(outputKey(index), address));
  return addresses;
}

/** Keys in `addresses` of inputs and outputs by index: a program need not use all of them in its body. */
export const inputKey = (index: number): BufferId => -1 - 2 * index;
export const outputKey = (index: number): BufferId => -2 - 2 * index;

function withScratch(layout: ProgramLayout, arena: number): ProgramLayout {
  const addresses = new Map(layout.addresses);
  for (const [buffer, slot] of layout.plan.slotOf) addresses.set(buffer, arena + layout.plan.placement!.offsets[slot]!);
  return { ...layout, addresses };
}

/** Bytes of a buffer. */
export function bufferBytes(buffer: Buffer): Dim {
  return productOfDims([buffer.elements, itemSize[buffer.dtype]]);
}
