// Products of sparse matrices on WebGPU, which has no routines: what WebAssembly's routines give. Values are quarters, so that sums are exact in any order.
import { compile, fn, grad, input, type Tensor } from "damo";
import * as sparse from "damo/sparse";
import { vmap } from "damo/transform";
import { afterAll, describe, expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "sparse matrices are not run");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

/** 40 rows of 0 to 39 elements each, of 9 columns. */
const lengths = Array.from({ length: 40 }, (_, row) => (row * 7) % 40);
const a_indptr = [0, ...lengths].map((_, i, all) => all.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
const stored = a_indptr.at(-1)!;
const quarters = (count: number, step: number): Float32Array => Float32Array.from({ length: count }, (_, i) => ((i * step) % 17 - 8) / 4);
const a_indices = Int32Array.from({ length: stored }, (_, k) => (k * 5) % 18 - 9);
const given = { a_values: quarters(stored, 5), a_indices, a_indptr };

describe.skipIf(device === undefined)("on WebGPU as on WebAssembly", () => {
  it.each([1, 3])("products, those of the transpose, their gradients, and batches, with %i columns", async (width) => {
    const a = sparse.csrInput("a", ["rows", 9]);
    const x = input("x", [9, width]);
    const w = input("w", ["rows", width]);
    const product = sparse.matmul(a, x) as Tensor;
    const cost = product.mul(w as never).sum();
    const vector = x.at(":", 0) as Tensor;
    const byCoordinates = sparse.matmul(sparse.toCoo(a), vector as never) as Tensor;
    const outputs = {
      product, back: sparse.matmul(sparse.transpose(a), w), row: sparse.matmul(w.transpose() as never, a), dx: grad(cost, x), dValues: grad(cost, a.values),
      byCoordinates, fromCoordinates: grad(byCoordinates.mul(w.at(":", 0) as never).sum(), a.values),
      sampled: sparse.sampledMatmul(a, w, x.transpose() as never).values, each: vmap((column: Tensor) => sparse.matmul(a, column as never), x.transpose() as never) as Tensor,
    };
    const f = fn({ inputs: { ...a.inputs, x, w }, outputs } as never) as never;
    const feeds = { ...given, x: { data: quarters(9 * width, 3), shape: [9, width] }, w: { data: quarters(40 * width, 11), shape: [40, width] } } as never;
    const read = (results: unknown): object => Object.fromEntries(Object.entries(results as Record<string, TensorData>).map(([name, { data, shape }]) => [name, { data: Array.from(data as Float32Array, (value) => value + 0), shape }]));
    const [gpu, cpu] = [await compile(f, { target: "webgpu" }), await compile(f)] as unknown as [(inputs: object) => Promise<unknown>, (inputs: object) => unknown];
    expect(read(await gpu(feeds))).toEqual(read(cpu(feeds)));
  });

  it("refuses row borders that fall", async () => {
    const a = sparse.csrInput("a", [3, 2]);
    const x = input("x", [2]);
    const f = await compile(fn({ inputs: { ...a.inputs, x }, outputs: { y: sparse.matmul(a, x) } }), { target: "webgpu" });
    await expect(f({ a_values: [1, 2], a_indices: [0, 1], a_indptr: [0, 2, 1, 2], x: [1, 10] })).rejects.toThrow(/^E609 matmul: the row borders do not rise/);
    expect([...(await f({ a_values: [1, 2], a_indices: [0, 1], a_indptr: [0, 1, 1, 2], x: [1, 10] })).y.data]).toEqual([1, 0, 20]);
  });
});
