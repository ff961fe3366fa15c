// compile(..., { target: "webgpu" }) in headless Chromium, on its software driver: steps that queue without a round trip train as by hand.
import { expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { findChromium } from "./chromium.ts";
import { trainByHand } from "./train-by-hand.ts";
import { visit } from "./visit.ts";

interface Measured {
  readonly adapter: string;
  readonly costs: readonly number[];
  readonly weights: readonly (readonly number[])[];
}

const executablePath = findChromium();
if (executablePath === undefined) console.log("no chromium here: WebGPU is not tried in a browser");

test.skipIf(executablePath === undefined)("a model trains on WebGPU in a browser", async () => {
  const { measured } = await visit<Measured>(executablePath!, await bundlePage("webgpu-page.ts"), { webgpu: true });
  expect(measured.error).toBeUndefined();
  expect(measured.adapter).toContain("swiftshader");
  const { costs, weights } = trainByHand();
  costs.forEach((cost, i) => expect(measured.costs[i]).toBeCloseTo(cost, 5));
  weights.forEach((weight, i) => expect(measured.weights[i]![0]).toBeCloseTo(weight, 5));
});
