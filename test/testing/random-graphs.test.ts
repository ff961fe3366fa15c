// Random well-typed graphs on the WebAssembly target against the evaluator, forward and gradient, in both regimes.
// DAMO_RUNS makes it a soak test.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGradientGraph, checkGraph } from "../../src/testing/check-graph.ts";
import { randomGraph, type RandomGraph, type Regime } from "../../src/testing/random-graph.ts";

const runs = Number(process.env["DAMO_RUNS"] ?? 400);

function soak(regime: Regime, check: (random: RandomGraph, regime: Regime) => "checked" | "discarded", numRuns: number): number {
  let discarded = 0;
  fc.assert(fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 160 }), (numbers) => {
    if (check(randomGraph(numbers, { regime, steps: 40 }), regime) === "discarded") discarded++;
  }), { numRuns, ...(process.env["DAMO_SEED"] === undefined ? {} : { seed: Number(process.env["DAMO_SEED"]) }) });
  return discarded / numRuns;
}

describe("random graphs on wasm", () => {
  it("give the evaluator's bits in the exact regime", () => {
    expect(soak("exact", checkGraph, runs)).toBeLessThanOrEqual(0.05);
  }, 24 * 3600_000);

  it("stay within the tolerance in the smooth regime", () => {
    expect(soak("smooth", checkGraph, runs)).toBeLessThanOrEqual(0.05);
  }, 24 * 3600_000);

  it("have gradients within the tolerance", () => {
    expect(soak("smooth", checkGradientGraph, runs / 2)).toBeLessThanOrEqual(0.05);
  }, 24 * 3600_000);
});
