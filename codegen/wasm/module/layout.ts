// Where everything lies in linear memory that is known at compile time: header, tables, constants, state, and the
// buffers of functions without symbolic sizes. What depends on sizes lies behind, placed by f_prepare.
//
//   0      nothing: 0 is no address, and what lies there is 0
//   16     header, tables of the functions with symbolic sizes: low addresses have short encodings
//   ...    constants, state, static inputs, outputs and scratch
//   heap   inputs, outputs and scratch of functions with symbolic sizes

import { InternalError } from "../../../ir/errors.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { BufferId, NamedType, Program, ProgramModule } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import { type Dim, productOfDims } from "../../../ir/size.ts";
import { itemSize } from "../../../ir/types.ts";
import { Allocator, regionBytes, slotAlignment, slotPadding } from "./allocator.ts";
import { DataSection } from "./data.ts";
import { entry } from "./place.ts";
import { meetingWords } from "./meeting-words.ts";
import { RunTable } from "./run-table.ts";

/** Fixed words. */
export const header = {
  /** Detail words of the last error. */
  errorInfo: 16,
  /** 1 once the data segments were copied. */
  initialized: 24,
  weightsLoaded: 28,
  /** The error for which f_prepare refuses its sizes, or 0. */
  refused: 32,
  end: 36,
} as const;

/** A function's memory: addresses known now, or a table that f_prepare fills. */
export interface ProgramLayout {
  readonly program: Program;
  readonly plan: MemoryPlan;
  readonly table: RunTable | undefined;
  /** Of static functions; empty otherwise. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly scratch: ReadonlyMap<BufferId, number>;
}

export interface ModuleLayout {
  readonly programs: readonly ProgramLayout[];
  readonly state: readonly number[];
  readonly data: DataSection;
  /** Words in which a contraction hands its epilogue the arguments: one block, or one for each thread. */
  readonly epilogueArgs: number;
  readonly epilogueArgsStride: number;
  /** Of a module for threads: where they meet (see threads.ts). */
  readonly meeting: number | undefined;
  /** The log of a module that prints. */
  readonly log: number | undefined;
  /** Entries (see place.ts) of the regions on the heap: one for each symbolic function, in order, then the arena. */
  readonly regions: number;
  readonly heap: number;
}

export function layOut(module: ProgramModule, plans: readonly MemoryPlan[], embedState: boolean, logBytes: number | undefined): ModuleLayout {
  if (plans.length !== module.programs.length) throw new InternalError(`${module.programs.length} programs, ${plans.length} plans`);
  const memory = new Allocator(header.end);
  const symbolic = module.programs.filter((program) => program.sizes.length > 0);
  const tables = new Map(symbolic.map((program) => {
    const plan = plans[module.programs.indexOf(program)]!;
    return [program, new RunTable(program, plan, memory)] as const;
  }));
  // Where there is no table, what follows is aligned here.
  memory.take(0);
  const data = new DataSection(memory);
  const threads = threadsOf(module);
  const meeting = threads === 1 ? undefined : memory.take(meetingWords.bytes);
  // With threads, the first word is the row that the thread's part begins with.
  const argsBytes = 4 * Math.max(1, ...module.programs.flatMap(epilogueWords)) + (threads === 1 ? 0 : 4);
  const epilogueArgsStride = Math.ceil(argsBytes / slotAlignment) * slotAlignment;
  const epilogueArgs = memory.take(threads === 1 ? argsBytes : threads * epilogueArgsStride);
  const log = logBytes === undefined ? undefined : memory.take(logBytes);
  const regions = memory.take(entry.bytes * (symbolic.length + 1));
  const state = module.state.map(({ initial }) => memory.take(regionBytes(initial.data.byteLength)));
  if (embedState) module.state.forEach(({ initial }, i) => data.fill(state[i]!, initial.data));
  for (const program of module.programs) {
    for (const { role } of program.buffers) if (role.kind === "constant") data.constant(role.data);
  }
  const placeStatic = (types: readonly NamedType[]): number[] =>
    tensorBytes(types).map((bytes) => memory.take(regionBytes(staticNumber(bytes))));
  // Static functions share one arena: only one runs at a time.
  const arenas = module.programs.map((program, i) => (tables.has(program) ? 0 : placementOf(program, plans[i]!).bytes + slotPadding));
  const arena = memory.take(Math.max(0, ...arenas));
  const programs = module.programs.map((program, i): ProgramLayout => {
    const [plan, table] = [plans[i]!, tables.get(program)];
    if (table !== undefined) return { program, plan, table, inputs: [], outputs: [], scratch: new Map() };
    const { offsets } = placementOf(program, plan);
    const scratch = new Map([...plan.slotOf].map(([buffer, slot]) => [buffer, arena + offsets[slot]!]));
    return { program, plan, table, inputs: placeStatic(program.inputs), outputs: placeStatic(program.outputs), scratch };
  });
  return { programs, state, data, epilogueArgs, epilogueArgsStride, meeting, log, regions, heap: memory.end };
}

/** The most threads that a module may be run by. */
export function threadsOf(module: ProgramModule): number {
  return Math.max(1, ...module.programs.map((program) => program.threads ?? 1));
}

function placementOf({ name }: Program, { placement }: MemoryPlan): NonNullable<MemoryPlan["placement"]> {
  if (placement === undefined) throw new InternalError(`${name}: slots without places in a function without symbolic sizes`);
  return placement;
}

function epilogueWords(program: Program): number[] {
  return statementsOf(program.body).map((statement) =>
    ((statement.kind === "contract" || statement.kind === "convolve") && statement.epilogue !== undefined ? statement.epilogue.buffers.length + statement.epilogue.sizes.length : 0));
}

export function staticNumber(dim: Dim): number {
  if (typeof dim !== "number") throw new InternalError(`${dim.key} in a function without symbolic sizes`);
  return dim;
}

/** The bytes of each input or output. */
export function tensorBytes(types: readonly NamedType[]): Dim[] {
  return types.map(({ type }) => productOfDims([...type.shape, itemSize[type.dtype]]));
}
