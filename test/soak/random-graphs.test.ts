// 100,000 random graphs on wasm against the evaluator. DAMO_SEED repeats a run.

import { expect, it } from "vitest";
import { checkGradientGraph, checkGraph } from "damo/testing";
import { soak } from "../testing/soak.ts";

it("40,000 graphs give the evaluator's bits in the exact regime", () => {
  expect(soak("exact", checkGraph, 40_000)).toBeLessThanOrEqual(0.05);
});

it("40,000 graphs stay within the tolerance in the smooth regime", () => {
  expect(soak("smooth", checkGraph, 40_000)).toBeLessThanOrEqual(0.05);
});

it("20,000 graphs have gradients within the tolerance", () => {
  expect(soak("smooth", checkGradientGraph, 20_000)).toBeLessThanOrEqual(0.05);
});
