// 10,000 random graphs on WebGPU against the evaluator, in rounds with a device of their own. DAMO_SEED repeats a run.

import { expect, it } from "vitest";
import { isMissing, reportMissing, requestTestDevice } from "../webgpu/adapter.ts";
import { checkOnWebgpu, gradientOf } from "../webgpu/random-graphs.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "random graphs are not run");

it.skipIf(isMissing(found)).each(Array.from({ length: 10 }, (_, round) => round + 1))("1,000 graphs, round %i of 10", async () => {
  const { device } = await requestTestDevice() as { readonly device: GPUDevice };
  expect(await checkOnWebgpu(device, "exact", 400)).toBeGreaterThanOrEqual(380);
  expect(await checkOnWebgpu(device, "smooth", 400)).toBeGreaterThanOrEqual(380);
  expect(await checkOnWebgpu(device, "smooth", 200, gradientOf)).toBeGreaterThanOrEqual(190);
  device.destroy();
});
