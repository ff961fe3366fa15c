// A million draws of each distribution against its distribution function, its mean and its variance.
import { compile, constant, fn, grad, input, scalar, shared, type Tensor } from "damo";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { erf } from "../../ir/reference/erf.ts";
import { chiSquared, chiSquaredBound, countsOf, kolmogorovSmirnov, ksBound, momentErrors } from "./goodness.ts";

const n = 1_000_000;
const key = random.key(20);
const euler = 0.5772156649015329;

async function draws(tensor: Tensor): Promise<ArrayLike<number>> {
  const f = await compile(fn({ inputs: {}, outputs: tensor }));
  return f().data as Float32Array;
}

const phi = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
const density = (x: number): number => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** Of the normal distribution within -1 ... 2.5, from its moments by integration by parts. */
function truncated(low: number, high: number): { mean: number; variance: number; kurtosis: number } {
  const mass = phi(high) - phi(low);
  const moments = [1];
  for (let k = 1; k <= 4; k++) {
    const border = (low ** (k - 1) * density(low) - high ** (k - 1) * density(high)) / mass;
    moments.push(border + (k > 1 ? (k - 1) * moments[k - 2]! : 0));
  }
  const [, m1, m2, m3, m4] = moments as [number, number, number, number, number];
  const variance = m2 - m1 ** 2;
  return { mean: m1, variance, kurtosis: (m4 - 4 * m1 * m3 + 6 * m1 ** 2 * m2 - 3 * m1 ** 4) / variance ** 2 };
}
const bounded = truncated(-1, 2.5);

interface Continuous {
  readonly draw: (dtype: "f32" | "f64") => Tensor;
  readonly distribution: (x: number) => number;
  readonly mean: number;
  readonly variance: number;
  readonly kurtosis: number;
}

const continuous: { readonly [name: string]: Continuous } = {
  uniform: { draw: (dtype) => random.uniform(key, [n], { low: -1, high: 3, dtype }), distribution: (x) => (x + 1) / 4, mean: 1, variance: 16 / 12, kurtosis: 1.8 },
  normal: { draw: (dtype) => random.normal(key, [n], { mean: 2, std: 0.5, dtype }), distribution: (x) => phi((x - 2) / 0.5), mean: 2, variance: 0.25, kurtosis: 3 },
  truncatedNormal: {
    draw: (dtype) => random.truncatedNormal(key, [n], { low: -1, high: 2.5, dtype }),
    distribution: (x) => (phi(x) - phi(-1)) / (phi(2.5) - phi(-1)), ...bounded,
  },
  exponential: { draw: (dtype) => random.exponential(key, [n], { mean: 3, dtype }), distribution: (x) => -Math.expm1(-x / 3), mean: 3, variance: 9, kurtosis: 9 },
  gumbel: {
    draw: (dtype) => random.gumbel(key, [n], { location: 1, scale: 2, dtype }), distribution: (x) => Math.exp(-Math.exp(-(x - 1) / 2)),
    mean: 1 + 2 * euler, variance: 4 * Math.PI ** 2 / 6, kurtosis: 5.4,
  },
  laplace: {
    draw: (dtype) => random.laplace(key, [n], { location: -1, scale: 0.5, dtype }),
    distribution: (x) => (x < -1 ? 0.5 * Math.exp((x + 1) / 0.5) : 1 - 0.5 * Math.exp(-(x + 1) / 0.5)), mean: -1, variance: 2 * 0.25, kurtosis: 6,
  },
};

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.keys(continuous))("%s", async (name) => {
    const { draw, distribution, mean, variance, kurtosis } = continuous[name]!;
    const values = await draws(draw(dtype));
    expect(kolmogorovSmirnov(values, distribution)).toBeLessThan(ksBound);
    const errors = momentErrors(values, mean, variance, kurtosis);
    expect(errors.mean).toBeLessThan(5);
    expect(errors.variance).toBeLessThan(5);
  });
});

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

describe("permutations", () => {
  test.each([1, 2, 3, 7, 100, 4097])("of %i are permutations", async (size) => {
    const order = Array.from(await draws(random.permutation(key, size))).sort((a, b) => a - b);
    expect(order).toEqual(Array.from({ length: size }, (_, i) => i));
  });

  test("all orders of four are equally likely", async () => {
    const state = shared("k", [0, 0], { dtype: "u32", update: (now) => random.foldIn(now as never, 1) });
    const model = await compile({ f: fn({ inputs: {}, outputs: random.permutation(state as never, 4) }) });
    const counts = new Map<string, number>();
    const bound = model.f.bindBuffers();
    for (let i = 0; i < 120_000; i++) {
      bound.run();
      const order = bound.outputs.output.join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquared([...counts.values()], new Array<number>(24).fill(1 / 24))).toBeLessThan(chiSquaredBound);
  });

  test("of a size that is known at the call, and of slices of a tensor", async () => {
    const x = input("x", ["n", 2]);
    const f = await compile(fn({ inputs: { x }, outputs: { order: random.permutation(key, "n"), shuffled: random.permutation(key, x), some: random.choice(key, x, [2], { replace: false }) } }));
    const rows = [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]];
    const { order, shuffled, some } = f({ x: rows });
    expect(shuffled.toArray()).toEqual(order.toArray().map((i) => rows[i]));
    expect(some.toArray()).toEqual(shuffled.toArray().slice(0, 2));
    const order0 = await compile(fn({ inputs: { x }, outputs: random.permutation(key, "n") }));
    expect(order0({ x: { data: new Float32Array(0), shape: [0, 2] } }).toArray()).toEqual([]);
  });
});

test("gradients pass to location and scale, and a draw is no function of its key", async () => {
  const [mean, std] = [scalar("mean", { dtype: "f64" }), scalar("std", { dtype: "f64" })];
  const value = random.normal(random.key(3), [4], { mean, std, dtype: "f64" });
  const [dMean, dStd] = grad(value.sum(), [mean, std]);
  const f = await compile(fn({ inputs: { mean, std }, outputs: { value, dMean, dStd } }));
  const at = f({ mean: 2, std: 3 });
  expect(at.dMean.item()).toBe(4);
  // value = mean + std * z, so that d value / d std = z.
  expect(at.dStd.item()).toBeCloseTo(Array.from(at.value.data).reduce((sum, x) => sum + (x - 2) / 3, 0), 12);
});

test("dropout keeps the mean and drops at its rate", async () => {
  const kept = await draws(random.dropout(key, constant(1).broadcastTo([n]), 0.25));
  const values = new Set(Array.from(kept));
  expect(values).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  expect(Math.abs(Array.from(kept).filter((x) => x === 0).length - 0.25 * n)).toBeLessThan(5 * Math.sqrt(0.1875 * n));
});
