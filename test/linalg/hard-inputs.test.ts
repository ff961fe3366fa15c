// What is asked of matrices that are hard in one way or another: empty, zero, singular, with a NaN, at the ends of the range.
import { type AnyTensor, compile, fn, input } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";

type T = AnyTensor<"f64">;

const orders = ["fro", "nuc", 1, -1, 2, -2, "inf", "-inf"] as const;
const named = (what: string, order: typeof orders[number]): string => `${what}_${String(order).replace("-", "minus")}`;
const value = (m: number, n: number, data: readonly number[]) => ({ shape: [m, n], data: Float64Array.from(data) });

describe.each(["wasm", "reference"] as const)("norms and conditions as NumPy has them, %s", (target) => {
  const norms = (x: T) => Object.fromEntries(orders.map((order) => [named("norm", order), linalg.matrixNorm(x, { order })]));
  const conditions = (x: T) => Object.fromEntries(orders.map((order) => [named("cond", order), linalg.cond(x, { order })]));

  it.each([[0, 0], [0, 3], [3, 0]])("of an empty matrix, %i x %i", async (m, n) => {
    const known = await evaluate(norms, [value(m, n, [])], { target });
    const x = input("x", ["m", "n"], { dtype: "f64" });
    const late = await compile(fn({ inputs: { x }, outputs: { ...norms(x), rank: linalg.matrixRank(x), pinv: linalg.pinv(x) } }), { target });
    const called = late({ x: value(m, n, []) }) as unknown as { readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } };
    // NumPy has none of negative orders.
    for (const order of orders.filter((name) => !String(name).startsWith("-"))) {
      expect(known[named("norm", order)]!.data[0], String(order)).toBe(0);
      expect(called[named("norm", order)]!.data[0], String(order)).toBe(0);
    }
    expect([called["rank"]!.data[0], called["pinv"]!.shape]).toEqual([0, [n, m]]);
  });

  it.each([["zero", [0, 0, 0, 0]], ["singular", [1, 2, 2, 4]], ["of one row", [1, 2, 0, 0]]])("of a singular matrix: %s", async (_, data) => {
    const result = await evaluate(conditions, [value(2, 2, data)], { target });
    for (const order of orders) {
      const [actual] = Array.from(result[named("cond", order)]!.data) as [number];
      if (order === 2) expect(actual).toBeGreaterThan(1e15);
      else if (order === -2 && data[0] !== 0) expect(actual).toBeLessThan(1e-15);
      else expect(actual, String(order)).toBe(Infinity);
    }
  });

  it("of a matrix with a NaN: none", async () => {
    const sums = [1, -1, "inf", "-inf", "fro"] as const;
    const result = await evaluate((x: T) => Object.fromEntries(sums.map((order) => [named("cond", order), linalg.cond(x, { order })])), [value(2, 2, [1, Number.NaN, 3, 4])], { target });
    for (const order of sums) expect(result[named("cond", order)]!.data[0], String(order)).toBeNaN();
  });
});
