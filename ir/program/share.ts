// What of a module threads share, and which part of a split statement a thread runs. Every target computes the same ranges, though results do not depend on them.

import type { If, ProgramModule, Repeat, Split, Statement } from "./program.ts";
import { statementsOf } from "./walk.ts";

/** The range of thread `thread` of `threads`; ranges follow each other, and the last ones may be empty. `extent` is the split's, evaluated. */
export function shareOf({ grain, multiple }: Split, extent: number, thread: number, threads: number): readonly [begin: number, end: number] {
  const parts = Math.min(threads, Math.floor(extent / grain));
  // Too little for two: thread 0 does it all.
  const length = parts <= 1 ? extent : Math.ceil(Math.ceil(extent / parts) / multiple) * multiple;
  return [Math.min(extent, thread * length), Math.min(extent, (thread + 1) * length)];
}

/** The splits of all statements, those of bodies too. */
export function splitsOf(body: readonly Statement[]): readonly Split[] {
  return statementsOf(body).flatMap((statement) => ("split" in statement && statement.split !== undefined ? [statement.split] : []));
}

/** Whether threads run a loop or a branch together: each all its statements, and of those that are split its part. */
export function isShared(statement: Statement): statement is Repeat | If {
  return (statement.kind === "repeat" || statement.kind === "if") && splitsOf([statement]).length > 0;
}

/** Whether a function of the module has something to share. */
export function usesThreads({ programs }: ProgramModule): boolean {
  return programs.some(({ threads }) => threads !== undefined);
}
