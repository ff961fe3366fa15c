// From function definitions to a callable model: trace, hand the graphs to the target, expose.

import { type CodeVariant, loadAndEmit, loadTarget, strict } from "../codegen/wasm/index.ts";
import type { DTypeArrays } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { nodeKinds } from "../passes/node-kinds.ts";
import { loadKernelParts } from "../passes/kernel-parts.ts";
import { type Lowered, planModule, scheduleModule } from "../passes/pipeline.ts";
import { loadRareParts } from "../passes/rare-parts.ts";
import { loadSharing } from "../passes/threads/load-sharing.ts";
import { type CompileOptions, type ReadOptions, readOptions, type WebgpuOptions } from "./compile-options.ts";
import { FunctionDefinition } from "./fn.ts";
import { checkName } from "./input.ts";
import { captureLocation, located } from "./location.ts";
import { type BoundBuffers, CompiledModel, exposeModel, type ModelMembers, reservedNames, valuesFrom } from "./model.ts";
import type { GpuModelMembers } from "./webgpu/members.ts";
import type { Backend } from "./runtime/backend.ts";
import { chooseCode } from "./runtime/engine.ts";
import { startBackend } from "./runtime/start-backend.ts";
import { type TracedModel, traceModel } from "./trace.ts";
import type { AnyFn, AnyTensor, Arg, Compiled, Definitions, FreeNames, GpuCompiled } from "./types/index.ts";

type Arrays<T> = { readonly [K in keyof T as T[K] extends AnyTensor ? K : never]: T[K] extends AnyTensor<infer D> ? DTypeArrays[D] : never };

export interface Bindable<F = AnyFn> {
  /** Opens the function's buffers for fixed sizes: no copies, no allocation per call. A single output is named `output`. */
  bindBuffers(sizes?: { readonly [name: string]: number }): F extends AnyFn<infer I, infer O>
    ? BoundBuffers<Arrays<I>, Arrays<O extends AnyTensor ? { readonly output: O } : O>> : never;
}

/** The callables that definitions become, with the model's own members. */
export type Model<M extends Definitions> = ModelMembers & (
  M extends AnyFn ? Compiled<M> & Bindable<M> : { readonly [K in keyof M]: Compiled<M[K]> & Bindable<M[K]> });

/** The callables of a model on WebGPU: they give promises. */
export type GpuModel<M extends Definitions> = GpuModelMembers & (M extends AnyFn ? GpuCompiled<M> : { readonly [K in keyof M]: GpuCompiled<M[K]> });

/** Compiles one function, or several that share state, into one module. Each instance has a state of its own. */
export function compile<const M extends Definitions>(
  definitions: Arg<"compile", FreeNames<M, keyof GpuModelMembers & string>, M>, options: WebgpuOptions): Promise<GpuModel<M>>;
export function compile<const M extends Definitions>(
  definitions: Arg<"compile", FreeNames<M, keyof ModelMembers & string>, M>, options?: CompileOptions): Promise<Model<M>>;
export function compile(definitions: unknown, options: CompileOptions | WebgpuOptions = {}): Promise<object> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => prepare(definitions, options))()));
}

function prepare(given: unknown, options: CompileOptions | WebgpuOptions): () => Promise<object> {
  const read = options?.target === "webgpu" ? undefined : readOptions(options);
  const location = captureLocation();
  const definitions = readDefinitions(given);
  const traced = traceModel(definitions);
  const singles = [...definitions.values()].map(({ single }) => single);
  const isOne = given instanceof FunctionDefinition;
  return async () => {
    if (read === undefined) return (await import("./webgpu/compile.ts")).compileForWebgpu(traced, singles, isOne, options as WebgpuOptions, location);
    let backend = await createBackend(traced, await chooseCode(read.relaxed, read.wide, location), read);
    if (read.warmUp !== undefined) await (await import("./runtime/warm-up.ts")).warmUp(backend, traced, read.warmUp);
    if (backend.log !== undefined) backend = (await import("./debug/log-backend.ts")).logBackend(backend, read.log);
    const model = new CompiledModel(traced, read.nanGuard ? (await import("./debug/nan-guard.ts")).guardBackend(backend, traced, read.target) : backend);
    if (read.source !== undefined) (await valuesFrom(read.source, traced.state)).forEach((value, index) => model.setState(index, value));
    return exposeModel(model, singles, isOne);
  };
}

async function createBackend(traced: TracedModel, code: CodeVariant, options: ReadOptions): Promise<Backend> {
  if (options.target === "reference") return (await import("./runtime/reference.ts")).createReferenceBackend(traced, options.log);
  const count = options.threads === 1 ? 1 : (await import("./runtime/threads.ts")).availableThreads(options.threads);
  const threads = { count, timeout: options.threadTimeout };
  if (options.mode === "debug") return (await import("./debug/checked-backend.ts")).createCheckedBackend(traced, code, threads);
  const { module, plans } = await lower(traced, code, threads.count);
  // The initial state goes straight into the module's memory: there is no need to write it into the bytes first.
  return startBackend(await loadAndEmit(module, plans, { weights: "external", code }), module, threads);
}

/** Programs and plans; what of the compiler is rarely needed is loaded when it is. */
export async function lower({ functions, state }: TracedModel, code: CodeVariant = strict, threads = 1): Promise<Lowered> {
  const kinds = nodeKinds(functions.map(({ graph }) => graph));
  const target = await loadTarget(code, kinds);
  const scheduled = scheduleModule(functions, target, await loadRareParts(kinds, target));
  return planModule(scheduled, state, target, await loadKernelParts(scheduled, target), await loadSharing(threads, target));
}

// A function f is exported as f_prepare, f_run, ...: no name may look like such an export of another.
const reservedSuffix = /_(prepare|input|output|output_dim|run)$/;

export function readDefinitions(given: unknown): Map<string, FunctionDefinition> {
  if (given instanceof FunctionDefinition) return new Map([[given.name ?? "f", given]]);
  if (typeof given !== "object" || given === null) throw userError("E401", { op: "compile", message: "takes a function or a record of functions" });
  const definitions = new Map<string, FunctionDefinition>();
  for (const [name, definition] of Object.entries(given)) {
    if (!(definition instanceof FunctionDefinition)) throw userError("E401", { op: "compile", message: `${name} is not made by fn()` });
    checkName("compile", name);
    if (reservedNames.has(name)) throw userError("E404", { op: "compile", message: `the name ${name} belongs to the model itself` });
    if (reservedSuffix.test(name)) throw userError("E404", { op: "compile", message: `the name ${name} ends like an export of the module` });
    definitions.set(name, definition);
  }
  if (definitions.size === 0) throw userError("E401", { op: "compile", message: "there is no function to compile" });
  return definitions;
}
