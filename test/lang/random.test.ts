// Threefry against its authors' known answers (Random123, kat_vectors), and the initialisers built on it.
import { compile, fn, glorotNormal, glorotUniform, heNormal, heUniform, normal, type Tensor, uniform } from "damo";
import { expect, test } from "vitest";
import { randomBits, threefry2x32 } from "../../src/random/threefry.ts";

test.each([
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
] as const)("threefry2x32 of key %j and counter %j", (key, counter, expected) => {
  expect(threefry2x32(key, counter)).toEqual(expected);
});

test("a longer stream begins with the shorter one", () => {
  expect([...randomBits(5, 9)].slice(0, 4)).toEqual([...randomBits(5, 4)]);
});

async function draw(tensor: Tensor<"f32">): Promise<Float32Array> {
  const f = await compile(fn({ inputs: {}, outputs: tensor }), { target: "reference" });
  return f().data;
}

function momentsOf(values: Float32Array): { mean: number; std: number; least: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(square), least: Math.min(...values), largest: Math.max(...values) };
}

// 10,000 draws: the mean is within 4 standard errors of the true one for these fixed seeds.
test.each([
  ["uniform", uniform([100, 100], { seed: 3, low: -1, high: 3 }), 1, 4 / Math.sqrt(12), 2],
  ["glorotUniform", glorotUniform([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
  ["heUniform", heUniform([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 100), Math.sqrt(6 / 100)],
  ["normal", normal([100, 100], { seed: 3, mean: 2, std: 0.5 }), 2, 0.5, Number.POSITIVE_INFINITY],
  ["glorotNormal", glorotNormal([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 200), Number.POSITIVE_INFINITY],
  ["heNormal of a filter", heNormal([5, 5, 4, 100], { seed: 3 }), 0, Math.sqrt(2 / 100), Number.POSITIVE_INFINITY],
] as const)("%s has its mean, deviation and range", async (_name, tensor, mean, std, reach) => {
  const moments = momentsOf(await draw(tensor as Tensor<"f32">));
  expect(Math.abs(moments.mean - mean)).toBeLessThan((4 * std) / 100);
  expect(Math.abs(moments.std / std - 1)).toBeLessThan(0.03);
  expect(moments.least).toBeGreaterThanOrEqual(mean - reach);
  expect(moments.largest).toBeLessThanOrEqual(mean + reach);
});

test("equal seeds give equal values, different ones different values", async () => {
  const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => draw(uniform([8], { seed }) as Tensor<"f32">)));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});
