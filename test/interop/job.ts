// A job: calls of an artifact's functions with inputs and outputs as files of raw bytes. Each host runs the same job
// in an engine of its own, so that what they leave behind can be compared bit for bit.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Call {
  readonly function: string;
  /** Symbolic sizes in the order of the signature. */
  readonly sizes: readonly number[];
  readonly inputs: readonly ArrayBufferView[];
  readonly outputs: readonly { readonly rank: number; readonly itemBytes: number }[];
}

export interface Job {
  readonly module: string;
  readonly abi: number;
  readonly calls: readonly Call[];
  /** Bytes of each state tensor, in the order of the signature. */
  readonly stateBytes: readonly number[];
}

/** Writes the job for one host into a folder; returns the path of its JSON and the files that the host will write. */
export function writeJob(job: Job, folder: string): { path: string; results: string[] } {
  mkdirSync(folder, { recursive: true });
  const results: string[] = [];
  const result = (name: string): string => {
    const path = join(folder, name);
    results.push(path);
    return path;
  };
  const calls = job.calls.map((call, step) => ({
    function: call.function,
    sizes: call.sizes,
    inputs: call.inputs.map((data, i) => {
      const path = join(folder, `${step}-input-${i}`);
      writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return path;
    }),
    outputs: call.outputs.map((output, i) => ({ ...output, path: result(`${step}-${call.function}-output-${i}`) })),
  }));
  const state = job.stateBytes.map((bytes, i) => ({ bytes, path: result(`state-${i}`) }));
  const path = join(folder, "job.json");
  writeFileSync(path, JSON.stringify({ module: job.module, abi: job.abi, calls, state }, null, 2));
  return { path, results };
}

/** What a host wrote: file name to bytes. */
export function readResults(results: readonly string[]): Map<string, Uint8Array> {
  return new Map(results.map((path) => [path.slice(path.lastIndexOf("/") + 1), new Uint8Array(readFileSync(path))]));
}
