// Puts a barrier before every statement that touches what another thread may still be at work on. Buffers are told apart by
// their places in the memory plan: two that share bytes are in each other's way even where no value goes from one to the other.

import { accessOf } from "../../ir/program/access.ts";
import type { MemoryPlan, Slot } from "../../ir/program/plan.ts";
import type { BufferId, Program, Statement } from "../../ir/program/program.ts";

export function placeBarriers(program: Program, plan: MemoryPlan): Program {
  if (program.threads === undefined) return program;
  const { slots, slotOf } = plan;
  const mayShare = (a: BufferId, b: BufferId): boolean => {
    const [slotA, slotB] = [slotOf.get(a), slotOf.get(b)];
    if (slotA === undefined || slotB === undefined) return a === b;
    return slotA === slotB || apart(slots[slotA]!, slots[slotB]!) || apart(slots[slotB]!, slots[slotA]!);
  };
  let open: Step[] = [];
  const body = program.body.map((statement): Statement => {
    const step = stepOf(statement, program.buffers);
    if (!open.some((other) => meet(other, step, mayShare))) {
      open.push(step);
      return statement;
    }
    open = [step];
    return { ...statement, barrier: true };
  });
  return { ...program, body };
}

/** Slots that are never alive together may have the same bytes. */
function apart(earlier: Slot, later: Slot): boolean {
  return earlier.last < later.first;
}

interface Step {
  readonly reads: readonly BufferId[];
  readonly writes: readonly BufferId[];
  /** Run by thread 0 alone. */
  readonly alone: boolean;
}

function stepOf(statement: Statement, buffers: Program["buffers"]): Step {
  const { reads, writes } = accessOf(statement, buffers);
  return { reads: [...reads], writes: [...writes], alone: statement.kind !== "check" && !("split" in statement && statement.split !== undefined) };
}

function meet(a: Step, b: Step, mayShare: (a: BufferId, b: BufferId) => boolean): boolean {
  if (a.alone && b.alone) return false;
  const touch = (some: readonly BufferId[], others: readonly BufferId[]): boolean => some.some((x) => others.some((y) => mayShare(x, y)));
  return touch(a.writes, b.reads) || touch(a.writes, b.writes) || touch(a.reads, b.writes);
}
