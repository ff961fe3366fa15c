// What of a module threads share, and which part of a split statement a thread runs. Every target computes the same ranges, though results do not depend on them.

import type { ProgramModule, Split } from "./program.ts";

/** The range of thread `thread` of `threads`; ranges follow each other, and the last ones may be empty. `extent` is the split's, evaluated. */
export function shareOf({ grain, multiple }: Split, extent: number, thread: number, threads: number): readonly [begin: number, end: number] {
  const parts = Math.min(threads, Math.floor(extent / grain));
  // Too little for two: thread 0 does it all.
  const length = parts <= 1 ? extent : Math.ceil(Math.ceil(extent / parts) / multiple) * multiple;
  return [Math.min(extent, thread * length), Math.min(extent, (thread + 1) * length)];
}

/** Whether a function of the module has something to share. */
export function usesThreads({ programs }: ProgramModule): boolean {
  return programs.some(({ threads }) => threads !== undefined);
}
