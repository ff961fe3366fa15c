// One artifact, several engines, the same bits: outputs of every call and the state that is left.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "damo";
import { load } from "damo/load";
import { beforeAll, describe, expect, test } from "vitest";
import { buildProcess, drawPoints } from "../../examples/gaussian-process.ts";
import { learnFilter } from "../../examples/spectral-filter.ts";
import { length } from "../../examples/spectral-filter/model.ts";
import { scratchFolder } from "../scratch-folder.ts";
import { findHosts, type Host } from "./hosts.ts";
import { type Call, type Job, readResults, writeJob } from "./job.ts";
import { buildArithmetic, buildNetwork, buildRoutines, classes, features } from "./models.ts";

const itemBytes: Readonly<Record<string, number>> = { f32: 4, f64: 8, i32: 4, u32: 4, i64: 8, i8: 1, u8: 1, bool: 1 };
const abi = 1;

/** A call of a function, its outputs as the signature has them. */
function call({ signature }: Artifact, name: string, sizes: readonly number[], inputs: readonly ArrayBufferView[]): Call {
  const { outputs } = signature.functions.find((f) => f.name === name)!;
  return { function: name, sizes, inputs, outputs: outputs.map(({ dtype, shape }) => ({ rank: shape.length, itemBytes: itemBytes[dtype]! })) };
}

function jobOf(folder: string, name: string, artifact: Artifact, calls: readonly Call[]): Job {
  const module = join(folder, `${name}.wasm`);
  writeFileSync(module, artifact.wasm);
  const stateBytes = artifact.signature.state.map(({ dtype, shape }) => itemBytes[dtype]! * shape.reduce<number>((n, dim) => n * Number(dim), 1));
  return { module, abi, calls, stateBytes };
}

const wave = (length: number, step: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * step));

function networkCalls(artifact: Artifact): Call[] {
  const train = (batch: number, step: number): Call =>
    call(artifact, "train", [batch], [wave(batch * features, step), Int32Array.from({ length: batch }, (_, i) => (i * 3) % classes)]);
  const steps = Array.from({ length: 10 }, (_, i) => train(i % 2 === 0 ? 23 : 8, 0.1 + i / 7));
  return [...steps, call(artifact, "predict", [11], [wave(11 * features, 0.7)]), call(artifact, "predict", [1], [wave(features, 0.3)])];
}

/** Ordinary values of all magnitudes, and the edges of f32. */
function edgeValues(): Float32Array {
  const edges = [0, -0, 1, -1, Infinity, -Infinity, NaN, 3.4028235e38, -3.4028235e38, 1.1754944e-38, 1e-45, -1e-45, 88.7, -103.9, 1e10, -2147483648];
  const spread = Array.from({ length: 241 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** ((i - 120) / 3));
  return Float32Array.from([...edges, ...spread]);
}

function arithmeticCalls(artifact: Artifact): Call[] {
  const x = edgeValues();
  const n = x.length;
  const y = x.slice().reverse();
  const d = Float64Array.from(x, (value) => value * 1.1);
  const k = Int32Array.from({ length: n }, (_, i) => Math.imul(i, 0x9e3779b1));
  return [call(artifact, "floats", [n], [x, y]), call(artifact, "others", [n], [d, k])];
}

function routineCalls(artifact: Artifact): Call[] {
  return [1, 13].flatMap((n) => [call(artifact, "lines", [n], [wave(n * 7, 1.7)]), call(artifact, "products", [n], [wave(n * 99, 0.9)]), call(artifact, "spectra", [n], [wave(n * 48, 3)])]);
}

/** Steps that learn, on two sets of points, and the posterior after them. */
function processCalls(artifact: Artifact): Call[] {
  const steps = [60, 17].flatMap((count) => {
    const { x, y } = drawPoints(count);
    return Array.from({ length: 6 }, () => call(artifact, "learn", [count], [x, y]));
  });
  const { x, y } = drawPoints(31);
  return [...steps, call(artifact, "predict", [31, 9], [x, y, Float64Array.from({ length: 9 }, (_, i) => i / 2 - 2)])];
}

const filterCalls = (artifact: Artifact): Call[] => [1, 5].map((batch) => call(artifact, "clean", [batch], [wave(batch * length, 0.9)]));

/** Bits as hexadecimal words, every NaN the same: its payload is the engine's own. */
function bitsOf(bytes: Uint8Array, dtype: string): string {
  if (dtype === "f32") return [...new Float32Array(bytes.buffer)].map((value, i) => (Number.isNaN(value) ? "nan" : new Uint32Array(bytes.buffer)[i]!.toString(16))).join(" ");
  if (dtype === "f64") return [...new Float64Array(bytes.buffer)].map((value, i) => (Number.isNaN(value) ? "nan" : new BigUint64Array(bytes.buffer)[i]!.toString(16))).join(" ");
  return Buffer.from(bytes).toString("hex");
}

/** Every file that a host leaves, as bits. Their order is that of the outputs in the job, then the state. */
function runOn(host: Host, job: Job, artifact: Artifact, folder: string): Map<string, string> {
  const { path, results } = writeJob(job, join(folder, host.name));
  host.run(path);
  const dtypes = [
    ...job.calls.flatMap(({ function: name }) => artifact.signature.functions.find((f) => f.name === name)!.outputs.map(({ dtype }) => dtype)),
    ...artifact.signature.state.map(({ dtype }) => dtype),
  ];
  return new Map([...readResults(results)].map(([name, bytes], i) => [name, bitsOf(bytes, dtypes[i]!)]));
}

const hosts = findHosts();
for (const { name, missing } of hosts) if (missing !== undefined) console.log(`${name} is left out: ${missing}`);

describe.each([
  { name: "a network that trains", make: buildNetwork, calls: networkCalls },
  { name: "arithmetic at the edges", make: buildArithmetic, calls: arithmeticCalls },
  { name: "linked routines", make: buildRoutines, calls: routineCalls },
  { name: "the Gaussian process of the examples", make: buildProcess, calls: processCalls },
  { name: "the spectral filter of the examples", make: async () => (await learnFilter(20)).artifact, calls: filterCalls },
])("$name", ({ name, make, calls }) => {
  const folder = scratchFolder("interop");
  let artifact: Artifact;
  let job: Job;
  let expected: Map<string, string>;

  beforeAll(async () => {
    artifact = await make();
    job = jobOf(folder, name.replace(/\W/g, "-"), artifact, calls(artifact));
    expected = runOn(hosts.find((host) => host.name === "V8")!, job, artifact, folder);
  });

  test("is a module without imports", () => {
    const module = new WebAssembly.Module(artifact.wasm);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });

  test("leaves a file of bits for every output and every state", () => {
    const outputs = job.calls.reduce((count, call) => count + call.outputs.length, 0);
    expect(expected.size).toBe(outputs + artifact.signature.state.length);
    // Results differ between calls and outputs: nothing was read from a place that is never written.
    expect(new Set(expected.values()).size).toBeGreaterThan(expected.size * 0.8);
  });

  for (const host of hosts.filter(({ name }) => name !== "V8")) {
    test.skipIf(host.missing !== undefined)(`gives the same bits in V8 and ${host.name}`, () => {
      expect(runOn(host, job, artifact, folder)).toEqual(expected);
    });
  }

  test("gives the same bits through damo/load", async () => {
    const { functions, state } = await load(artifact.wasm);
    const actual = new Map<string, string>();
    job.calls.forEach(({ function: name, inputs }, step) => {
      const { inputs: types, outputs, sizes } = artifact.signature.functions.find((f) => f.name === name)!;
      const values = Object.fromEntries(sizes.map((size, i) => [size, job.calls[step]!.sizes[i]!]));
      const feeds = Object.fromEntries(types.map((type, i) => [type.name, {
        data: inputs[i] as Float32Array,
        shape: type.shape.map((dim) => (typeof dim === "number" ? dim : values[dim]!)),
      }]));
      const results = functions[name]!(feeds);
      outputs.forEach((output, i) => {
        const { data, dtype } = results[output.name]!;
        actual.set(`${step}-${name}-output-${i}`, bitsOf(new Uint8Array(data.slice().buffer), dtype));
      });
    });
    artifact.signature.state.forEach((tensor, i) => {
      const { data } = state[tensor.name]!.get();
      actual.set(`state-${i}`, bitsOf(new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)), tensor.dtype));
    });
    expect(actual).toEqual(expected);
  });
});
