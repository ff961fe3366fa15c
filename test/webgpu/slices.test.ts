// Products and filter gradients whose sums are shared out along k, by themselves and in functions: the values, the same bits at each run and of each kind of size, epilogues, and how many slices there are.
import { afterAll, describe, expect, test } from "vitest";
import { compile, conv2d, fn, grad, input, shared, type Tensor, zeros } from "damo";
import { emitInSlices, splitOf } from "../../codegen/wgsl/product/emit-product.ts";
import type { OperandStrides } from "../../codegen/wgsl/product/describe-product.ts";
import type { DeviceKind } from "../../codegen/wgsl/product/tiles.ts";
import { multiplyMatrices } from "../../codegen/wgsl/product/multiply-matrices.ts";
import { workspaceElements } from "../../codegen/wgsl/product/split.ts";
import { traceModel } from "../../src/trace.ts";
import { readDefinitions } from "../../src/compile.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { findFaults, planOfDefinitions } from "./plan-of.ts";
import { runBundled, runFunction } from "./run-graph.ts";
import { runShader } from "./run-shader.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "sums in slices are validated, not run");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

/** Integers of -4 to 4, whose sums are exact in any order, or fractions, whose sums are not. */
const numbers = (length: number, seed: number, kind: "integers" | "fractions" = "fractions"): Float32Array => Float32Array.from({ length }, (_, i) => {
  const value = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
  return kind === "integers" ? Math.floor((value - Math.floor(value)) * 9) - 4 : Math.fround(2 * (value - Math.floor(value)) - 1);
});

interface Sizes { readonly batch: number; readonly m: number; readonly n: number; readonly k: number }

/** a transposed, as in the gradient of a weight; b as it is. */
const describeTransposed = ({ batch, m, n, k }: Sizes, isKnown: boolean) => {
  const a: OperandStrides = { offset: 0, batchStride: isKnown ? k * m : undefined, rowStride: 1, columnStride: m, unit: "row" };
  const b: OperandStrides = { offset: 0, batchStride: isKnown ? k * n : undefined, rowStride: n, columnStride: 1, unit: "column" };
  return multiplyMatrices({ sizes: { batch, m, n, k: isKnown ? k : undefined }, a, b });
};

/** In slices, both shaders; what the product is in f64 by the side. */
async function run(sizes: Sizes, isKnown: boolean, values: "integers" | "fractions", kind: DeviceKind = "gpu", most?: number): Promise<{ readonly result: Float32Array; readonly expected: Float64Array }> {
  const { batch, m, n, k } = sizes;
  const multiplication = describeTransposed(sizes, isKnown);
  const split = splitOf(multiplication, Math.max(k, 1e6))!;
  const [slices, sum] = emitInSlices(multiplication, split, kind);
  const [a, b] = [numbers(batch * k * m, 1, values), numbers(batch * k * n, 2, values)];
  // Numbers that no sum may use.
  const partial = new Float32Array(workspaceElements(split, k) as number).fill(Number.NaN);
  const result = new Float32Array(batch * m * n).fill(Number.NaN);
  const words = [batch, m, n, k, 0, k * m, 1, m, 0, k * n, n, 1];
  const common = { device: device!, sizes: words, ...(most === undefined ? {} : { most }) };
  await runShader({ ...common, shader: slices, buffers: [a, b, partial] });
  await runShader({ ...common, shader: sum, buffers: [partial, result] });
  const expected = new Float64Array(batch * m * n);
  for (let g = 0; g < batch; g++) for (let l = 0; l < k; l++) for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
    expected[(g * m + i) * n + j]! += a[(g * k + l) * m + i]! * b[(g * k + l) * n + j]!;
  }
  return { result, expected };
}

describe.skipIf(device === undefined)("a sum in slices", () => {
  const cases: readonly Sizes[] = [
    { batch: 1, m: 25, n: 20, k: 3000 }, { batch: 1, m: 40, n: 36, k: 1024 }, { batch: 3, m: 9, n: 7, k: 1037 }, { batch: 1, m: 3, n: 50, k: 9001 }, { batch: 2, m: 70, n: 1, k: 8192 },
    // One slice, and nothing to sum up.
    { batch: 2, m: 9, n: 7, k: 30 }, { batch: 1, m: 5, n: 6, k: 0 },
  ];

  test.each(cases)("of $batch x $m x $n over $k is the product", async (sizes) => {
    for (const [isKnown, kind] of [[true, "gpu"], [false, "gpu"], [false, "software"]] as const) {
      const { result, expected } = await run(sizes, isKnown, "integers", kind);
      expect(Array.from(result)).toEqual(Array.from(expected, (value) => value + 0));
    }
  });

  test("has the same bits each time, with however few workgroups, whether or not k is known, and for whatever device", async () => {
    const sizes = { batch: 2, m: 12, n: 8, k: 2500 };
    const [first, again, few, symbolic, software] = [
      await run(sizes, true, "fractions"), await run(sizes, true, "fractions"), await run(sizes, true, "fractions", "gpu", 2), await run(sizes, false, "fractions"), await run(sizes, true, "fractions", "software"),
    ];
    first.result.forEach((value, i) => expect(value).toBeCloseTo(first.expected[i]!, 3));
    for (const { result } of [again, few, symbolic, software]) expect(new Uint32Array(result.buffer)).toEqual(new Uint32Array(first.result.buffer));
  });
});

describe("a function", () => {
  const layer = (batch: number | "batch") => {
    const [x, y, w] = [input("x", [batch, 24]), input("y", [batch, 20]), shared("w", zeros([24, 20]))];
    return { train: fn({ inputs: { x, y }, outputs: {}, updates: [[w, w.sub(x.transpose().dot(y as Tensor))]] as never }) };
  };
  const namesOf = (definition: unknown): string[] => planOfDefinitions(definition).shaders.map(({ name }) => name);

  test("shares out a sum that is long for its outputs, and takes the epilogue in at its end", async () => {
    expect(namesOf(layer(4096))).toEqual(["product, slices 32x32", "product, sum of slices then sub"]);
    expect(await findFaults(planOfDefinitions(layer(4096)))).toEqual([]);
    // Too short, or of too many outputs.
    expect(namesOf(layer(256))).toEqual(["product 32x32 then sub"]);
    expect(namesOf(layer("batch"))).toEqual(["product 32x32 then sub"]);
    const [x, y] = [input("x", [512, 4096]), input("y", [4096, 512])];
    expect(namesOf(fn({ inputs: { x, y }, outputs: { z: x.dot(y) } }))).toEqual(["product 32x32"]);
  });

  test("has a workspace of as many slices as there are", () => {
    const slots = planOfDefinitions(layer(4096)).functions[0]!.slots;
    expect(slots.map(({ bytes }) => bytes)).toContain(32 * 24 * 20 * 4 + 256);
  });

  test("whose filter has a gradient over all places gives the CPU's, by a model and by a bundle", async () => {
    const [x, w] = [input("x", ["batch", 24, 24, 1]), input("w", [5, 5, 1, 6])];
    const cost = conv2d(x, w).square().sum();
    const definition = { f: fn({ inputs: { x, w }, outputs: { g: grad(cost, w) } }) };
    expect(namesOf(definition)).toContain("convolution, filter, slices 32x32");
    if (device === undefined) return;
    const [image, filter] = [numbers(3 * 24 * 24, 1), numbers(150, 2)];
    const reference = await compile(definition);
    const expected = reference.f({ x: { data: image, shape: [3, 24, 24, 1] }, w: { data: filter, shape: [5, 5, 1, 6] } }).g.data as Float32Array;
    const { functions } = traceModel(readDefinitions(definition));
    const inputs = [{ dtype: "f32", shape: [3, 24, 24, 1], data: image }, { dtype: "f32", shape: [5, 5, 1, 6], data: filter }] as const;
    const sizes = new Map([["batch", 3]]);
    const [compiled] = await runFunction(device, functions[0]!, inputs as never, sizes);
    const [bundled] = await runBundled(device, functions[0]!, inputs as never, sizes);
    const scale = Math.max(...expected.map(Math.abs));
    compiled!.data.forEach((value, i) => expect(Math.abs(Number(value) - expected[i]!)).toBeLessThan(1e-5 * scale));
    expect(bundled!.data).toEqual(compiled!.data);
  });
});
