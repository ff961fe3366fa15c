// Puts a barrier before every statement that touches what another thread may still be at work on. Buffers are told apart by
// their places in the memory plan: two that share bytes are in each other's way even where no value goes from one to the other.

import { accessOf } from "../../ir/program/access.ts";
import type { MemoryPlan, Slot } from "../../ir/program/plan.ts";
import type { BufferId, Program, Statement } from "../../ir/program/program.ts";
import { isShared } from "../../ir/program/share.ts";
import { placesOf } from "./places.ts";

export function placeBarriers(program: Program, plan: MemoryPlan): Program {
  if (program.threads === undefined) return program;
  const { slots, slotOf } = plan;
  const places = placesOf(program);
  const overlap = (a: BufferId, b: BufferId): boolean => {
    const [slotA, slotB] = [slotOf.get(a), slotOf.get(b)];
    if (slotA === undefined || slotB === undefined) return a === b;
    return slotA === slotB || apart(slots[slotA]!, slots[slotB]!) || apart(slots[slotB]!, slots[slotA]!);
  };
  const stepOf = (statement: Statement): Step => {
    const { reads, writes } = accessOf(statement, program.buffers);
    const split = isShared(statement) || ("split" in statement && statement.split !== undefined);
    return { reads: [...reads].flatMap(places), writes: [...writes].flatMap(places), alone: statement.kind !== "check" && !split };
  };
  const place = (body: readonly Statement[], isLoop: boolean): Statement[] => {
    let open: Step[] = [];
    return body.map((given, i): Statement => {
      const statement = given.kind === "repeat" && isShared(given) ? { ...given, body: place(given.body, true) } : given;
      const step = stepOf(statement);
      // Threads meet before each step of a loop, so that it may begin at once if what steers it is there.
      const begin = statement.kind === "repeat" && !step.alone ? { ...step, reads: statement.steps === undefined ? [] : places(statement.steps), writes: [] } : step;
      if (!(isLoop && i === 0) && !open.some((other) => meet(other, begin, overlap))) {
        open.push(step);
        return statement;
      }
      open = [step];
      return { ...statement, barrier: true };
    });
  };
  return { ...program, body: place(program.body, false) };
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

function meet(a: Step, b: Step, overlap: (a: BufferId, b: BufferId) => boolean): boolean {
  if (a.alone && b.alone) return false;
  const touch = (some: readonly BufferId[], others: readonly BufferId[]): boolean => some.some((x) => others.some((y) => overlap(x, y)));
  return touch(a.writes, b.reads) || touch(a.writes, b.writes) || touch(a.reads, b.writes);
}
