// Runs in Deno: bundles with their loader alone, and shaders through its compiler, naga. Takes the path of a job, writes the results beside it.

import { load } from "../../src/load-webgpu.ts";
import type { DenoJob, DenoResults, PlainTensor } from "./deno-job.ts";

interface Deno {
  readonly args: readonly string[];
  readTextFileSync(path: string): string;
  readFileSync(path: string): Uint8Array<ArrayBuffer>;
  writeTextFileSync(path: string, text: string): void;
}

const { args, readTextFileSync, readFileSync, writeTextFileSync } = (globalThis as unknown as { Deno: Deno }).Deno;
const job = JSON.parse(readTextFileSync(args[0]!)) as DenoJob;

const plain = ({ dtype, shape, data }: { dtype: string; shape: readonly number[]; data: ArrayLike<number> }): PlainTensor => ({ dtype, shape, data: Array.from(data) });

async function run({ bundle, calls }: DenoJob["models"][number]): Promise<DenoResults["models"][number]> {
  const model = await load(readFileSync(bundle));
  const results = [];
  for (const { function: name, feeds } of calls) {
    try {
      const values = await model.functions[name]!(feeds as never);
      results.push(Object.fromEntries(Object.entries(values).map(([output, value]) => [output, plain(value as never)])));
    } catch (error) {
      results.push((error as Error).message);
    }
  }
  const state: { [name: string]: PlainTensor } = {};
  for (const [name, variable] of Object.entries(model.state)) state[name] = plain(await variable.get() as never);
  model.dispose();
  return { results, state };
}

/** What the compiler has against each shader. */
async function check(shaders: DenoJob["shaders"]): Promise<readonly string[]> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const faults: string[] = [];
  for (const { name, code } of shaders) {
    device.pushErrorScope("validation");
    device.createShaderModule({ code });
    const fault = await device.popErrorScope();
    if (fault !== null) faults.push(`${name}: ${fault.message}`);
  }
  device.destroy();
  return faults;
}

const models = [];
for (const model of job.models) models.push(await run(model));
const results: DenoResults = { models, faults: await check(job.shaders) };
writeTextFileSync(`${args[0]}.results`, JSON.stringify(results));
