// How much memory a program needs at least, and how much its plan takes: the liveness bound that plans are held to.

import type { MemoryPlan } from "../ir/program/plan.ts";
import type { Program } from "../ir/program/program.ts";
import { evaluateDim } from "../ir/size.ts";
import { itemSize } from "../ir/types.ts";
import { placeBySize } from "./place-slots.ts";

export interface MemoryUse {
  /** Bytes of inputs, outputs, state and constants, which live all the time. */
  readonly resident: number;
  /** The most bytes that live at one statement, resident ones and workspaces included, without any padding. A result that takes over
   *  the bytes of an operand counts once. */
  readonly bound: number;
  /** The statement at which they do, counted through all bodies. */
  readonly at: number;
  /** Resident bytes and the arena as planned. */
  readonly planned: number;
}

/** `sizes` has a value for every size of the program. */
export function memoryUse(program: Program, plan: MemoryPlan, sizes: ReadonlyMap<string, number> = new Map()): MemoryUse {
  const bytes = program.buffers.map(({ elements, dtype }) => evaluateDim(elements, sizes) * itemSize[dtype]);
  const resident = program.buffers.reduce((sum, { role }, buffer) => (isResident(role.kind) ? sum + bytes[buffer]! : sum), 0);
  /** Per slot, the bytes of its largest tensor. */
  const largest = plan.slots.map(() => 0);
  for (const [buffer, slot] of plan.slotOf) largest[slot] = Math.max(largest[slot]!, bytes[buffer]!);
  // Changes of the live bytes from one statement to the next, in the positions of the plan.
  const changes = new Array<number>(plan.slots.reduce((end, { last }) => Math.max(end, last + 2), 1)).fill(0);
  plan.slots.forEach(({ first, last }, slot) => {
    changes[first] = changes[first]! + largest[slot]!;
    changes[last + 1] = changes[last + 1]! - largest[slot]!;
  });
  let [live, most, at] = [0, 0, 0];
  changes.forEach((change, statement) => {
    live += change;
    if (live > most) [most, at] = [live, statement];
  });
  const arena = plan.placement ?? placeBySize(plan.slots.map((slot) => ({ ...slot, bytes: evaluateDim(slot.bytes, sizes) })));
  return { resident, bound: resident + most, at, planned: resident + arena.bytes };
}

/** Scratch is placed by the plan; slices and carried values are places in other buffers. */
function isResident(kind: Program["buffers"][number]["role"]["kind"]): boolean {
  return kind !== "scratch" && kind !== "slice" && kind !== "carried";
}
