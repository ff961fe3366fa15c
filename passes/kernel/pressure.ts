// How many values of a loop's body are alive at once: what a turn of the loop needs in registers, for each register of lanes.

import type { Instruction, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { maxId } from "./coalesce.ts";

/** The most values of the body that are needed later, at any place in it; offsets and what comes from outside do not count. */
export function registerPressure(loop: LoopInstruction): number {
  const lastUse = lastUses(loop);
  const ends: number[] = [];
  let alive = loop.carried.length;
  let most = alive;
  loop.body.forEach((instruction, at) => {
    if (instruction.kind === "op" || instruction.kind === "load") {
      const end = lastUse[instruction.id]!;
      if (end !== 0) {
        alive++;
        ends[end] = (ends[end] ?? 0) + 1;
      }
    }
    alive -= ends[at + 1] ?? 0;
    most = Math.max(most, alive);
  });
  return most;
}

/** Where each value of the body that is part of a result is used last: a position in the body, counted from 1; 0 for other values. */
function lastUses(loop: LoopInstruction): Int32Array {
  const last = new Int32Array(1 + maxId(loop.body));
  const use = (id: ValueId, at: number): void => {
    if (last[id] === 0) last[id] = at + 1;
  };
  for (const { next } of loop.carried) use(next, loop.body.length);
  for (let at = loop.body.length - 1; at >= 0; at--) {
    const instruction: Instruction = loop.body[at]!;
    if (instruction.kind === "store") use(instruction.value, at);
    if (instruction.kind === "op" && last[instruction.id] !== 0) for (const arg of instruction.args) use(arg, at);
  }
  return last;
}
