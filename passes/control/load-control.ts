// Loads what the passes do with loops, branches, gradients that are given, and paths that no derivative may take, when a graph has some.

import type { ControlPasses } from "./index.ts";

/** Undefined if the `kinds` of the nodes' lowering and gradients have none of them. */
export async function loadControl(kinds: ReadonlySet<string>): Promise<ControlPasses | undefined> {
  return kinds.has("control") || kinds.has("inline") || kinds.has("refused") ? (await import("./index.ts")).control : undefined;
}
