// Layers of noise, and initial values of weights from a key.
import { compile, constant, fn, input } from "damo";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { erf } from "../../ir/reference/erf.ts";
import { draws, kolmogorovSmirnov, ksBound, momentErrors } from "./goodness.ts";

const n = 1_000_000;
const key = random.key(20);
const phi = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));

test("dropout keeps the mean and drops at its rate", async () => {
  const kept = await draws(random.dropout(key, constant(1).broadcastTo([n]), 0.25));
  const values = new Set(Array.from(kept));
  expect(values).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  expect(Math.abs(Array.from(kept).filter((x) => x === 0).length - 0.25 * n)).toBeLessThan(5 * Math.sqrt(0.1875 * n));
});

test("gaussian noise is added, of a deviation that may be a value", async () => {
  const x = input("x", ["n"]);
  const std = input("std", []);
  const f = await compile(fn({ inputs: { x, std }, outputs: random.gaussianNoise(key, x, std) }));
  const values = Array.from(f({ x: { data: new Float32Array(n).fill(3), shape: [n] }, std: 0.5 }).data);
  expect(kolmogorovSmirnov(values, (value) => phi((value - 3) / 0.5))).toBeLessThan(ksBound);
});

test("gaussian dropout multiplies, with the variance of dropout", async () => {
  const values = await draws(random.gaussianDropout(key, constant(2).broadcastTo([n]), 0.2));
  expect(kolmogorovSmirnov(values, (value) => phi((value - 2) / (2 * 0.5)))).toBeLessThan(ksBound);
  const dropped = await draws(random.dropout(key, constant(2).broadcastTo([n]), 0.2));
  const errors = momentErrors(dropped, 2, 1, 3.25);
  expect(errors.mean).toBeLessThan(5);
  expect(errors.variance).toBeLessThan(5);
});

test("a rate must be below 1", () => {
  for (const layer of [random.dropout, random.gaussianDropout]) expect(() => layer(key, constant([1, 2]), 1)).toThrow(/E205 \w+: the rate 1 is not in \[0, 1\)/);
});

describe("initial values", () => {
  const shape = [5, 4, 100, 500] as const;
  const [fanIn, fanOut] = [2000, 10_000];

  test.each([
    ["glorotUniform", random.glorotUniform, Math.sqrt(6 / (fanIn + fanOut))],
    ["heUniform", random.heUniform, Math.sqrt(6 / fanIn)],
  ] as const)("%s is uniform within its limit", async (_, draw, limit) => {
    expect(kolmogorovSmirnov(await draws(draw(key, shape)), (x) => (x / limit + 1) / 2)).toBeLessThan(ksBound);
  });

  test.each([
    ["glorotNormal", random.glorotNormal, Math.sqrt(2 / (fanIn + fanOut))],
    ["heNormal", random.heNormal, Math.sqrt(2 / fanIn)],
  ] as const)("%s is normal with its deviation", async (_, draw, deviation) => {
    expect(kolmogorovSmirnov(await draws(draw(key, shape)), (x) => phi(x / deviation))).toBeLessThan(ksBound);
  });

  test("need the sizes", () => {
    expect(() => random.glorotUniform(key, ["n", 3])).toThrow("E102 glorotUniform: the shape [n,3] is not all integers");
    expect(() => random.heNormal(key, [3])).toThrow("E102 heNormal: the shape [3] has fewer than two axes");
  });
});
