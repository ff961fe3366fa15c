// Memory planning: gives every scratch buffer a slot of the arena. A buffer takes over the slot of one that dies in the
// statement that makes it, where that statement works element by element; slots whose lives do not meet share bytes.

import type { MemoryPlan, Slot } from "../ir/program/plan.ts";
import { accessOf, convolveOperands, type StatementAccess } from "../ir/program/access.ts";
import type { Buffer, BufferId, Program, Statement } from "../ir/program/program.ts";
import { addDims, type Dim, dimEquals, floorDivDims, mulDims } from "../ir/size.ts";
import type { TargetDescription } from "../ir/target.ts";
import { itemSize } from "../ir/types.ts";
import { launchInPlace } from "./commit-state.ts";
import { placeSlots, type SizedSlot } from "./place-slots.ts";

export function planMemory(program: Program, target: TargetDescription): MemoryPlan {
  const accesses = program.body.map(accessOf);
  const lives = lifetimes(program, accesses);
  const slots: { bytes: Dim; first: number; last: number }[] = [];
  const slotOf = new Map<BufferId, number>();
  // Buffers whose bytes have an heir: a second one would write over the first.
  const taken = new Set<BufferId>();
  const byStart = [...lives.keys()].sort((a, b) => lives.get(a)!.first - lives.get(b)!.first || a - b);
  for (const buffer of byStart) {
    const life = lives.get(buffer)!;
    const before = predecessor(program, accesses, buffer, life.first, lives, taken);
    if (before === undefined) {
      slotOf.set(buffer, slots.push({ bytes: slotBytes(program.buffers[buffer]!, target), ...life }) - 1);
    } else {
      taken.add(before);
      const slot = slotOf.get(before)!;
      slots[slot]!.last = life.last;
      slotOf.set(buffer, slot);
    }
  }
  const sized = (slots as readonly Slot[]).filter(isSized);
  return { slots, slotOf, placement: sized.length === slots.length ? placeSlots(sized) : undefined };
}

/** A plan in which nothing shares bytes with anything, for debugging: what lies behind a tensor is then written by nobody. */
export function planApart(program: Program, target: TargetDescription): MemoryPlan {
  const slotOf = new Map([...lifetimes(program, program.body.map(accessOf)).keys()].map((buffer, slot) => [buffer, slot] as const));
  const slots = [...slotOf.keys()].map((buffer): Slot => ({ bytes: slotBytes(program.buffers[buffer]!, target), first: 0, last: program.body.length - 1 }));
  const sized = slots.filter(isSized);
  return { slots, slotOf, placement: sized.length === slots.length ? placeSlots(sized) : undefined };
}

interface Life { first: number; last: number }

function lifetimes(program: Program, accesses: readonly StatementAccess[]): ReadonlyMap<BufferId, Life> {
  const lives = new Map<BufferId, Life>();
  accesses.forEach(({ reads, writes }, at) => {
    for (const buffer of [...reads, ...writes]) {
      if (program.buffers[buffer]!.role.kind !== "scratch") continue;
      const life = lives.get(buffer);
      if (life === undefined) lives.set(buffer, { first: at, last: at });
      else life.last = at;
    }
  });
  return lives;
}

/** Bytes with the readable padding after the tensor, rounded up to the alignment. */
function slotBytes(buffer: Buffer, target: TargetDescription): Dim {
  const bytes = addDims(mulDims(buffer.elements, itemSize[buffer.dtype]), target.slotPadding + target.slotAlignment - 1);
  return mulDims(floorDivDims(bytes, target.slotAlignment), target.slotAlignment);
}

/** A buffer that dies where `buffer` is made and whose bytes it may take over. */
function predecessor(program: Program, accesses: readonly StatementAccess[], buffer: BufferId, at: number, lives: ReadonlyMap<BufferId, Life>, taken: ReadonlySet<BufferId>): BufferId | undefined {
  const self = program.buffers[buffer]!;
  const statement = program.body[at]!;
  const fits = (other: BufferId) => {
    const life = lives.get(other);
    const candidate = program.buffers[other]!;
    return other !== buffer && !taken.has(other) && life !== undefined && life.last === at && life.first < at
      && itemSize[candidate.dtype] === itemSize[self.dtype] && dimEquals(candidate.elements, self.elements);
  };
  return [...accesses[at]!.reads].find((other) => fits(other) && overwrites(statement, buffer, other));
}

function overwrites(statement: Statement, written: BufferId, read: BufferId): boolean {
  switch (statement.kind) {
    case "launch": return launchInPlace(statement, written, read);
    case "copy": return true;
    case "contract":
      return statement.epilogue !== undefined && statement.a.buffer !== read && statement.b.buffer !== read
        && launchInPlace(statement.epilogue, written, read);
    case "convolve":
      return statement.epilogue !== undefined && !convolveOperands(statement).read.includes(read) && launchInPlace(statement.epilogue, written, read);
    case "check": return false;
  }
}

function isSized(slot: Slot): slot is SizedSlot {
  return typeof slot.bytes === "number";
}
