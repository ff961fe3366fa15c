// A property-based suite for a layer of one's own: what must hold for all inputs, its gradient, and both targets.
import fc from "fast-check";
import { compile, fn, input, type Tensor } from "damo";
import { checkGradient, checkTargetsAgree, tensors } from "damo/testing";
import { describe, expect, test } from "vitest";
import { attend, attentionWeights } from "../../examples/attention.ts";

const queries = input("queries", ["n", 3]);
const keys = input("keys", ["m", 3]);
const values = input("values", ["m", 2]);
const definition = fn({ inputs: { queries, keys, values }, outputs: { weights: attentionWeights(queries, keys), out: attend(queries, keys, values) } });

const feeds = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([n, m]) => fc.record({
  queries: tensors({ shape: [n, 3] }), keys: tensors({ shape: [m, 3] }), values: tensors({ shape: [m, 2] }),
}));

describe("attention", () => {
  test("weighs the keys: no weight below 0, all weights together 1", async () => {
    const f = await compile(definition);
    fc.assert(fc.property(feeds, (feed) => {
      for (const row of f(feed).weights.toArray()) {
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        // The sum of six weights is rounded five times, its reciprocal and each product with it once.
        expect(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(7 * 2 ** -24);
      }
    }));
  });

  test("gives equal values back", async () => {
    const f = await compile(definition);
    fc.assert(fc.property(feeds, (feed) => {
      const ones = { data: new Float32Array(feed.values.data.length).fill(1), shape: feed.values.shape };
      // As above, and the mean adds up six products.
      for (const value of f({ ...feed, values: ones }).out.data) expect(Math.abs(value - 1)).toBeLessThan(12 * 2 ** -24);
    }));
  });

  test("has the gradient that differences give", async () => {
    const cost = attend as unknown as (...args: readonly Tensor<"f64">[]) => Tensor<"f64">;
    const unit = (n: number, width: number) => tensors({ dtype: "f64", shape: [n, width], values: "unit" });
    await fc.assert(fc.asyncProperty(unit(2, 3), unit(4, 3), unit(4, 2), async (...point) => {
      await checkGradient((...args) => cost(...args).square().sum(), point);
    }), { numRuns: 20 });
  });

  test("is the same on both targets", async () => {
    await fc.assert(fc.asyncProperty(feeds, (feed) => checkTargetsAgree(definition, feed)), { numRuns: 20 });
  });
});
