// What fixtures do not reach: long lines of every dtype, descending order, sizes that are known late, batches, loops, artifacts, errors.
import { build, compile, constant, fn, grad, input, type Tensor } from "damo";
import { load } from "damo/load";
import { scan } from "damo/loops";
import { key } from "damo/random";
import { argsort, bincount, histogram, nonzero, permutationBySort, quantile, searchSorted, sort, sortBy, topK, unique } from "damo/sorting";
import { vmap } from "damo/transform";
import { describe, expect, it, test } from "vitest";
import { errorOf } from "../error-of.ts";

/** Words that repeat, from a linear congruential generator. */
function words(count: number, modulus: number): number[] {
  let state = 12345;
  return Array.from({ length: count }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % modulus);
}

describe("a long line", () => {
  // Insertion, narrow digits, wide digits; few different values, many, one.
  const lengths = [60, 61, 3000, 20_000];
  const lines = lengths.flatMap((length) => [words(length, 7), words(length, 2 ** 32), words(length, 1), words(length, 2 ** 32).sort((a, b) => a - b)]);
  it.each(["f32", "f64", "i32", "u32", "i64"] as const)("of %s is in stable order, up and down", async (dtype) => {
    const x = input("x", ["n"], { dtype });
    const f = await compile(fn({ inputs: { x }, outputs: { up: sort(x), order: argsort(x), down: sort(x, { descending: true }), orderDown: argsort(x, { descending: true }), top: topK(x, 50, { smallest: true }).indices } }));
    const of = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array }[dtype];
    for (const line of lines) {
      const data = dtype === "i64" ? BigInt64Array.from(line, (value) => BigInt(value) * 2n ** 31n - 2n ** 62n) : (of as Float64ArrayConstructor).from(line, (value) => (dtype === "u32" ? value : value - 2 ** 31));
      const result = f({ x: { data, shape: [line.length] } } as never) as unknown as Record<string, { data: ArrayLike<number | bigint> }>;
      const indices = [...line.keys()];
      const compare = (a: number, b: number): number => (data[a]! < data[b]! ? -1 : data[a]! > data[b]! ? 1 : 0);
      const up = indices.toSorted((a, b) => compare(a, b) || a - b);
      const down = indices.toSorted((a, b) => -compare(a, b) || a - b);
      expect(Array.from(result["order"]!.data)).toEqual(up);
      expect(Array.from(result["up"]!.data)).toEqual(up.map((i) => data[i]));
      expect(Array.from(result["orderDown"]!.data)).toEqual(down);
      expect(Array.from(result["down"]!.data)).toEqual(down.map((i) => data[i]));
      expect(Array.from(result["top"]!.data)).toEqual(up.slice(0, 50));
    }
  });
});

describe.each([{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const)("%o", (options) => {
  it("sorts batches of any size, also none", async () => {
    const x = input("x", ["n", "m"]);
    const f = await compile(fn({ inputs: { x }, outputs: { rows: sort(x), columns: sort(x, { axis: 0 }), flat: unique(x, { size: 4 }).count } }), options);
    expect(f({ x: [[3, 1], [2, 4], [0, 9]] }).columns.toArray()).toEqual([[0, 1], [2, 4], [3, 9]]);
    const none = f({ x: { data: new Float32Array(0), shape: [0, 5] } });
    expect([none.rows.shape, none.columns.shape, none.flat.toArray()]).toEqual([[0, 5], [0, 5], 0]);
  });

  it("sorts in the steps of a loop, and in each member of a batch, with gradients", async () => {
    const xs = input("xs", ["n", 3]);
    const weights = constant([1, 10, 100]);
    const [total] = scan((sum, x) => {
      const next = sum.add(sort(x).mul(weights).sum());
      return [next, next];
    }, constant(0), xs);
    const each = vmap((x: Tensor<"f32", [3]>) => sort(x, { descending: true }), xs);
    const f = await compile(fn({ inputs: { xs }, outputs: { total, each, dx: grad(total, xs) } }), options);
    const { total: sum, each: rows, dx } = f({ xs: [[3, 1, 2], [1, 5, 4]] });
    expect(sum.toArray()).toBe(321 + 541);
    expect(rows.toArray()).toEqual([[3, 2, 1], [5, 4, 1]]);
    expect(dx.toArray()).toEqual([[100, 1, 10], [1, 100, 10]]);
  });

  it("counts only what lies inside, in integers of every width", async () => {
    const [i, w] = [input("i", ["n"], { dtype: "i64" }), input("w", ["n"])];
    const f = await compile(fn({ inputs: { i, w }, outputs: { counts: bincount(i, { length: 3 }), sums: bincount(i, { length: 3, weights: w }) } }), options);
    const { counts, sums } = f({ i: { data: BigInt64Array.from([-1n, 0n, 2n, 3n, 2n ** 32n, 2n, -(2n ** 63n)]), shape: [7] }, w: [1, 2, 4, 8, 16, 32, 64] });
    expect([counts.toArray(), sums.toArray()]).toEqual([[1, 0, 2], [2, 0, 36]]);
  });

  it("leaves out what a size does not hold, and fills what is over", async () => {
    const x = input("x", [6]);
    const { values, indices, counts, inverse, count } = unique(x, { size: 2, fillValue: -9 });
    const [places] = nonzero(x, { size: 8, fillValue: -1 });
    const f = await compile(fn({ inputs: { x }, outputs: { values, indices, counts, inverse, count, places: places! } }), options);
    const read = (values_: readonly number[]) => Object.fromEntries(Object.entries(f({ x: values_ })).map(([name, value]) => [name, value.toArray()]));
    expect(read([5, 0, 5, 7, 0, 0])).toEqual({ values: [0, 5], indices: [1, 0], counts: [3, 2], inverse: [1, 0, 1, 2, 0, 0], count: 3, places: [0, 2, 3, -1, -1, -1, -1, -1] });
    expect(read([1, 1, 1, 1, 1, 1])).toMatchObject({ values: [1, -9], indices: [0, -1], counts: [6, 0], count: 1 });
  });

  it("gives every order of a random permutation by sorting", async () => {
    const keys = input("keys", ["n", 2], { dtype: "u32" });
    const f = await compile(fn({ inputs: { keys }, outputs: { orders: vmap((k: Tensor<"u32", [2]>) => permutationBySort(k, 3), keys) } }), options);
    const { orders } = f({ keys: Array.from({ length: 600 }, (_, i) => [i, 7]) });
    const seen = new Map<string, number>();
    for (const order of orders.toArray() as number[][]) seen.set(String(order), (seen.get(String(order)) ?? 0) + 1);
    expect([...seen.keys()].sort()).toEqual(["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"]);
    // 100 each on average, deviation 9.
    expect(Math.min(...seen.values())).toBeGreaterThan(60);
  });

  it("meets the ends of a quantile exactly, also where they are infinite", async () => {
    const x = input("x", [3]);
    const f = await compile(fn({ inputs: { x }, outputs: { q: quantile(x, constant([0, 0.25, 0.5, 0.75, 1, 1.5])) } }), options);
    expect(f({ x: [Infinity, -Infinity, 2] }).q.toArray()).toEqual([-Infinity, -Infinity, 2, Infinity, Infinity, NaN]);
    expect(f({ x: [Infinity, Infinity, Infinity] }).q.toArray()).toEqual([Infinity, Infinity, Infinity, Infinity, Infinity, NaN]);
  });
});

test("a histogram of no elements has bins from 0 to 1", async () => {
  const x = input("x", ["n"]);
  const { counts, edges } = histogram(x, { bins: 2 });
  const f = await compile(fn({ inputs: { x }, outputs: { counts, edges } }));
  const result = f({ x: [] });
  expect([[...result.counts.data], [...result.edges.data]]).toEqual([[0, 0], [0, 0.5, 1]]);
  expect([...f({ x: [3, 3] }).edges.data]).toEqual([2.5, 3, 3.5]);
});

test("slices of a tensor in a random order", async () => {
  const f = await compile(fn({ inputs: {}, outputs: { y: permutationBySort(key(3), constant([[1, 2, 3], [4, 5, 6]]), 1) } }));
  const [first, second] = f({}).y.toArray() as number[][];
  expect(first!.toSorted()).toEqual([1, 2, 3]);
  expect(second).toEqual(first!.map((value) => value + 3));
});

test("an artifact sorts without anything beside it", async () => {
  const x = input("x", ["n"]);
  const { wasm, signature } = await build(fn({ name: "f", inputs: { x }, outputs: { y: sort(x) } }));
  expect(signature.routines?.map(({ name }) => name)).toEqual(["sort_f32"]);
  const f = (await load(wasm)).functions["f"]!;
  expect([...f({ x: [3, 1, 2] })["y"]!.data]).toEqual([1, 2, 3]);
});

describe("mistakes", () => {
  const x = input("x", [2, 3]);
  test.each<readonly [string, () => unknown, string]>([
    ["an axis", () => sort(x, { axis: 2 as never }), "E204 sort: axis 2 is out of range for rank 2"],
    ["a scalar", () => sort(constant(1)), "E204 sort: axis -1 is out of range for rank 0"],
    ["too many", () => topK(x, 4), "E205 topK: 4 elements are asked for, of 3"],
    ["others of another shape", () => sortBy(x, [constant([1, 2, 3])]), "E203 sortBy: f32[3] does not have the shape of the keys x f32[2,3]"],
    ["a side", () => searchSorted(constant([1]), x, { side: "middle" as never }), "E205 searchSorted: side is middle"],
    ["lines", () => searchSorted(x, constant([1])), "E203 searchSorted"],
    ["a quantile", () => quantile(x, 1.5), "E205 quantile: q is 1.5, not in [0, 1]"],
    ["a method", () => quantile(x, 0.5, { method: "weibull" as never }), "E205 quantile: there is no method weibull"],
    ["nothing", () => quantile(input("e", [0]), 0.5), "E208 quantile: e f32[0] has no elements to take a quantile of"],
    ["floats to count", () => bincount(x as never, { length: 3 }), "E202 bincount: x f32[2,3] must be integers"],
    ["bins", () => histogram(x, { bins: 0 }), "E205 histogram: 0 bins are asked for"],
    ["a range", () => histogram(x, { range: [3, 1] }), "E205 histogram: the range is 3 to 1; it rises"],
    ["no size of unique elements", () => unique(x, undefined as never), "E102 unique: undefined is not a size"],
    ["no size of indices", () => nonzero(x, undefined as never), "E102 nonzero: undefined is not a size"],
    ["no length", () => bincount(constant([1], { dtype: "i32" }), undefined as never), "E102 bincount: undefined is not a size"],
    ["edges", () => histogram(x, { bins: constant([1]) }), "E203 histogram: the edges f32[1] must be a vector of two or more"],
  ])("%s", (_, run, message) => {
    expect(errorOf(run as () => never).message).toContain(message);
  });
});
