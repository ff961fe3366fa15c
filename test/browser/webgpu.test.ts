// compile(..., { target: "webgpu" }), and a bundle with its loader alone, in headless Chromium, on its software driver: steps that queue without a round trip train as by hand.
import { expect, test } from "vitest";
import { build, fn, grad, input, shared, zeros } from "damo";
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

test.skipIf(executablePath === undefined)("a bundle trains in a browser with nothing but its loader", async () => {
  const [x, y, w] = [input("x", ["batch", 3]), input("y", ["batch", 1]), shared("w", zeros([3, 1]))];
  const error = x.dot(w).sub(y);
  const cost = error.mul(error).mean();
  const { bundle } = await build({ train: fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.1))]] }) }, { target: "wgsl" });
  // The loader and the page, no part of the compiler beside them; and not what only models with halves load.
  const page = (await bundlePage("bundle-loader-page.ts")).filter(([name]) => !/^half-\w+\.js$/.test(name));
  expect(page.map(([name]) => name)).toEqual(["index.html", "page.js"]);
  expect(page[1]![1].length).toBeLessThan(16 * 1024);
  const { measured, errors } = await visit<Measured>(executablePath!, [...page, ["model.webgpu.safetensors", bundle]], { webgpu: true });
  expect([measured.error, errors]).toEqual([undefined, []]);
  expect(measured.adapter).toContain("swiftshader");
  const { costs, weights } = trainByHand();
  costs.forEach((expected, i) => expect(measured.costs[i]).toBeCloseTo(expected, 5));
  weights.forEach((expected, i) => expect(measured.weights[i]![0]).toBeCloseTo(expected, 5));
});
