// Loads what the passes do with loops and branches when a graph has some.

import type { Graph } from "../../ir/node.ts";
import { type ControlPasses, usesControl } from "./passes.ts";

/** Undefined if no graph has any. */
export async function loadControl(graphs: readonly Graph[]): Promise<ControlPasses | undefined> {
  return graphs.some((graph) => usesControl(graph)) ? (await import("./index.ts")).control : undefined;
}
