// f16 on WebGPU: NumPy's bits on every half, the evaluator's values of every op, and what halves need of plans, loops, files and results that stay on the device. Runs where an
// adapter has shader-f16; elsewhere the shaders are validated.
import { build, compile, conv2d, fn, grad, input, mse, shared, sgd, uniform, zeros } from "damo";
import { load } from "damo/load-webgpu";
import { scan } from "damo/loops";
import fc from "fast-check";
import { afterAll, describe, expect, it, test } from "vitest";
import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { roundToHalf } from "../../ir/half.ts";
import type { Graph } from "../../ir/node.ts";
import { printGraph } from "../../ir/print.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { opOf, opTable } from "../../ir/table.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { randomGraphs } from "../../src/testing/arbitraries.ts";
import { traceGraph, withFloats } from "../../src/testing/run-graph.ts";
import { errorOf } from "../error-of.ts";
import { cases, digest, feeds, hashes } from "../f16/all-halves.ts";
import { allSamples, resultNodes } from "../ir/gradient-check.ts";
import { expectAgreement, untargeted } from "../ops/agreement.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { findFaults, planOf, planOfDefinitions } from "./plan-of.ts";
import { runOnWebgpu } from "./run-graph.ts";

const found = await requestTestDevice();
const missing = isMissing(found) ? found : found.device.features.has("shader-f16") ? undefined : { missing: `${found.name} has no shader-f16` };
if (missing !== undefined) reportMissing(missing, "shaders with halves are validated, not run");
const device = missing === undefined && !isMissing(found) ? found.device : undefined;
afterAll(() => { if (!isMissing(found)) found.device.destroy(); });

const limits = { ...leastLimits, halves: true };
const halves = { dtype: "f16" } as const;

type Run = (given: object) => Promise<never>;
const open = async (definitions: unknown): Promise<Run> => await compile(definitions as never, { target: "webgpu", device: device! } as never) as unknown as Run;

describe("every half", () => {
  const names = Object.keys(cases).filter((name) => !name.includes("f64"));
  const definitionOf = (name: string): unknown => fn({ inputs: cases[name]![0] as never, outputs: cases[name]![1] });

  test("has shaders that are sound", async () => {
    for (const name of names) expect(await findFaults(planOfDefinitions(definitionOf(name), { limits })), name).toEqual([]);
  });

  test.skipIf(device === undefined).each(names)("%s", async (name) => {
    const run = await open(definitionOf(name));
    expect(digest(await run(Object.fromEntries(Object.keys(cases[name]![0]).map((key) => [key, feeds[key as keyof typeof feeds]]))))).toBe(hashes[name]);
  });
});

describe("every op", () => {
  const passes = [expand, orderContractionAxes];
  const target = describeWebgpu(limits);
  const half = (tensor: TensorData): TensorData => (tensor.dtype === "f32" || tensor.dtype === "f64" ? { dtype: "f16", shape: tensor.shape, data: Float32Array.from(tensor.data as Float32Array, roundToHalf) } : tensor);
  const halve = ({ attributes = {}, inputs, ...sample }: Sample): Sample => ({ ...sample, inputs: inputs.map(half), attributes: attributes["dtype"] === "f32" || attributes["dtype"] === "f64" ? { ...attributes, dtype: "f16" } : attributes });
  const graphOf = ({ op, inputs, attributes }: Sample): Graph => {
    const b = createBuilder();
    const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
    return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
  };
  const hasHalves = ({ parameters, results }: Graph): boolean => {
    const dtypes = [...parameters, ...results].map(({ type }) => type.dtype);
    return dtypes.includes("f16") && dtypes.every((dtype) => target.dtypes.includes(dtype));
  };
  // Routines have no halves.
  const ops = [...opTable.keys()].filter((op) => !untargeted.has(op) && op !== "bitcast" && opOf(op).lower.kind !== "routine" && !target.lacks!(opOf(op)));

  it.each(ops)("%s", async (op) => {
    for (const sample of allSamples.filter((candidate) => candidate.op === op).map(halve)) {
      const graph = graphOf(sample);
      if (!hasHalves(graph)) continue;
      expect(await findFaults(planOf([traceGraph(graph)], [], { passes, limits })), sample.name).toEqual([]);
      if (device === undefined) continue;
      const actual = await runOnWebgpu(device, graph, sample.inputs, new Map(), { passes, limits });
      evaluateGraph(graph, sample.inputs).forEach((value, i) => expectAgreement(op, value, actual[i]!));
    }
  });
});

/** -0 as 0. */
const signless = ({ data }: TensorData): number[] => Array.from(data as Float32Array, (value) => Number(value) + 0);

test("random graphs whose values are integers that halves hold give the evaluator's bits", async () => {
  let checked = 0;
  await fc.assert(fc.asyncProperty(randomGraphs({ regime: "exact", steps: 25, integers: ["i32", "u32"] }), async ({ graph: wide, inputs: given, sizes }) => {
    const graph = withFloats(wide, "f16");
    const inputs = given.map((tensor): TensorData => (tensor.dtype === "f32" ? { ...tensor, dtype: "f16" } : tensor));
    let largest = 0;
    const expected = evaluateGraph(graph, inputs, sizes, (_node, _operands, results) => {
      for (const { dtype, data } of results) if (dtype === "f16") for (const value of data as Float32Array) largest = Math.max(largest, Number.isNaN(value) ? Infinity : Math.abs(value));
    });
    // Halves are all integers up to here; beyond, it depends on where a rule leaves a rounding.
    if (largest > 2048) return;
    checked++;
    expect(await findFaults(planOf([traceGraph(graph)], [], { limits }))).toEqual([]);
    if (device === undefined) return;
    const actual = await runOnWebgpu(device, graph, inputs, sizes, { limits });
    expected.forEach((value, i) => expect(signless(actual[i]!), printGraph(graph)).toEqual(signless(value)));
  }), { numRuns: 100, ...(process.env["DAMO_SEED"] === undefined ? {} : { seed: Number(process.env["DAMO_SEED"]) }) });
  expect(checked).toBeGreaterThan(60);
});

const random = (length: number, seed: number): Float32Array => {
  let state = seed;
  return Float32Array.from({ length }, () => roundToHalf(((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24 - 0.5));
};

/** Runs on the device and on the evaluator. Without a device, the shaders are validated. */
async function both(definition: unknown, given: object): Promise<readonly [actual: TensorData, expected: TensorData] | undefined> {
  expect(await findFaults(planOfDefinitions(definition, { limits }))).toEqual([]);
  if (device === undefined) return undefined;
  const reference = await compile(definition as never, { target: "reference" }) as unknown as (of: object) => TensorData;
  return [await (await open(definition))(given), reference(given)];
}

/** Sums in f32 in another order, rounded: the same half, or its neighbour where the sum lies in the middle of two. */
function expectClose(results: Awaited<ReturnType<typeof both>>, terms: number): void {
  if (results === undefined) return;
  const [actual, expected] = results;
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe("f16");
  expected.data.forEach((value, i) => {
    const allowed = Math.max(Math.abs(Number(value)) * 2 ** -10, 2 ** -24) + terms * 2 ** -24;
    expect(Math.abs(Number(actual.data[i]) - Number(value)), `element ${i}`).toBeLessThanOrEqual(allowed);
  });
}

describe("products of matrices", () => {
  const shapes = [[64, 64, 64], [33, 47, 29], [1, 300, 129], [130, 3, 300], [257, 128, 64]] as const;
  test.each(shapes)("%i x %i, over %i", async (m, n, k) => {
    const [a, b] = [input("a", [m, k], halves), input("b", [k, n], halves)];
    const given = { a: { data: random(m * k, 1), shape: [m, k] }, b: { data: random(k * n, 2), shape: [k, n] } };
    expectClose(await both(fn({ inputs: { a, b }, outputs: a.matmul(b) }), given), k);
    const [at, bt] = [input("a", [k, m], halves), input("b", [n, k], halves)];
    const turned = { a: { data: random(m * k, 1), shape: [k, m] }, b: { data: random(k * n, 2), shape: [n, k] } };
    expectClose(await both(fn({ inputs: { a: at, b: bt }, outputs: at.transpose().matmul(bt.transpose()) }), turned), k);
  });

  test("halves times f32 are f32", async () => {
    const [a, b] = [input("a", [40, 50], halves), input("b", [50, 60])];
    const results = await both(fn({ inputs: { a, b }, outputs: a.matmul(b) }), { a: { data: random(2000, 1), shape: [40, 50] }, b: { data: random(3000, 2), shape: [50, 60] } });
    results?.[1].data.forEach((value, i) => expect(Math.abs(Number(results[0].data[i]) - Number(value))).toBeLessThanOrEqual(50 * 2 ** -24));
  });
});

describe("convolutions", () => {
  test.each([[1, 8, 8, 1], [2, 3, 6, 1], [2, 8, 8, 8], [1, 4, 3, 1]])("%i images of %i channels, %i outputs, %i groups, and both gradients", async (batch, channels, outputs, groups) => {
    const [x, w] = [input("x", [batch, 9, 10, channels], halves), input("w", [3, 3, channels / groups, outputs], halves)];
    const given = { x: { data: random(batch * 90 * channels, 3), shape: [batch, 9, 10, channels] }, w: { data: random(9 * channels / groups * outputs, 4), shape: [3, 3, channels / groups, outputs] } };
    const y = conv2d(x, w as never, { padding: "same", groups } as never) as unknown as typeof x;
    expectClose(await both(fn({ inputs: { x, w }, outputs: y }), given), 9 * channels);
    for (const wrt of [x, w]) expectClose(await both(fn({ inputs: { x, w }, outputs: grad(y.sum(), wrt as never) as never }), given), 9 * 90 * channels);
  });
});

describe("what lies in memory", () => {
  test.each([0, 1, 3, 1001])("%i elements, softmax and running sums over a named size", async (n) => {
    const x = input("x", ["n"], halves);
    expectClose(await both(fn({ inputs: { x }, outputs: x.mul(2).cumsum(0) }), { x: random(n, 5) }), 2 * n);
    if (n > 0) expectClose(await both(fn({ inputs: { x }, outputs: x.mul(8).softmax() }), { x: random(n, 5) }), 8);
  });

  test("loops take halves row by row, carry them and stack them, whatever the rows' length", async () => {
    for (const width of [2, 3]) {
      const xs = input("xs", ["t", width], halves);
      const [, stacked] = scan((carry, x) => [carry.mul(0.5).add(x), carry.sub(x)], zeros([width], halves), xs);
      expectClose(await both(fn({ inputs: { xs }, outputs: stacked }), { xs: { data: random(7 * width, 6), shape: [7, width] } }), 1);
    }
  });
});

/** Two layers, in halves but for the cost. */
function defineNet() {
  const [x, y] = [input("x", ["n", 5], halves), input("y", ["n", 3], halves)];
  const parameters = [[5, 33], [33, 3]].map((shape, i) => shared(`w${i}`, uniform(shape as [number, number], { low: -0.5, high: 0.5, seed: i + 1 }).convert("f16")));
  const [w0, w1] = parameters as [typeof parameters[0], typeof parameters[0]];
  const p = x.dot(w0).tanh().dot(w1) as unknown as typeof y;
  const cost = mse(p.convert("f32"), y.convert("f32"));
  return { train: fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: 0.125 }) }), predict: fn({ inputs: { x }, outputs: { p } }) };
}

describe("a model", () => {
  const batch = { x: { data: random(17 * 5, 7), shape: [17, 5] }, y: { data: random(17 * 3, 8), shape: [17, 3] } };
  type Model = { train(given: object): Promise<{ cost: { item(): number } }>; predict: ((given: object) => Promise<{ p: TensorData }>) & { gpu(given: object): Promise<{ p: TensorData & { buffer: GPUBuffer; read(): Promise<TensorData> } }> };
    readonly state: { readonly [name: string]: { get(): Promise<TensorData>; set(value: unknown): void } }; saveBytes(): Promise<Uint8Array>; loadBytes(bytes: Uint8Array): Promise<void>; dispose(): void };

  test("has shaders that are sound, and is refused by name where there are no halves", async () => {
    expect(await findFaults(planOfDefinitions(defineNet(), { limits }))).toEqual([]);
    expect(errorOf(() => planOfDefinitions(defineNet())).message).toMatch(/^E101 \w+: .* is f16\[.*\], and the device does not have f16; use f32, or compile for the target "reference"/);
  });

  test.skipIf(device === undefined)("learns as on the evaluator, saves what it learnt and takes its own results", async () => {
    const [model, reference] = await Promise.all([compile(defineNet() as never, { target: "webgpu", device: device! } as never), compile(defineNet() as never, { target: "reference" })]) as unknown as [Model, Model];
    for (let step = 0; step < 20; step++) {
      const [{ cost }, { cost: expected }] = [await model.train(batch), await reference.train(batch)];
      expect(Math.abs(cost.item() - expected.item())).toBeLessThan(2e-3 * expected.item());
    }
    const saved = await model.saveBytes();
    const { p } = await model.predict({ x: batch.x });
    for (let step = 0; step < 5; step++) await model.train(batch);
    await model.loadBytes(saved);
    expect((await model.predict({ x: batch.x })).p.data).toEqual(p.data);
    model.state["w1"]!.set({ data: new Float32Array(99).fill(0.1), shape: [33, 3] });
    expect((await model.state["w1"]!.get()).data).toEqual(new Float32Array(99).fill(roundToHalf(0.1)));
    await model.loadBytes(saved);
    // 17 x 3 halves are no whole number of words.
    const queued = await model.predict.gpu({ x: batch.x });
    expect((await queued.p.read()).data).toEqual(p.data);
    // Sums in another order may round to the neighbour.
    expect((await model.train({ x: batch.x, y: queued.p })).cost.item()).toBeLessThan(1e-7);
    model.dispose();
  });

  test.skipIf(device === undefined)("runs as a bundle, which an adapter without halves refuses", async () => {
    const { bundle } = await build(defineNet(), { target: "wgsl" });
    const model = await compile(defineNet() as never, { target: "webgpu", device: device! } as never) as unknown as Model;
    const loaded = await load(bundle, { device: device! });
    for (let step = 0; step < 3; step++) {
      expect((await loaded.functions["train"]!(batch as never))["cost"]!.item()).toBe((await model.train(batch)).cost.item());
    }
    expect((await loaded.state["w0"]!.get()).data).toEqual((await model.state["w0"]!.get()).data);
    const { p } = await model.predict({ x: batch.x });
    const read = await loaded.functions["predict"]!({ x: batch.x } as never);
    expect(read["p"]!.data).toEqual(p.data);
    expect((await (await loaded.functions["predict"]!.gpu({ x: batch.x } as never))["p"]!.read()).data).toEqual(p.data);
    loaded.dispose();
    model.dispose();
    const bare = await requestTestDevice({ requiredFeatures: [] });
    if (isMissing(bare)) return;
    await expect(load(bundle, { device: bare.device })).rejects.toThrow("E411 the device lacks shader-f16");
    bare.device.destroy();
  });
});
