// 300 random well-typed graphs of up to 25 steps on WebGPU against the evaluator, forward and gradient, in f32, i32, u32 and bool. test/soak runs thousands.
import { afterAll, expect, test } from "vitest";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { checkOnWebgpu, gradientOf } from "./random-graphs.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "the shaders of random graphs are validated, not run");
const device = isMissing(found) ? undefined : found.device;

test("120 graphs give the evaluator's bits in the exact regime", async () => {
  expect(await checkOnWebgpu(device, "exact", 120)).toBeGreaterThanOrEqual(114);
});

test("120 graphs stay within the tolerance in the smooth regime", async () => {
  expect(await checkOnWebgpu(device, "smooth", 120)).toBeGreaterThanOrEqual(114);
});

test("60 graphs have gradients within the tolerance", async () => {
  expect(await checkOnWebgpu(device, "smooth", 60, gradientOf)).toBeGreaterThanOrEqual(57);
});

afterAll(() => device?.destroy());
