// Long sums: their bits are those of the definition (docs/semantics.md), and their errors within its bound, on any number of threads.

import { afterEach, describe, expect, it } from "vitest";
import { compile, fn, input } from "damo";

const block = 16_384;
const lanes = 16;
let models: { dispose(): void }[] = [];

afterEach(() => {
  for (const model of models) model.dispose();
  models = [];
});

/** Of a block its lanes, then their upper halves onto the lower ones; blocks in order; each step rounded to f32. */
function defined(values: Float32Array): number {
  let sum = 0;
  for (let first = 0; first < values.length; first += block) {
    const sums = new Float32Array(lanes);
    values.subarray(first, first + block).forEach((value, i) => { sums[i % lanes]! += value; });
    for (let half = lanes / 2; half >= 1; half /= 2) for (let lane = 0; lane < half; lane++) sums[lane]! += sums[lane + half]!;
    sum = Math.fround(sum + sums[0]!);
  }
  return sum;
}

/** The sum of f32 values to far below an ULP of f32: sums of two f64 with their errors (Knuth's TwoSum), added up beside. */
function exact(values: ArrayLike<number>): number {
  let [sum, rest] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const next = sum + values[i]!;
    const part = next - sum;
    rest += sum - (next - part) + (values[i]! - part);
    sum = next;
  }
  return sum + rest;
}

const series: readonly (readonly [name: string, at: (i: number) => number])[] = [
  ["equal terms", () => 0.1],
  ["terms that fall", (i) => 1 / (i + 1)],
  ["terms that cancel", (i) => Math.sin(i * 12.9898) * 43.758],
];

const feed = (length: number, at: (i: number) => number): Float32Array => Float32Array.from({ length }, (_, i) => at(i));

describe("a long sum", () => {
  it.each(series)("of %s is as defined, with an error within the bound, for 1 to 3 threads", async (_, at) => {
    for (const threads of [1, 2, 3]) {
      const x = input("x", ["n"]);
      const model = await compile({ f: fn({ inputs: { x }, outputs: { sum: x.sum() } }) }, { threads });
      models.push(model);
      for (const length of [1, block, block + 1, 100_000, 1_000_003]) {
        const values = feed(length, at);
        const sum = model.f({ x: values }).sum.item();
        expect(sum, `${length} terms`).toBe(defined(values));
        // A term goes through so many additions, each with a relative error of at most 2^-24.
        const additions = block / lanes + Math.log2(lanes) + Math.ceil(length / block);
        expect(Math.abs(sum - exact(values))).toBeLessThanOrEqual(additions * 2 ** -24 * exact(values.map(Math.abs)));
      }
    }
  });

  it("of four million equal terms has an error that no sum in lanes alone has", async () => {
    const values = feed(4_000_000, () => 0.1);
    const x = input("x", [values.length]);
    const model = await compile({ f: fn({ inputs: { x }, outputs: { sum: x.sum() } }) });
    models.push(model);
    const [inBlocks, inLanes] = [model.f({ x: values }).sum.item(), new Float32Array(lanes)];
    values.forEach((value, i) => { inLanes[i % lanes]! += value; });
    const expected = exact(values);
    expect(Math.abs(inBlocks - expected)).toBeLessThan(Math.abs(exact(inLanes) - expected) / 10);
  });
});

describe("everything at once", () => {
  it.each([[["n"]], [["n", 100]], [[2, "n"]]] as const)("of shape %j has the same bits for 1 to 3 threads", async (shape) => {
    const values = feed(200_000, (i) => Math.sin(i * 1.7) * 3);
    const results: unknown[] = [];
    for (const threads of [1, 2, 3]) {
      const x = input("x", shape as readonly ["n"]);
      const outputs = {
        error: x.sub(0.5).square().mean(), highest: x.max(), first: x.argmax(), lowest: x.argmin(), log: x.exp().sum().log(), norm: x.square().sum().sqrt(),
        normal: x.sub(x.mean()).div(x.sub(x.mean()).square().mean().sqrt()), along: x.sum(shape.length - 1), softmax: x.softmax(),
      };
      const model = await compile({ f: fn({ inputs: { x }, outputs }) }, { threads });
      models.push(model);
      const n = values.length / (typeof shape[0] === "number" ? shape[0] : shape.length > 1 ? Number(shape[1]) : 1);
      const result = model.f({ x: { data: values, shape: shape.map((dim) => (dim === "n" ? n : Number(dim))) as unknown as readonly [number] } });
      results.push(Object.values(result).map(({ data }) => Array.from(data as Float32Array)));
    }
    const largest = values.reduce((most, value) => Math.max(most, value));
    expect((results[0] as number[][])[1]).toEqual([largest]);
    expect((results[0] as number[][])[2]).toEqual([values.indexOf(largest)]);
    for (const result of results) expect(result).toEqual(results[0]);
  });
});
