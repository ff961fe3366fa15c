// MNIST in headless Chromium: 50 steps on WebGPU and on two threads come to what Node comes to.
import { expect, test } from "vitest";
import { compile } from "damo";
import { findDigits, someDigits } from "../../examples/mnist/data.ts";
import { defineClassifier } from "../../examples/mnist/model.ts";
import { bundlePage } from "./bundle-page.ts";
import { findChromium } from "./chromium.ts";
import { mnistSteps } from "./mnist-steps.ts";
import { visit } from "./visit.ts";

interface Measured {
  readonly isolated: boolean;
  readonly adapter: string;
  readonly onGpu: readonly number[];
  readonly onThreads: readonly number[];
}

const executablePath = findChromium();
if (executablePath === undefined) console.log("no chromium here: MNIST is not trained in a browser");

test.skipIf(executablePath === undefined)("MNIST trains alike in a browser, on WebGPU and on threads, and in Node", async () => {
  const { batch, steps, options } = mnistSteps;
  const { images, labels } = someDigits(findDigits().read("train"), steps * batch);
  // The order of the packaged digits is by label: a step takes one of every so many.
  const order = Array.from({ length: steps * batch }, (_, i) => (i % batch) * steps + Math.floor(i / batch));
  const bytes = new Uint8Array(order.length * 785);
  order.forEach((digit, i) => {
    bytes.set(images.subarray(digit * 784, (digit + 1) * 784), i * 784);
    bytes[order.length * 784 + i] = labels[digit]!;
  });
  const { measured } = await visit<Measured>(executablePath!, [...await bundlePage("mnist-page.ts"), ["digits.bin", bytes]], { webgpu: true, isolated: true, workers: true });
  expect(measured.error).toBeUndefined();
  expect([measured.isolated, measured.adapter]).toEqual([true, expect.stringContaining("swiftshader")]);
  const model = await compile(defineClassifier(options));
  const costs = Array.from({ length: steps }, (_, step) => {
    const part = (from: number, size: number): Uint8Array => bytes.subarray(from + step * batch * size, from + (step + 1) * batch * size);
    const x = { data: Float32Array.from(part(0, 784), (ink) => ink / 255), shape: [batch, 784] as const };
    return model.train({ x, y: Int32Array.from(part(order.length * 784, 1)) }).cost.item();
  });
  expect(costs.at(-1)).toBeLessThan(0.6 * costs[0]!);
  expect(measured.onThreads).toEqual(costs);
  costs.forEach((cost, step) => expect(Math.abs(measured.onGpu[step]! - cost), `step ${step}`).toBeLessThan(2e-3 * Math.max(1, cost)));
}, 240_000);
