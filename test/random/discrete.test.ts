// Draws of coins, integers and classes against their probabilities.
import { compile, constant, fn } from "damo";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { chiSquared, chiSquaredBound, countsOf, draws, kolmogorovSmirnov, ksBound } from "./goodness.ts";

const n = 1_000_000;
const key = random.key(20);

describe("discrete", () => {
  test("integers of a range that divides no power of two", async () => {
    const values = Array.from(await draws(random.integers(key, [n], -30, 70)), (value) => value + 30);
    expect(chiSquared(countsOf(values, 100), new Array<number>(100).fill(0.01))).toBeLessThan(chiSquaredBound);
  });

  test("integers of nearly all of 32 bits", async () => {
    const values = Array.from(await draws(random.integers(key, [n], 0, 2 ** 32 - 1, { dtype: "u32" })), (value) => value / (2 ** 32 - 1));
    expect(kolmogorovSmirnov(values, (x) => x)).toBeLessThan(ksBound);
  });

  test("bernoulli", async () => {
    const ones = countsOf(await draws(random.bernoulli(key, [n], 0.3)), 2);
    expect(Math.abs(ones[1]! - 0.3 * n)).toBeLessThan(5 * Math.sqrt(0.21 * n));
  });

  const p = [0.05, 0.4, 0, 0.25, 0.3];
  const possible = [0, 1, 3, 4];
  const fit = (counts: readonly number[]): number => chiSquared(possible.map((i) => counts[i]!), possible.map((i) => p[i]!));

  test("categorical, choice with probabilities and multinomial", async () => {
    const logits = constant(p).log();
    for (const tensor of [random.categorical(key, logits, [n]), random.choice(key, 5, [n], { p: constant(p) })]) {
      const counts = countsOf(await draws(tensor), 5);
      expect(counts[2]).toBe(0);
      expect(fit(counts)).toBeLessThan(chiSquaredBound);
    }
    const counts = Array.from(await draws(random.multinomial(key, 100_000, constant(p))));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
    expect(fit(counts)).toBeLessThan(chiSquaredBound);
  });

  test("rows of logits are drawn from by themselves, along any axis", async () => {
    const table = constant([[0, 9], [9, 0], [0, 0]]);
    const inRows = random.categorical(key, table);
    const inColumns = random.categorical(key, table.mul(100), [50], { axis: 0 });
    const f = await compile(fn({ inputs: {}, outputs: { rows: inRows, columns: inColumns } }));
    const { rows, columns } = f();
    expect(rows.shape).toEqual([3]);
    expect(rows.toArray().slice(0, 2)).toEqual([1, 0]);
    expect(columns.shape).toEqual([50, 2]);
    expect(new Set(columns.toArray().map((row) => row.join()))).toEqual(new Set(["1,0"]));
  });

  test("without replacement: pairs in order, with the probabilities of drawing one after the other", async () => {
    const weights = [0.5, 0.3, 0.2];
    const logits = constant(weights).log().broadcastTo([200_000, 3]);
    const f = await compile(fn({ inputs: {}, outputs: random.categoricalWithoutReplacement(key, logits, 2) }));
    const pairs = f().data;
    const counts = new Array<number>(6).fill(0);
    const orders = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]] as const;
    for (let i = 0; i < pairs.length; i += 2) counts[orders.findIndex(([a, b]) => a === pairs[i] && b === pairs[i + 1])]!++;
    const probabilities = orders.map(([a, b]) => weights[a]! * weights[b]! / (1 - weights[a]!));
    expect(chiSquared(counts, probabilities)).toBeLessThan(chiSquaredBound);
  });
});
