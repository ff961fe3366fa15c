// What becomes of the elements of products and convolutions in their shaders: the bits that the same operations give on the host, of the same product. And when it is a kernel
// of its own.
import { afterAll, describe, expect, test } from "vitest";
import { compile, conv2d, fn, input, shared, type Tensor, zeros } from "damo";
import { describeWebgpu, leastLimits, type WebgpuLimits } from "../../codegen/wgsl/target.ts";
import type { TensorData } from "../../ir/data.ts";
import { roundToHalf } from "../../ir/half.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { findFaults, planOfDefinitions } from "./plan-of.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "epilogues are validated, not run");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

const numbers = (length: number, seed: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i * 12.9898 + seed * 78.233)));

interface Case {
  readonly product: (x: Tensor, w: Tensor) => Tensor;
  readonly x: readonly [number | "batch", ...number[]];
  readonly w: readonly number[];
  /** Of one of the batch, what the product has of its own, and columns. */
  readonly result: readonly number[];
  readonly shader: string;
  /** Shaders of slices. */
  readonly before?: readonly string[];
}

const byBatch = (x: Tensor, w: Tensor): Tensor => x.matmul(w);
const dot = (x: Tensor, w: Tensor): Tensor => x.dot(w);
const conv = (groups = 1) => (x: Tensor, w: Tensor): Tensor => conv2d(x, w, { padding: "same", groups });

const cases: { readonly [name: string]: Case } = {
  "a product": { product: dot, x: ["batch", 40], w: [40, 33], result: [33], shader: "product 32x32" },
  "a product of vectors": { product: dot, x: [64, 32], w: [32, 64], result: [64], shader: "product 32x32" },
  "a product with few rows": { product: dot, x: [2, 96], w: [96, 50], result: [50], shader: "product with 2 rows" },
  "a product with few columns": { product: dot, x: ["batch", 100], w: [100, 3], result: [3], shader: "product with 3 columns" },
  "a product of a batch": { product: byBatch, x: [7, 12, 24], w: [7, 24, 20], result: [12, 20], shader: "product 32x32" },
  "a product whose rows are two axes": { product: dot, x: ["batch", 5, 40], w: [40, 33], result: [5, 33], shader: "product 32x32" },
  "a product of a batch with few columns": { product: byBatch, x: [7, 40, 64], w: [7, 64, 2], result: [40, 2], shader: "product with 2 columns" },
  "a long product of a batch": { product: byBatch, x: [7, 6, 1024], w: [7, 1024, 5], result: [6, 5], shader: "product, sum of slices", before: ["product, slices 32x32"] },
  "a convolution": { product: conv(), x: ["batch", 6, 5, 8], w: [3, 3, 8, 16], result: [6, 5, 16], shader: "convolution, result 32x32" },
  "a convolution with few outputs": { product: conv(), x: ["batch", 6, 5, 2], w: [3, 3, 2, 3], result: [6, 5, 3], shader: "convolution, result, direct" },
  "a depthwise convolution": { product: conv(8), x: ["batch", 6, 5, 8], w: [3, 3, 1, 8], result: [6, 5, 8], shader: "convolution, result, direct" },
};

const count = (sizes: readonly (number | "batch")[]): number => sizes.reduce<number>((all, size) => all * (size === "batch" ? batch : size), 1);
const batch = 7;

function define({ product, x: of, w: filter, result }: Case, dtype: "f32" | "f16" = "f32") {
  const [x, w] = [input("x", of, { dtype }), input("w", filter, { dtype })];
  const [bias, scale] = [input("bias", [result.at(-1)!], { dtype }), input("scale", [of[0], ...result], { dtype })];
  const p = product(x as unknown as Tensor, w as unknown as Tensor);
  const r = p.add(bias as unknown as Tensor).relu().mul(scale as unknown as Tensor);
  const inputs = { x, w, bias, scale };
  return { both: fn({ inputs, outputs: { p, r } }), alone: fn({ inputs, outputs: { r } }) };
}

const namesOf = (definition: unknown, limits: WebgpuLimits = leastLimits): string[] => planOfDefinitions(definition, { limits }).shaders.map(({ name }) => name);

describe("an epilogue", () => {
  test.each(Object.entries(cases))("of %s is in its shader", async (_, entry) => {
    const { alone, both } = define(entry);
    for (const definition of [alone, both]) {
      expect(await findFaults(planOfDefinitions(definition))).toEqual([]);
      expect(namesOf(definition)).toEqual([...entry.before ?? [], `${entry.shader} then mul`]);
    }
  });

  const run = async (entry: Case, dtype: "f32" | "f16", round: (value: number) => number): Promise<void> => {
    const { alone, both } = define(entry, dtype);
    const outer = entry.x[0] === "batch" ? batch : entry.x[0];
    const tensor = (shape: readonly (number | "batch")[], seed: number) => ({ data: numbers(count(shape), seed).map(round), shape: shape.map((size) => (size === "batch" ? batch : size)) });
    const feeds = { x: tensor(entry.x, 1), w: tensor(entry.w, 2), bias: tensor([entry.result.at(-1)!], 3), scale: tensor([outer, ...entry.result], 4) };
    const model = await compile({ both, alone } as never, { target: "webgpu", device: device! } as never) as unknown as { both(feeds: object): Promise<{ p: { data: Float32Array }; r: { data: Float32Array } }>; alone: typeof model.both; dispose(): void };
    const { p, r } = await model.both(feeds);
    const expected = Float32Array.from(p.data, (value, i) => {
      const sum = round(Math.fround(value + feeds.bias.data[i % feeds.bias.data.length]!));
      return round(Math.fround(Math.max(sum, 0) * feeds.scale.data[i]!));
    });
    expect(p.data.some((value) => value !== 0)).toBe(true);
    expect(Array.from(r.data)).toEqual(Array.from(expected));
    expect((await model.alone(feeds)).r.data).toEqual(r.data);
    model.dispose();
  };

  test.skipIf(device === undefined).each(Object.entries(cases))("of %s gives the bits of a kernel of its own", (_, entry) => run(entry, "f32", (value) => value));

  test.skipIf(device?.features.has("shader-f16") !== true).each(Object.entries(cases))("of %s of halves does, too", (_, entry) => run(entry, "f16", roundToHalf));

  test.each(Object.entries(cases))("of %s is one statement, which the program's meaning has, too", (_, entry) => {
    const { functions } = traceModel(readDefinitions({ f: define(entry).both }));
    const { module: { programs: [program] }, plans: [plan] } = lowerModule(functions, [], describeWebgpu(leastLimits));
    expect(program!.body.map(({ kind }) => kind)).toEqual([expect.stringMatching(/contract|convolve/)]);
    const sized = (shape: readonly (number | "batch")[]) => shape.map((size) => (size === "batch" ? batch : size));
    const [x, w, bias, scale] = [entry.x, entry.w, [entry.result.at(-1)!], [entry.x[0], ...entry.result]].map((shape, i): TensorData =>
      ({ dtype: "f32", shape: sized(shape), data: numbers(count(shape), i + 1) })) as [TensorData, TensorData, TensorData, TensorData];
    const outcome = interpretProgram(program!, { inputs: [x, w, bias, scale], state: [], sizes: new Map([["batch", batch]]), plan: plan! });
    if (outcome.kind === "failed") throw new Error(`failed with ${outcome.error}`);
    const [p, r] = outcome.outputs as [Float32Array, Float32Array];
    r.forEach((value, i) => expect(value).toBe(Math.fround(Math.max(Math.fround(p[i]! + Number(bias.data[i % bias.data.length])), 0) * Number(scale.data[i]))));
  });

  test("of halves is sound", async () => {
    const limits = { ...leastLimits, halves: true };
    for (const entry of Object.values(cases)) {
      expect(await findFaults(planOfDefinitions(define(entry, "f16").both, { limits }))).toEqual([]);
      expect(namesOf(define(entry, "f16").both, limits)).toEqual([...entry.before ?? [], expect.stringContaining(`${entry.shader} then `)]);
    }
  });

  test("updates a variable in place", async () => {
    const [x, y, w] = [input("x", ["batch", 30]), input("y", ["batch", 20]), shared("w", zeros([30, 20]))];
    const step = { train: fn({ inputs: { x, y }, outputs: {}, updates: [[w, w.sub(x.transpose().dot(y))]] as never }) };
    expect(namesOf(step)).toEqual(["product 32x32 then sub"]);
    expect(planOfDefinitions(step).functions[0]!.slots.length).toBeLessThanOrEqual(2);
    if (device === undefined) return;
    const model = await compile(step, { target: "webgpu", device });
    const [a, b] = [numbers(90, 1), numbers(60, 2)];
    for (let i = 0; i < 2; i++) await model.train({ x: { data: a, shape: [3, 30] }, y: { data: b, shape: [3, 20] } });
    const { data } = await model.state["w"]!.get();
    data.forEach((value, at) => {
      const sum = [0, 1, 2].reduce((all, k) => all + a[k * 30 + Math.floor(at / 20)]! * b[k * 20 + (at % 20)]!, 0);
      expect(value).toBeCloseTo(-2 * sum, 5);
    });
    model.dispose();
  });

  test("is a kernel of its own where a device binds too few buffers, or an operand is read again", async () => {
    const x = input("x", ["batch", 32]);
    const more = Array.from({ length: 6 }, (_, i) => input(`y${i}`, ["batch", 32]));
    const w = input("w", [32, 32]);
    const sum = fn({ inputs: Object.fromEntries([["x", x], ["w", w], ...more.map((y, i) => [`y${i}`, y])]), outputs: { y: more.reduce<Tensor>((all, y) => all.add(y) as Tensor, x.dot(w) as Tensor) } });
    const again = fn({ inputs: { x, w }, outputs: { y: x.dot(w).add(x) } });
    expect([namesOf(sum), namesOf(again)]).toEqual([["product 32x32", "add"], ["product 32x32", "add"]]);
    // Of a launch for each row, if their number is known when it runs.
    expect(planOfDefinitions(again).shaders[1]!.workgroups[0]).toEqual({ times: 1, words: [1, 2], per: 256 });
    if (device === undefined) return;
    const feeds = { x: { data: numbers(96, 1), shape: [3, 32] }, w: { data: numbers(1024, 2), shape: [32, 32] } };
    const [model, reference] = [await compile({ again }, { target: "webgpu", device }), await compile({ again })];
    const [result, expected] = [(await model.again(feeds)).y.data, reference.again(feeds).y.data];
    result.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    model.dispose();
  });
});
