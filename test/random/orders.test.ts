// Permutations and batches: each place once, all orders equally likely.
import { compile, constant, fn, input, scalar, shared } from "damo";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { chiSquared, chiSquaredBound, draws } from "./goodness.ts";

const key = random.key(20);

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

describe("batches of an epoch", () => {
  const step = scalar("step", { dtype: "i32" });

  test("hold each example once, in another order in the next epoch; a rest that fills no batch is left out", async () => {
    const f = await compile(fn({ inputs: { step }, outputs: random.shuffledBatch(key, step, 23, 5) }));
    const epochs = [0, 1, 2].map((epoch) => [0, 1, 2, 3].flatMap((i) => f({ step: 4 * epoch + i }).toArray()));
    for (const epoch of epochs) {
      expect(new Set(epoch).size).toBe(20);
      expect(Math.min(...epoch)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...epoch)).toBeLessThan(23);
    }
    expect(new Set(epochs.map(String)).size).toBe(3);
    expect(new Set(epochs.flat()).size).toBe(23);
  });

  test("are places of one permutation: of a whole epoch at once it is the same order", async () => {
    const f = await compile(fn({ inputs: { step }, outputs: { parts: random.shuffledBatch(key, step, 12, 4), whole: random.shuffledBatch(key, step.floorDiv(3).convert("i32"), 12, 12) } }));
    const parts = [3, 4, 5].flatMap((i) => f({ step: i }).parts.toArray());
    expect(parts).toEqual(f({ step: 3 }).whole.toArray());
  });

  test("of a tensor are its slices, of any number of them, inside a function that trains", async () => {
    const count = shared("count", 0, { dtype: "i32", update: (now) => now.add(1) });
    const x = input("x", ["n", 2]);
    const model = await compile({ f: fn({ inputs: { x }, outputs: random.shuffledBatch(key, count, x, 3) }) });
    const rows = Array.from({ length: 9 }, (_, i) => [i, 10 * i]);
    const epoch = [1, 2, 3].flatMap(() => model.f({ x: rows }).toArray());
    expect(epoch.map(([a, b]) => b! === 10 * a!)).toEqual(new Array(9).fill(true));
    expect(epoch.map(([a]) => a).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("must fit", () => {
    expect(() => random.shuffledBatch(key, 0, 4, 5)).toThrow("E205 shuffledBatch: a batch of 5 is asked for of 4 examples");
    expect(() => random.shuffledBatch(key, step.convert("f32"), 4, 2)).toThrow("E202 shuffledBatch: f32[] must be an integer");
    expect(() => random.shuffledBatch(key, 0, constant(1), 2)).toThrow("E204 shuffledBatch: f32[] has no axis of examples");
  });
});
