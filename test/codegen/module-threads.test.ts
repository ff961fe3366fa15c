// Modules for threads, run by workers: every op's samples and random graphs give the bits of the module for one thread,
// with 1, 2, 3 and 4 threads. All functions of a run are one module, so that its workers are started once.

import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { conv2d, fn, grad, input, type Tensor } from "damo";
import { emitModule, wasmTarget } from "../../codegen/wasm/index.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { namedSize } from "../../ir/size.ts";
import { allKernelParts } from "../../passes/all-parts.ts";
import { optimizeKernel } from "../../passes/pipeline.ts";
import { commitState } from "../../passes/commit-state.ts";
import { mergeEqualNodes } from "../../passes/cse.ts";
import { effectsOf } from "../../passes/effects/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { routines } from "../../passes/routines/index.ts";
import { schedule } from "../../passes/schedule/schedule.ts";
import { placeBarriers } from "../../passes/threads/place-barriers.ts";
import { splitStatements } from "../../passes/threads/split-statements.ts";
import * as overlaps from "../../passes/windows/lower-overlap.ts";
import { readSignature } from "../../src/formats/wasm-sections.ts";
import { type ThreadWorker, workerStarter } from "../../src/runtime/thread-worker.ts";
import { traceModel } from "../../src/trace.ts";
import { randomGraph } from "../../src/testing/random-graph.ts";
import { allSamples } from "../ir/gradient-check.ts";
import { convolutionCases, convolutionGraph } from "../passes/convolution-cases.ts";
import { traceGraph } from "../passes/run-program.ts";
import { canonicalBytes } from "./run-kernel.ts";
import { arrayViews, elementCount } from "../../ir/data.ts";

const most = 4;
/** Everything is worth sharing. */
const target = { ...wasmTarget, smallContraction: 64, cost: { ...wasmTarget.cost, worthSharing: 0.01 } };

interface Job {
  readonly graph: Graph;
  readonly inputs: readonly TensorData[];
  readonly sizes: ReadonlyMap<string, number>;
}

function lowerJobs(jobs: readonly Job[], threads: number) {
  const programs = jobs.map(({ graph }, i) => {
    const optimized = mergeEqualNodes(orderContractionAxes.run(expand.run(graph, {}), {}));
    const program = { ...commitState(schedule(traceGraph(optimized), { target, effectsOf, routines, overlaps, message: () => 16, print: () => 0, optimize: (kernel) => optimizeKernel(kernel, target, allKernelParts) })), name: `f${i}` };
    return threads > 1 ? splitStatements(program, target, threads) : program;
  });
  const plans = programs.map((program) => planMemory(program, target));
  return { programs: programs.map((program, i) => placeBarriers(program, plans[i]!)), plans };
}

type Exports = { [name: string]: (...args: number[]) => number };

function runJob(exports: Exports, memory: WebAssembly.Memory, { graph, inputs, sizes }: Job, i: number, sizeNames: readonly string[]): Uint8Array[] | number {
  expect(exports[`f${i}_prepare`]!(...sizeNames.map((name) => sizes.get(name)!))).toBe(0);
  inputs.forEach(({ dtype, data }, at) => new arrayViews[dtype](memory.buffer, exports[`f${i}_input`]!(at), data.length).set(data as never));
  const status = exports[`f${i}_run`]!();
  if (status !== 0) return status;
  return graph.results.map(({ type }, at) => {
    const shape = type.shape.map((_, axis) => exports[`f${i}_output_dim`]!(at, axis));
    return canonicalBytes(new arrayViews[type.dtype](memory.buffer, exports[`f${i}_output`]!(at), elementCount(shape)).slice());
  });
}

const workers: ThreadWorker[] = [];
afterAll(() => workers.forEach((worker) => worker.terminate()));

/** Each job on the module for one thread, and on 1 to 4 threads of the module for threads. */
async function compare(jobs: readonly Job[]): Promise<{ split: number }> {
  const single = lowerJobs(jobs, 1);
  const { exports: alone } = new WebAssembly.Instance(new WebAssembly.Module(emitModule({ programs: single.programs, state: [], messages: ["E601 {0} {1}"], prints: [{ label: "x", dtype: "f32" }] }, single.plans)));
  const { programs, plans } = lowerJobs(jobs, most);
  const bytes = emitModule({ programs, state: [], messages: ["E601 {0} {1}"], prints: [{ label: "x", dtype: "f32" }] }, plans);
  const module = new WebAssembly.Module(bytes);
  const memory = new WebAssembly.Memory({ initial: readSignature(bytes).threads!.pages, maximum: 65536, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const start = workerStarter()!;
  workers.push(...await Promise.all([1, 2, 3].map((thread) => start({ module, memory, thread }))));
  jobs.forEach((job, i) => {
    const sizeNames = programs[i]!.sizes;
    const expected = runJob(alone as unknown as Exports, alone["memory"] as WebAssembly.Memory, job, i, sizeNames);
    for (let threads = 1; threads <= most; threads++) {
      (exports as unknown as Exports)["set_threads"]!(threads, 20_000, 1);
      const actual = runJob(exports as unknown as Exports, memory, job, i, sizeNames);
      expect(actual, `${job.graph.name} on ${threads} threads`).toEqual(expected);
    }
  });
  return { split: programs.filter((program) => program.threads !== undefined).length };
}

const untargeted = new Set(["parameter", "result", "vjp", "jvp"]);

function jobOf({ op, inputs, attributes }: Sample): Job {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { graph: { name: op, parameters, results: [b.make(op, parameters, attributes ?? {})] }, inputs, sizes: new Map() };
}

const random = (shape: readonly number[], seed: number): TensorData =>
  ({ dtype: "f32", shape, data: Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i * 0.7 + seed)) });

describe("modules for threads give the bits of one thread", () => {
  it("on the samples of every op", async () => {
    const jobs = allSamples.filter(({ op }) => !untargeted.has(op)).map(jobOf);
    const { split } = await compare(jobs);
    expect(split).toBeGreaterThan(jobs.length / 4);
  });

  it("on convolutions with a bias, of a known and of an unknown number of images", async () => {
    const jobs = ([7, "n"] as const).map((batch): Job => {
      const [x, w, b] = [input("x", [batch, 9, 9, 3]), input("w", [3, 3, 3, 8]), input("b", [8])];
      const { graph } = traceModel(new Map([["f", fn({ inputs: { x, w, b }, outputs: { y: conv2d(x, w, { padding: "same" }).add(b).relu() } }) as never]])).functions[0]!;
      return { graph, inputs: [random([7, 9, 9, 3], 1), random([3, 3, 3, 8], 2), random([8], 3)], sizes: new Map(batch === "n" ? [["n", 7]] : []) };
    });
    expect((await compare(jobs)).split).toBe(2);
    expect(lowerJobs(jobs, most).programs.every(({ body }) => body.some((statement) => statement.kind === "convolve" && statement.split !== undefined))).toBe(true);
  });

  it("on gradients of convolutions by their filters, which are shared out by taps, or by channels", async () => {
    const jobs = convolutionCases.flatMap((entry) => ([entry.image[0]!, "n"] as const).map((batch): Job => {
      const graph = convolutionGraph(entry, "f32", "filter", batch === "n" ? namedSize("n") : batch);
      const inputs = graph.parameters.map(({ type }, i) => random(type.shape.map((dim) => (typeof dim === "number" ? dim : entry.image[0]!)), i));
      return { graph, inputs, sizes: new Map(batch === "n" ? [["n", entry.image[0]!]] : []) };
    }));
    await compare(jobs);
    const splitBy = (axis: string) => lowerJobs(jobs, most).programs.filter(({ body }) => body.some((statement) => statement.kind === "convolve" && statement.split?.axis === axis));
    const depthwise = convolutionCases.filter(({ name }) => name.startsWith("depthwise"));
    expect(splitBy("rows")).toHaveLength(2 * (convolutionCases.length - depthwise.length));
    // A spread one is no statement.
    expect(splitBy("columns")).toHaveLength(2 * (depthwise.length - 1));
  });

  it("on sums over leading axes and scatters of rows, which are shared out by columns", async () => {
    const jobs = [3, 16, 40, 500, 5000].map((columns): Job => {
      const [table, at, g] = [input("table", [9, columns]), input("at", ["n"], { dtype: "i32" }), input("g", ["n", columns])];
      const cost = g.mul(table.take(at, 0)).sum() as Tensor<"f32", []>;
      const outputs = { sums: g.exp().sum(0).mul(2), gradient: grad(cost, [table])[0]! };
      const graph = differentiate.run(traceModel(new Map([["f", fn({ inputs: { table, at, g }, outputs }) as never]])).functions[0]!.graph, {});
      const indices: TensorData = { dtype: "i32", shape: [40], data: Int32Array.from({ length: 40 }, (_, i) => i * 7 % 9) };
      return { graph, inputs: [random([9, columns], 1), indices, random([40, columns], 2)], sizes: new Map([["n", 40]]) };
    });
    await compare(jobs);
    const isShared = (name: string) => lowerJobs(jobs, most).programs.filter(({ body }) =>
      body.some((statement) => statement.kind === "launch" && statement.kernel.name.endsWith(name) && statement.split !== undefined)).length;
    expect([isShared("reduce_sum"), isShared("scatter")]).toEqual([jobs.length, jobs.length]);
  });

  it("on random graphs", async () => {
    const jobs: Job[] = fc.sample(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 120 }), { numRuns: Number(process.env["DAMO_RUNS"] ?? 120), seed: 5 })
      .map((numbers, i) => randomGraph(numbers, { regime: i % 2 === 0 ? "exact" : "smooth", steps: 20 }));
    const { split } = await compare(jobs);
    expect(split).toBeGreaterThan(jobs.length / 4);
  });
});
