// Loads what calls of routines become when a graph has some.

import type { LowerNode } from "../schedule/program-parts.ts";

/** Undefined if `kinds`, of the nodes' lowering, has none of them. */
export async function loadRoutines(kinds: ReadonlySet<string>): Promise<LowerNode | undefined> {
  return kinds.has("routine") ? (await import("./lower-routine.ts")).lowerRoutine : undefined;
}
