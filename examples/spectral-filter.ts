// A filter that learns which frequencies are signal and which are noise, then runs as a module with nothing beside it. Writes
// out/spectral-filter.wasm and out/spectral-filter.html.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Artifact, build, compile } from "damo";
import { projectFolder } from "./data-folder.ts";
import { defineFilter, length } from "./spectral-filter/model.ts";
import { type Report, writeReport } from "./spectral-filter/report.ts";

const batch = 32;

export interface Learnt extends Omit<Report, "bytes"> {
  readonly artifact: Artifact;
}

export async function learnFilter(steps: number): Promise<Learnt> {
  const definitions = defineFilter(steps);
  const model = await compile(definitions);
  const costs = Array.from({ length: steps }, () => model.train({ batch }).cost.item());
  const { signal, heard } = model.example({ key: [26, 0], batch: 1 });
  const artifact = await build({ clean: definitions.clean }, { stateFrom: model });
  const learnt = { gain: model.state["gain"]!.get().data as Float32Array, costs, signal: signal.data, heard: heard.data, cleaned: await runFilter(artifact.wasm, heard.data), artifact };
  model.dispose();
  return learnt;
}

/** What a host in any language does with the module. */
export async function runFilter(wasm: Uint8Array<ArrayBuffer>, line: Float32Array): Promise<Float32Array> {
  const { instance } = await WebAssembly.instantiate(wasm);
  const call = (name: string, ...args: number[]): number => (instance.exports[name] as (...args: number[]) => number)(...args) >>> 0;
  const values = (address: number): Float32Array => new Float32Array((instance.exports["memory"] as WebAssembly.Memory).buffer, address, length);
  const prepared = call("clean_prepare", 1);
  if (prepared !== 0) throw new Error(`clean_prepare returned ${prepared}`);
  values(call("clean_input", 0)).set(line);
  const error = call("clean_run");
  if (error !== 0) throw new Error(`clean_run returned ${error}`);
  return values(call("clean_output", 0)).slice();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const learnt = await learnFilter(600);
  const out = join(projectFolder(), "out");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "spectral-filter.wasm"), learnt.artifact.wasm);
  const page = join(out, "spectral-filter.html");
  writeFileSync(page, writeReport({ ...learnt, bytes: learnt.artifact.wasm.length }));
  console.log(`error ${learnt.costs[0]!.toFixed(3)} at first, ${learnt.costs.at(-1)!.toFixed(3)} at last; ${learnt.artifact.wasm.length} bytes\n${pathToFileURL(page).href}`);
}
