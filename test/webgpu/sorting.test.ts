// Sorting and searching on WebGPU, which has no routines: to the bit what WebAssembly's routines give.
import { compile, constant, fn, grad, input, type Tensor } from "damo";
import { scan } from "damo/loops";
import { argsort, histogram, median, nonzero, permutationBySort, quantile, searchSorted, sort, topK, unique } from "damo/sorting";
import { key } from "damo/random";
import { vmap } from "damo/transform";
import { afterAll, describe, expect, it, test } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import type { AnyInput } from "../../src/types/index.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";
import { errorOf } from "../error-of.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { planOfDefinitions } from "./plan-of.ts";
import { runBundled, runFunction } from "./run-graph.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "sorting is not run");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };

/** Few different values, then many; NaN, infinities and both zeros among the floats. */
function line(dtype: keyof typeof arrays, length: number, modulus: number): TensorData {
  let state = length;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % modulus;
  const data = arrays[dtype].from(Array.from({ length }, () => (dtype === "u32" ? next() : next() - Math.floor(modulus / 2))));
  if (dtype === "f32") [Number.NaN, -0, Infinity, -Infinity, Number.NaN].forEach((value, i) => (data[(7 * i + 3) % Math.max(length, 1)] = value));
  return { dtype, shape: [length], data } as TensorData;
}

type Outputs = Parameters<typeof fn>[0]["outputs"];

/** Holds what a function of x gives on WebGPU against what it gives on WebAssembly. */
async function expectSame(x: AnyInput, outputs: Outputs, values: readonly unknown[]): Promise<void> {
  const f = fn({ inputs: { x }, outputs });
  const [gpu, cpu] = [await compile(f, { target: "webgpu" }), await compile(f)];
  const read = (results: object): object => Object.fromEntries(Object.entries(results as Record<string, TensorData>).map(([name, { data, shape }]) => [name, { data, shape }]));
  for (const value of values) {
    const feeds = { x: value } as never;
    expect(read(await gpu(feeds))).toEqual(read(cpu(feeds)));
  }
  gpu.dispose();
  cpu.dispose();
}

describe.skipIf(device === undefined)("on WebGPU as on WebAssembly", () => {
  it.each(["f32", "i32", "u32"] as const)("lines of %s whose length is known late", async (dtype) => {
    const x = input("x", ["n"], { dtype });
    const outputs = { up: sort(x), order: argsort(x), down: sort(x, { descending: true }), orderDown: argsort(x, { descending: true }), at: searchSorted(sort(x), x), behind: searchSorted(sort(x), x, { side: "right" }) };
    await expectSame(x, outputs, [0, 1, 2, 5, 300, 4097].flatMap((length) => [line(dtype, length, 3), line(dtype, length, 2 ** 31)]));
  });

  it.each([17, 512, 513, 1500])("batches of lines of %i, along either axis", async (length) => {
    const x = input("x", [3, length]);
    const { values, indices } = topK(x, 5);
    const lowest = topK(x, length, { smallest: true });
    const columns = argsort(x, { axis: 0, descending: true });
    const { data } = line("f32", 3 * length, 100);
    await expectSame(x, { values, indices, lowest: lowest.indices, columns, places: searchSorted(sort(x), x) }, [{ data, shape: [3, length] }]);
  });

  it.each(["f32", "u32"] as const)("the first few of lines of %s whose length is known late", async (dtype) => {
    const x = input("x", ["n"], { dtype });
    const [greatest, smallest] = [topK(x, 7), topK(x, 7, { smallest: true })];
    await expectSame(x, { ...greatest, low: smallest.values, lowAt: smallest.indices }, [7, 40, 1000].flatMap((length) => [line(dtype, length, 3), line(dtype, length, 2 ** 31)]));
  });

  it("what is made of sorting: medians, quantiles, different elements, bins", async () => {
    const x = input("x", [8]);
    const { values, counts, inverse, count } = unique(x, { size: 6 });
    const bins = histogram(x, { bins: 4 });
    const outputs = { median: median(x), q: quantile(x, 0.3), values, counts, inverse, count, bins: bins.counts, edges: bins.edges, places: nonzero(x, { size: 4 })[0]! };
    await expectSame(x, outputs, [[5, 0, 5, 7, 0, 0, 1, 2.5]]);
  });

  it("the median of elements whose number is known late", async () => {
    const x = input("x", ["n"]);
    await expectSame(x, { y: median(x) }, [0, 1, 4, 5].map((length) => [7, 1, 3, 9, -2].slice(0, length)));
  });

  it("in the steps of a loop, in each member of a batch, and in derivatives", async () => {
    const xs = input("x", ["n", 3]);
    const weights = constant([1, 10, 100]);
    const [total] = scan((sum, x) => {
      const next = sum.add(sort(x).mul(weights).sum());
      return [next, next];
    }, constant(0), xs);
    const each = vmap((x: Tensor<"f32", [3]>) => sort(x, { descending: true }), xs);
    const top = topK(xs, 2).values.mul(constant([3, 7])).sum();
    await expectSame(xs, { total, each, dx: grad(total, xs), dTop: grad(top, xs) }, [[[3, 1, 2], [1, 5, 4]]]);
  });

  test("the loader of bundles, too", async () => {
    const x = input("x", ["n"]);
    const given = line("f32", 700, 50);
    const [traced] = traceModel(readDefinitions(fn({ inputs: { x }, outputs: { up: sort(x), order: argsort(x) } }))).functions;
    const sizes = new Map([["n", 700]]);
    expect(await runBundled(device!, traced!, [given], sizes)).toEqual(await runFunction(device!, traced!, [given], sizes));
  });
});

test("what has no dtype there is refused by it", () => {
  const wide = input("x", [4], { dtype: "f64" });
  expect(errorOf(() => planOfDefinitions(fn({ inputs: { wide }, outputs: { y: sort(wide) } }))).code).toBe("E101");
  // It sorts words of 64 bits.
  expect(errorOf(() => planOfDefinitions(fn({ inputs: {}, outputs: { y: permutationBySort(key(1), 9) } }))).code).toBe("E101");
});
