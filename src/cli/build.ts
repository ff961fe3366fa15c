// damo build: a model file to model.wasm, model.js and model.d.ts, and what else was asked for; or to a bundle for WebGPU with bindings of its own. A model with nothing to share
// among threads gets no module for them, and that is said.

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { userError } from "../../ir/errors.ts";
import { printProgram } from "../../ir/program/print.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { wasmTarget } from "../../codegen/wasm/whole-target.ts";
import { type Artifact, buildTraced } from "../build-artifact.ts";
import { mostThreads } from "../compile-options.ts";
import { buildBundle } from "../webgpu/build-bundle.ts";
import { type TracedModel, traceModel } from "../trace.ts";
import { writeBindings } from "./bindings.ts";
import { readDocs, withDocs } from "./docs.ts";
import { loadModel } from "./load-model.ts";
import { toWat } from "./wat.ts";

export interface BuildFlags {
  readonly target: string;
  readonly out: string;
  readonly name?: string;
  readonly weights: string;
  readonly threads: string;
  readonly emit: string;
  readonly relaxed?: boolean;
  readonly json?: boolean;
}

type Emit = "wasm" | "wat" | "ir";
const kinds: readonly string[] = ["wasm", "wat", "ir"] satisfies readonly Emit[];

export async function buildCommand(file: string, flags: BuildFlags): Promise<void> {
  const emit = readEmit(flags.emit);
  if (flags.weights !== "embedded" && flags.weights !== "external") {
    throw userError("E901", { message: `--weights is ${flags.weights}`, hint: "use embedded or external" });
  }
  const threads = readThreads(flags.threads);
  if (flags.target !== "wasm" && flags.target !== "wgsl") throw userError("E901", { message: `--target is ${flags.target}`, hint: "use wasm or wgsl" });
  const other = flags.weights !== "embedded" ? "--weights" : threads > 1 ? "--threads" : flags.relaxed ? "--relaxed" : flags.emit !== "wasm" ? "--emit" : undefined;
  if (flags.target === "wgsl" && other !== undefined) throw userError("E901", { message: `${other} is not for the target wgsl`, hint: "a bundle is one file with its weights" });
  const model = await loadModel(file);
  const traced = withDocs(traceModel(model.functions), readDocs(model.path));
  const name = flags.name ?? basename(file).replace(/\.[cm]?[jt]s$/, "");
  const files = flags.target === "wgsl" ? await bundleFilesOf(name, traced) : await moduleFilesOf(name, traced, { ...flags, weights: flags.weights }, threads, emit);
  mkdirSync(flags.out, { recursive: true });
  for (const [path, content] of files) writeFileSync(join(flags.out, path), content);
  const written = files.map(([path, content]) => ({ file: join(flags.out, path), bytes: Buffer.byteLength(content) }));
  if (flags.json) console.log(JSON.stringify({ functions: [...model.functions.keys()], files: written }));
  else for (const { file: path, bytes } of written) console.log(`${path}  ${bytes} bytes`);
}

type OutputFile = readonly [path: string, content: string | Uint8Array];

async function bundleFilesOf(name: string, traced: TracedModel): Promise<readonly OutputFile[]> {
  const { bundle, signature } = await buildBundle(traced);
  return [[`${name}.webgpu.safetensors`, bundle], ...writeBindings(name, signature, "wgsl").map(({ path, text }) => [path, text] as const)];
}

async function moduleFilesOf(name: string, traced: TracedModel, flags: BuildFlags & { readonly weights: "embedded" | "external" }, threads: number, emit: ReadonlySet<Emit>): Promise<readonly OutputFile[]> {
  const artifact = await buildTraced(traced, { weights: flags.weights, threads });
  const files: OutputFile[] = [...filesOf(name, artifact, traced, emit)];
  if (flags.relaxed) files.push(...modulesOf(`${name}.relaxed`, await buildTraced(traced, { weights: flags.weights, relaxed: true }), emit));
  if (threads > 1 && artifact.threads === undefined) console.error("no function has enough work to share: there is no module for threads");
  return files;
}

function readThreads(text: string): number {
  const threads = Number(text);
  if (!/^\d+$/.test(text) || threads < 1 || threads > mostThreads) {
    throw userError("E901", { message: `--threads is ${text}`, hint: `use an integer from 1 to ${mostThreads}` });
  }
  return threads;
}

function readEmit(list: string): ReadonlySet<Emit> {
  const wanted = list.split(",").map((kind) => kind.trim());
  const unknown = wanted.find((kind) => !kinds.includes(kind));
  if (unknown !== undefined) throw userError("E901", { message: `--emit does not know ${unknown}`, hint: `use ${kinds.join(", ")}` });
  return new Set(wanted as Emit[]);
}

function* filesOf(name: string, artifact: Artifact, traced: TracedModel, emit: ReadonlySet<Emit>): Iterable<OutputFile> {
  yield* modulesOf(name, artifact, emit);
  if (emit.has("wasm")) {
    if (artifact.threads !== undefined) yield [`${name}.threads.wasm`, artifact.threads];
    if (artifact.weights !== undefined) yield [`${name}.safetensors`, artifact.weights];
    for (const { path, text } of writeBindings(name, artifact.signature)) yield [path, text];
  }
  if (emit.has("ir")) {
    const { module, plans } = lowerModule(traced.functions, traced.state, wasmTarget);
    yield [`${name}.ir`, module.programs.map((program, i) => printProgram(program, plans[i])).join("\n")];
  }
}

function* modulesOf(name: string, { wasm }: Artifact, emit: ReadonlySet<Emit>): Iterable<OutputFile> {
  if (emit.has("wasm")) yield [`${name}.wasm`, wasm];
  if (emit.has("wat")) yield [`${name}.wat`, toWat(wasm)];
}
