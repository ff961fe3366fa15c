// Loads what the passes do with loops and branches when a graph has some.

import type { ControlPasses } from "./index.ts";

/** Undefined if `kinds`, of the nodes' lowering, has none of them. */
export async function loadControl(kinds: ReadonlySet<string>): Promise<ControlPasses | undefined> {
  return kinds.has("control") ? (await import("./index.ts")).control : undefined;
}
