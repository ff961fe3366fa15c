// Random well-typed graphs of up to 40 steps on the WebAssembly target against the evaluator, forward and gradient, in both
// regimes: 1,000 of them. test/soak runs 100,000.

import { expect, it } from "vitest";
import { checkGradientGraph, checkGraph } from "damo/testing";
import { soak } from "./soak.ts";

it("400 graphs give the evaluator's bits in the exact regime", () => {
  expect(soak("exact", checkGraph, 400)).toBeLessThanOrEqual(0.05);
}, 120_000);

it("400 graphs stay within the tolerance in the smooth regime", () => {
  expect(soak("smooth", checkGraph, 400)).toBeLessThanOrEqual(0.05);
}, 120_000);

it("200 graphs have gradients within the tolerance", () => {
  expect(soak("smooth", checkGradientGraph, 200)).toBeLessThanOrEqual(0.05);
}, 120_000);
