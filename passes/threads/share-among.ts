// The passes for threads, to be loaded where they are asked for: what is split, before the memory plan, and where threads meet, after it.

import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { Program } from "../../ir/program/program.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { placeBarriers } from "./place-barriers.ts";
import { splitStatements } from "./split-statements.ts";

export interface Sharing {
  splitStatements(program: Program): Program;
  placeBarriers(program: Program, plan: MemoryPlan): Program;
}

export function shareAmong(threads: number, target: TargetDescription): Sharing {
  return { splitStatements: (program) => splitStatements(program, target, threads), placeBarriers };
}
