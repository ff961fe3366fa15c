// A second implementation of WebGPU: Deno's, with the compiler naga, on the software driver of the other tests. Bundles run there with nothing but their loader and are held to
// the CPU; every shader of the op table's samples is taken.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { build, compile, constant, fn, incSubtensor, input, shared, type Tensor, zeros } from "damo";
import { check } from "damo/debug";
import { scan, whileLoop } from "damo/loops";
import * as random from "damo/random";
import { halvesEnabled } from "../../codegen/wgsl/shader.ts";
import type { TensorData } from "../../ir/data.ts";
import { opOf } from "../../ir/table.ts";
import { allowedError, firstDisagreement } from "../../src/testing/tolerance.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";
import { allSamples } from "../ir/gradient-check.ts";
import { untargeted } from "../ops/agreement.ts";
import { scratchFolder } from "../scratch-folder.ts";
import { models } from "../webgpu/models.ts";
import { callsOf, nameAll, observe, type Results } from "../webgpu/observe-model.ts";
import { graphOf, isTaken, narrow, passes, target } from "../webgpu/op-samples.ts";
import { planOf } from "../webgpu/plan-of.ts";
import { type DenoJob, type DenoResults, missingDeno, type PlainTensor, runInDeno } from "./deno-job.ts";

const missing = missingDeno();
if (missing !== undefined) console.log(`Deno is not tried: ${missing}`);

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint8Array } as const;

const tensorOf = ({ dtype, shape, data }: PlainTensor): TensorData => ({ dtype, shape, data: arrays[dtype as keyof typeof arrays].from(data) }) as unknown as TensorData;
const tensorsOf = (tensors: { readonly [name: string]: PlainTensor }): Results => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensorOf(tensor)]));

/** What there is beside products and elementwise code: loops, gathers and scatters, draws, a check. Without types, which say more of shapes than is known here. */
function defineOthers(): { readonly [name: string]: unknown } {
  const [xs, at] = [input("xs", ["n", 3]), input("at", ["m"], { dtype: "i32" })];
  const x = xs as Tensor;
  const total = shared("total", zeros([3]));
  const [last, before] = (scan as unknown as Loose<readonly [Tensor, Tensor]>)((state: Tensor, row: Tensor) => [state.mul(0.5).add(row), state], constant([0, 0, 0]), xs);
  const { steps } = (whileLoop as unknown as Loose<{ steps: Tensor }>)(
    ({ value }: { value: Tensor }) => value.lt(100), ({ value, steps: count }: { value: Tensor; steps: Tensor }) => ({ value: value.add(1), steps: count.add(1) }),
    { value: x.abs().max(), steps: constant(0, { dtype: "i32" }) },
  );
  const sum = x.sum(0);
  const key = random.key(7);
  return {
    loops: fn({ inputs: { xs }, outputs: { last, before, steps } }),
    memory: fn({ inputs: { xs, at }, outputs: { rows: x.at(at as never), sums: x.cumsum(0), largest: x.argmax(1), put: (incSubtensor as unknown as Loose<Tensor>)(zeros([7, 3]), [at], 1) } }),
    draws: fn({ inputs: { xs }, outputs: { order: random.permutation(key, 50), bits: random.bits(key, [9]), noise: (random.normal(key, [40]) as Tensor).add(x.sum()) } }),
    add: fn({ inputs: { xs }, outputs: { sum: (check as unknown as Loose<Tensor>)(sum, sum.sum().lt(100), "too much") }, updates: [[total, (total as Tensor).add(sum) as never]] }),
  };
}

type Loose<R> = (...args: readonly unknown[]) => R;

const rows = (n: number, scale = 1): { data: Float32Array; shape: number[] } => ({ data: Float32Array.from({ length: n * 3 }, (_, i) => Math.sin(i * 1.3) * scale), shape: [n, 3] });
const others = [
  { function: "loops", feeds: { xs: rows(5) } }, { function: "loops", feeds: { xs: rows(2, 90) } },
  { function: "memory", feeds: { xs: rows(6), at: { data: Int32Array.of(3, 0, 3, 5), shape: [4] } } },
  { function: "draws", feeds: { xs: rows(1) } },
  { function: "add", feeds: { xs: rows(4) } }, { function: "add", feeds: { xs: rows(3, 1e4) } }, { function: "add", feeds: { xs: rows(2) } },
];

/** Of all samples that the target takes, each once. */
function sampleShaders(): DenoJob["shaders"] {
  const shaders = new Map<string, string>();
  for (const sample of allSamples.filter(({ op }) => !untargeted.has(op) && !target.lacks!(opOf(op))).map(narrow)) {
    const graph = graphOf(sample);
    if (isTaken(graph)) for (const { name, code } of planOf([traceGraph(graph)], [], { passes }).shaders) shaders.set(code, `${sample.op}: ${name}`);
  }
  return [...shaders].map(([code, name]) => ({ name, code })).filter(({ code }) => !code.startsWith(halvesEnabled));
}

/** JSON has no typed arrays. */
const plainFeeds = (feeds: object): unknown => JSON.parse(JSON.stringify(feeds, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value)));

describe.skipIf(missing !== undefined)("in Deno", () => {
  const folder = scratchFolder("deno");
  const shaders = missing === undefined ? sampleShaders() : [];
  let results: DenoResults;

  beforeAll(async () => {
    const write = async (name: string, definitions: unknown, calls: readonly { readonly function: string; readonly feeds: object }[]): Promise<DenoJob["models"][number]> => {
      const bundle = join(folder, `${name}.safetensors`);
      writeFileSync(bundle, (await build(definitions as never, { target: "wgsl" })).bundle);
      return { bundle, calls: calls.map((call) => ({ function: call.function, feeds: plainFeeds(call.feeds) })) };
    };
    const jobs = [];
    for (const [name, model] of Object.entries(models)) jobs.push(await write(name, model.define("f32"), callsOf(model, "f32")));
    results = runInDeno(folder, { models: [...jobs, await write("others", defineOthers(), others)], shaders });
  });

  test.each(Object.entries(models).map(([name, model], i) => [name, model, i] as const))("%s trains as on the CPU", async (_, model, i) => {
    const ran = results.models[i]!;
    const ours = nameAll(callsOf(model, "f32"), ran.results.map((result) => tensorsOf(result as { readonly [name: string]: PlainTensor })), tensorsOf(ran.state));
    const [theirs, wide] = [await observe(model, "f32", "wasm"), await observe(model, "f64", "wasm")];
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [what, value] of theirs) expect(firstDisagreement(value, ours.get(what)!, allowedError(value, wide.get(what)!)), what).toBeUndefined();
  });

  test("loops, memory, draws and checks are as on the CPU", async () => {
    const { results: ran, state } = results.models.at(-1)!;
    const model = await compile(defineOthers() as never) as unknown as { readonly [name: string]: Loose<Results> } & { readonly state: { readonly [name: string]: { get(): TensorData } }; dispose(): void };
    others.forEach(({ function: name, feeds }, i) => {
      let expected: Results;
      try {
        expected = model[name]!(feeds);
      } catch (error) {
        // The CPU's message has the line after it.
        expect((error as Error).message).toContain("too much");
        expect(ran[i]).toMatch(/^E607 .*too much/);
        return;
      }
      const actual = tensorsOf(ran[i] as { readonly [name: string]: PlainTensor });
      for (const [output, value] of Object.entries(expected)) expect(firstDisagreement(value, actual[output]!, value.dtype === "f32" ? 2 ** -16 : 0), `${name}, ${output}`).toBeUndefined();
    });
    expect(ran.filter((result) => typeof result === "string").length).toBe(1);
    expect(firstDisagreement(model.state["total"]!.get(), tensorOf(state["total"]!), 2 ** -16)).toBeUndefined();
    model.dispose();
  });

  test("its compiler takes every shader of the op table's samples", () => {
    expect(shaders.length).toBeGreaterThan(100);
    expect(results.faults).toEqual([]);
  });
});
