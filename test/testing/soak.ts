// Many random graphs on wasm against the evaluator; gives the share of discarded cases.

import fc from "fast-check";
import type { RandomGraph, Regime } from "../../src/testing/random-graph.ts";
import { randomGraphs } from "../../src/testing/arbitraries.ts";

export function soak(regime: Regime, check: (random: RandomGraph, regime: Regime) => "checked" | "discarded", numRuns: number): number {
  let discarded = 0;
  fc.assert(fc.property(randomGraphs({ regime, steps: 40 }), (random) => {
    if (check(random, regime) === "discarded") discarded++;
  }), { numRuns, ...(process.env["DAMO_SEED"] === undefined ? {} : { seed: Number(process.env["DAMO_SEED"]) }) });
  return discarded / numRuns;
}
