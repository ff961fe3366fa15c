// The minified bundle in headless Chromium, under a policy that allows WebAssembly and no other eval: compile, train
// ten steps, load an artifact, and load the parts that wait for their first use.
import { build as buildArtifact, fn, input, shared } from "damo";
import { expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { findChromium } from "./chromium.ts";
import { trainByHand } from "./train-by-hand.ts";
import { visit } from "./visit.ts";

interface Measured {
  readonly costs: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly evalRefused: boolean;
  readonly labels: readonly number[];
  readonly rare: number;
  readonly checked: number;
  readonly evaluated: number;
  readonly convolved: readonly number[];
}

/** Classifies points of the plane by the larger of 2a and a + b. */
async function makeArtifact(): Promise<Uint8Array> {
  const x = input("x", ["batch", 2]);
  const w = shared("w", [[2, 1], [0, 1]]);
  return (await buildArtifact({ predict: fn({ inputs: { x }, outputs: { label: x.dot(w).argmax(-1) } }) })).wasm;
}

const executablePath = findChromium();
if (executablePath === undefined) console.log("no chromium here: the bundle is not tried in a browser");

test.skipIf(executablePath === undefined)("the bundle compiles, trains and loads an artifact in a browser", async () => {
  const { measured, errors } = await visit<Measured>(executablePath!, [...(await bundlePage("page.ts")), ["model.wasm", await makeArtifact()]]);
  expect(measured.error).toBeUndefined();
  expect(measured.evalRefused).toBe(true);
  const { costs, weights } = trainByHand();
  costs.forEach((cost, i) => expect(measured.costs[i]).toBeCloseTo(cost, 5));
  weights.forEach((weight, i) => expect(measured.weights[i]![0]).toBeCloseTo(weight, 5));
  expect(measured.labels).toEqual([0, 1, 1]);
  // erf(0.5), to 2 ULP of f32.
  for (const value of [measured.rare, measured.checked, measured.evaluated]) expect(value).toBeCloseTo(0.5204998778130465, 6);
  // A window of ones sums 3 * 3 * 8 elements.
  expect(measured.convolved).toEqual(new Array(10 * 10 * 8).fill(72));
  // The refused eval is the one thing that the browser may complain about.
  expect(errors.filter((text) => !text.includes("unsafe-eval") && !text.includes("favicon"))).toEqual([]);
});
