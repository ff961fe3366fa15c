// Puts a barrier before every statement that touches what another thread may still be at work on. Buffers are told apart by
// their places in the memory plan: two that share bytes are in each other's way even where no value goes from one to the other.

import { accessOf } from "../../ir/program/access.ts";
import type { MemoryPlan, Slot } from "../../ir/program/plan.ts";
import type { BufferId, If, Program, Repeat, Statement } from "../../ir/program/program.ts";
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
  /** `open`: what threads may be at when the body begins; given with the body is what they may be at when it ends. */
  const place = (body: readonly Statement[], open: readonly Step[], isLoop: boolean): Placed => {
    let since = open;
    const placeInside = (statement: Repeat | If): Repeat | If => {
      if (statement.kind === "repeat") {
        const inner = place(statement.body, [], true);
        since = [...since, stepOf(statement)];
        return { ...statement, body: inner.body };
      }
      const [then, otherwise] = [place(statement.then, since, false), place(statement.otherwise, since, false)];
      since = [...new Set([...then.open, ...otherwise.open])];
      return { ...statement, then: then.body, otherwise: otherwise.body };
    };
    const placed = body.map((given, i): Statement => {
      const begin = isShared(given) ? { reads: steersOf(given).flatMap(places), writes: [], alone: false } : stepOf(given);
      // Threads meet before each step of a loop.
      const barrier = (isLoop && i === 0) || since.some((other) => meet(other, begin, overlap));
      since = [...(barrier ? [] : since), begin];
      const statement = isShared(given) ? placeInside(given) : given;
      return barrier ? { ...statement, barrier } : statement;
    });
    return { body: placed, open: since };
  };
  return { ...program, body: place(program.body, [], false).body };
}

interface Placed {
  readonly body: readonly Statement[];
  readonly open: readonly Step[];
}

/** What every thread reads before the first statement inside. */
function steersOf(statement: Repeat | If): readonly BufferId[] {
  if (statement.kind === "if") return [statement.condition];
  return statement.steps === undefined ? [] : [statement.steps];
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
