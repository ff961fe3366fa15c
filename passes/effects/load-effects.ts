// Loads what checks become when a graph has some.

import type { EffectsOf } from "../schedule/program-parts.ts";

/** Undefined if `kinds`, of the nodes' lowering, has none of them. */
export async function loadEffects(kinds: ReadonlySet<string>): Promise<EffectsOf | undefined> {
  return kinds.has("effect") ? (await import("./index.ts")).effectsOf : undefined;
}
