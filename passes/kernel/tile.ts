// Transposes: a nest that reads along one loop and writes along another is cut into tiles, so that cache lines are used
// whole on both sides. What finds such nests is here; what writes the tiles (`tile-nest`) loads on demand.

import { InternalError } from "../../ir/errors.ts";
import type { Instruction, Kernel, LoopInstruction, StoreInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { type Stride, Strides } from "./stride.ts";

/** Neighbouring elements that a tile reads of each row. */
export const tileReads = 8;
/** Larger bodies are not written out `tileReads` times: there memory is not what takes the time. */
const mostValues = 12;

type Pure = Exclude<Instruction, { kind: "store" | "loop" }>;

/** Two or more parallel loops, all stores in the innermost. */
export interface Nest {
  readonly loops: readonly LoopInstruction[];
  readonly stores: readonly StoreInstruction[];
  readonly definitions: ReadonlyMap<ValueId, Pure>;
}

/** A nest in tiles: `along` is the loop that it reads along. */
export type TileNest = (kernel: Kernel, nest: Nest, along: LoopInstruction) => Kernel;

export function needsTiles(kernel: Kernel): boolean {
  return transposeIn(kernel) !== undefined;
}

/** The same kernel where there is nothing to gain. All loops are parallel, so that their order is free. */
export function tileLoops(kernel: Kernel, tileNest: TileNest | undefined): Kernel {
  const found = transposeIn(kernel);
  if (found === undefined) return kernel;
  if (tileNest === undefined) throw new InternalError(`kernel ${kernel.name}: tiles are not loaded`);
  return tileNest(kernel, found.nest, found.along);
}

function transposeIn(kernel: Kernel): { readonly nest: Nest; readonly along: LoopInstruction } | undefined {
  const nest = perfectNest(kernel);
  const along = nest && readingLoop(nest);
  return nest && along && { nest, along };
}

/** The kernel as one nest. */
function perfectNest(kernel: Kernel): Nest | undefined {
  const loops: LoopInstruction[] = [];
  const pure: Pure[] = [];
  const stores: StoreInstruction[] = [];
  for (let body = kernel.body; ;) {
    let inner: LoopInstruction | undefined;
    for (const instruction of body) {
      if (instruction.kind === "store") stores.push(instruction);
      else if (instruction.kind !== "loop") pure.push(instruction);
      else if (inner === undefined) inner = instruction;
      else return undefined;
    }
    if (inner === undefined) {
      return loops.length >= 2 && stores.length > 0 ? { loops, stores, definitions: new Map(pure.map((instruction) => [instruction.id, instruction])) } : undefined;
    }
    if (stores.length > 0 || inner.order !== "parallel" || inner.carried.length > 0) return undefined;
    loops.push(inner);
    body = inner.body;
  }
}

/** The loop along which some operand is contiguous, while along the innermost it is not and all stores are. */
function readingLoop({ loops, stores, definitions }: Nest): LoopInstruction | undefined {
  const loads = [...definitions.values()].filter((instruction) => instruction.kind === "load");
  const written = new Set(stores.map(({ buffer }) => buffer));
  const innermost = loops.at(-1)!;
  const [moving, ...others] = [innermost, ...loops.slice(0, -1)].map((loop) => ({ loop, strides: stridesAlong(loop, definitions) }));
  const movesAlong = (value: ValueId): Stride => moving!.strides.of(value);
  const isScattered = (stride: Stride): boolean => stride === "fixed" || (typeof stride === "number" && Math.abs(stride) > 1);
  if (loads.some(({ buffer }) => written.has(buffer)) || stores.some(({ offset }) => movesAlong(offset) !== 1)) return undefined;
  const scattered = loads.filter(({ offset }) => isScattered(movesAlong(offset)));
  const [found] = others.filter(({ strides }) => scattered.some(({ offset }) => strides.of(offset) === 1));
  if (found === undefined || isShort(innermost, definitions) || isShort(found.loop, definitions)) return undefined;
  const irregular = [movesAlong, ...others.map(({ strides }) => (value: ValueId) => strides.of(value))]
    .some((strideOf) => loads.some(({ offset }) => strideOf(offset) === "irregular"));
  // A value made of an index is not in the definitions, an index itself neither.
  const data = dataValues(stores, definitions);
  return irregular || data.size > mostValues || ![...data].every((id) => definitions.has(id)) ? undefined : found.loop;
}

function stridesAlong(loop: LoopInstruction, definitions: Nest["definitions"]): Strides {
  const strides = new Strides(loop.index);
  for (const instruction of definitions.values()) strides.visit(instruction);
  return strides;
}

function isShort({ extent }: LoopInstruction, definitions: Nest["definitions"]): boolean {
  const instruction = definitions.get(extent);
  return instruction?.kind === "constant" && Number(instruction.value) < tileReads;
}

/** What the stored values are made of, offsets left out. */
function dataValues(stores: readonly StoreInstruction[], definitions: Nest["definitions"]): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  const pending = stores.map(({ value }) => value);
  while (pending.length > 0) {
    const id = pending.pop()!;
    if (found.has(id)) continue;
    found.add(id);
    const instruction = definitions.get(id);
    if (instruction?.kind === "op") pending.push(...instruction.args);
  }
  return found;
}
