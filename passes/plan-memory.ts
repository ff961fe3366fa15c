// Memory planning: gives every scratch buffer a slot of the arena. A buffer takes over the slot of one that dies in the
// statement that makes it, where that statement works element by element; slots whose lives do not meet share bytes.

import type { MemoryPlan, Slot } from "../ir/program/plan.ts";
import { ownAccess, wholeOf } from "../ir/program/access.ts";
import { canOverwrite } from "../ir/program/in-place.ts";
import type { Buffer, BufferId, Program, Statement } from "../ir/program/program.ts";
import { bodiesOf, statementsOf } from "../ir/program/walk.ts";
import { addDims, type Dim, dimEquals, floorDivDims, mulDims } from "../ir/size.ts";
import type { TargetDescription } from "../ir/target.ts";
import { placeSlots, type SizedSlot } from "./place-slots.ts";

export function planMemory(program: Program, target: TargetDescription): MemoryPlan {
  const { lives, madeBy } = lifetimes(program);
  const slots: { bytes: Dim; first: number; last: number }[] = [];
  const slotOf = new Map<BufferId, number>();
  // Buffers whose bytes have an heir: a second one would write over the first.
  const taken = new Set<BufferId>();
  const byStart = [...lives.keys()].sort((a, b) => lives.get(a)!.first - lives.get(b)!.first || a - b);
  for (const buffer of byStart) {
    const life = lives.get(buffer)!;
    const before = predecessor(program, target, buffer, madeBy.get(buffer), lives, taken);
    if (before === undefined) {
      slotOf.set(buffer, slots.push({ bytes: slotBytes(program.buffers[buffer]!, target), ...life }) - 1);
    } else {
      taken.add(before);
      const slot = slotOf.get(before)!;
      slots[slot]!.last = life.last;
      slotOf.set(buffer, slot);
    }
  }
  return { slots, slotOf, placement: slots.every(isSized) ? placeSlots(slots as SizedSlot[]) : undefined };
}

/** A plan in which nothing shares bytes with anything, for debugging: what lies behind a tensor is then written by nobody. */
export function planApart(program: Program, target: TargetDescription): MemoryPlan {
  const slotOf = new Map([...lifetimes(program).lives.keys()].map((buffer, slot) => [buffer, slot] as const));
  const slots = [...slotOf.keys()].map((buffer): Slot => ({ bytes: slotBytes(program.buffers[buffer]!, target), first: 0, last: program.body.length - 1 }));
  const sized = slots.filter(isSized);
  return { slots, slotOf, placement: sized.length === slots.length ? placeSlots(sized) : undefined };
}

interface Life { first: number; last: number }

interface Lifetimes {
  readonly lives: ReadonlyMap<BufferId, Life>;
  /** The statement at which a life begins. */
  readonly madeBy: ReadonlyMap<BufferId, Statement>;
}

/**
 * When the scratch buffers are alive, in positions counted through all bodies. What is used in one body alone lives there; what is
 * used outside, too, lives as long as the loop or branch runs. So the bodies of a branch share bytes with each other.
 */
function lifetimes(program: Program): Lifetimes {
  const accesses = new Map<Statement, readonly BufferId[]>();
  const uses = new Map<BufferId, number>();
  for (const statement of statementsOf(program.body)) {
    const { reads, writes } = ownAccess(statement);
    const used = [...new Set([...reads, ...writes].map((buffer) => wholeOf(buffer, program.buffers)))]
      .filter((buffer) => program.buffers[buffer]!.role.kind === "scratch");
    accesses.set(statement, used);
    for (const buffer of used) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  }
  const lives = new Map<BufferId, Life>();
  const madeBy = new Map<BufferId, Statement>();
  let position = 0;
  /** Settles what is used in this body alone; gives what is used elsewhere, too, with the number of its uses here. */
  const visit = (body: readonly Statement[]): ReadonlyMap<BufferId, number> => {
    const here = new Map<BufferId, { life: Life; uses: number; statement: Statement }>();
    for (const statement of body) {
      const first = position++;
      const used = new Map(accesses.get(statement)!.map((buffer) => [buffer, 1]));
      for (const nested of bodiesOf(statement)) {
        for (const [buffer, count] of visit(nested)) used.set(buffer, (used.get(buffer) ?? 0) + count);
      }
      const last = bodiesOf(statement).length === 0 ? first : position++;
      for (const [buffer, count] of used) {
        const known = here.get(buffer);
        if (known === undefined) {
          here.set(buffer, { life: { first, last }, uses: count, statement });
        } else {
          known.life.last = last;
          known.uses += count;
        }
      }
    }
    const escaping = new Map<BufferId, number>();
    for (const [buffer, { life, uses: count, statement }] of here) {
      if (count < uses.get(buffer)!) {
        escaping.set(buffer, count);
      } else {
        lives.set(buffer, life);
        madeBy.set(buffer, statement);
      }
    }
    return escaping;
  };
  visit(program.body);
  return { lives, madeBy };
}

/** Bytes with the readable padding after the tensor, rounded up to the alignment. */
function slotBytes(buffer: Buffer, target: TargetDescription): Dim {
  const bytes = addDims(mulDims(buffer.elements, target.itemSize[buffer.dtype]), target.slotPadding + target.slotAlignment - 1);
  return mulDims(floorDivDims(bytes, target.slotAlignment), target.slotAlignment);
}

/** A buffer that dies where `buffer` is made and whose bytes it may take over. */
function predecessor(
  program: Program, { itemSize }: TargetDescription, buffer: BufferId, statement: Statement | undefined, lives: ReadonlyMap<BufferId, Life>, taken: ReadonlySet<BufferId>,
): BufferId | undefined {
  if (statement === undefined) return undefined;
  const self = program.buffers[buffer]!;
  const at = lives.get(buffer)!.first;
  const fits = (other: BufferId) => {
    const life = lives.get(other);
    const candidate = program.buffers[other]!;
    return other !== buffer && !taken.has(other) && life !== undefined && life.last === at && life.first < at
      && itemSize[candidate.dtype] === itemSize[self.dtype] && dimEquals(candidate.elements, self.elements);
  };
  return [...ownAccess(statement).reads].find((other) => fits(other) && canOverwrite(statement, buffer, other));
}

function isSized(slot: Slot): slot is SizedSlot {
  return typeof slot.bytes === "number";
}
