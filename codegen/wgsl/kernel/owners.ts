// Updates of one buffer in an order that matters, as scatters are: shared out by the element that they update. Each owner goes through all of the updates in order and
// does those of its own elements, so nothing but who does it changes, and the result is the serial loop's to the bit.

import type { Instruction, Kernel, LoopInstruction, OpInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { eachRead } from "../../../ir/kernel/reads.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import { eachAccess, touchedBindings } from "./dependence.ts";

export interface Updates {
  /** Serial loops around the updates, from the outermost inwards. */
  readonly serial: readonly LoopInstruction[];
  /** Parallel loops inside those, whose iterations update different elements. */
  readonly parallel: readonly LoopInstruction[];
  /** Equal for updates of one element. */
  readonly key: ValueId;
  /** Instructions of one update that `key` needs, and the others. */
  readonly before: readonly Instruction[];
  readonly after: readonly Instruction[];
}

/** As many as are of use where each of them has `places` invocations. */
export function countOwners(places: number | undefined): number {
  return Math.max(1, Math.min(1024, places === undefined ? 32 : Math.floor(8192 / Math.max(1, places))));
}

/** Undefined: the kernel is something else. */
export function updatesOf(kernel: Kernel, bound: BoundBuffers): Updates | undefined {
  const definitions = new Map<ValueId, Instruction>();
  const [serial, parallel]: [LoopInstruction[], LoopInstruction[]] = [[], []];
  let level = kernel.body;
  for (;;) {
    for (const instruction of level) if ("id" in instruction) definitions.set(instruction.id, instruction);
    const [loop, ...others] = level.filter((instruction) => instruction.kind === "loop" && touchedBindings([instruction], bound.bindings).stored.size > 0) as LoopInstruction[];
    if (loop === undefined) break;
    if (others.length > 0 || loop.carried.length > 0 || touchesStored(level.filter((instruction) => instruction !== loop), bound)) return undefined;
    if (loop.order === "parallel" || loop.lanes > 1) {
      if (!kernel.body.some((instruction) => "id" in instruction && instruction.id === loop.extent)) return undefined;
      if (parallel.length > 0 && level.some((instruction) => instruction.kind === "loop" && instruction !== loop)) return undefined;
      parallel.push(loop);
    } else if (parallel.length > 0) {
      return undefined;
    } else {
      serial.push(loop);
    }
    level = loop.body;
  }
  const offset = onlyOffset(level, bound);
  const key = offset && keyOf(offset, parallel, definitions);
  if (serial.length === 0 || key === undefined) return undefined;
  const needed = new Set<ValueId>([key]);
  const before = [...level].reverse().filter((instruction) => {
    if (!("id" in instruction && needed.has(instruction.id))) return false;
    eachRead(instruction, (id) => needed.add(id));
    return true;
  }).reverse();
  return { serial, parallel, key, before, after: level.filter((instruction) => !before.includes(instruction)) };
}

function touchesStored(body: readonly Instruction[], bound: BoundBuffers): boolean {
  let found = false;
  eachAccess(body, (buffer) => { found ||= bound.isStored(bound.bindings[buffer]!); });
  return found;
}

/** The offset at which all that is stored to is touched. */
function onlyOffset(body: readonly Instruction[], bound: BoundBuffers): ValueId | undefined {
  const offsets = new Set<ValueId>();
  const touched = new Set<number>();
  for (const instruction of body) {
    if (instruction.kind === "loop" && touchesStored([instruction], bound)) return undefined;
    if ((instruction.kind !== "load" && instruction.kind !== "store") || !bound.isStored(bound.bindings[instruction.buffer]!)) continue;
    offsets.add(instruction.offset);
    touched.add(instruction.buffer);
  }
  return offsets.size === 1 && touched.size === 1 ? [...offsets][0] : undefined;
}

/** What is left of an offset without the indices of the parallel loops, which must be its last digits: key * extent + index. */
function keyOf(offset: ValueId, parallel: readonly LoopInstruction[], definitions: ReadonlyMap<ValueId, Instruction>): ValueId | undefined {
  const op = (id: ValueId, name: "add" | "mul"): OpInstruction | undefined => {
    const instruction = definitions.get(id);
    return instruction?.kind === "op" && instruction.op === name ? instruction : undefined;
  };
  let key = offset;
  for (const { index, extent } of [...parallel].reverse()) {
    const sum = op(key, "add");
    const scaled = sum?.args.includes(index) === true ? op(sum.args.find((arg) => arg !== index) ?? index, "mul") : undefined;
    if (scaled?.args.includes(extent) !== true) return undefined;
    key = scaled.args[0] === extent ? scaled.args[1]! : scaled.args[0]!;
  }
  return key;
}
