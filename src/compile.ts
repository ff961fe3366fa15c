// From function definitions to a callable model: trace, hand the graphs to the target, expose.

// Models are disposable; users' projects get the type of Symbol.dispose with these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import { type CodeVariant, loadAndEmit, loadTarget, strict } from "../codegen/wasm/index.ts";
import type { DTypeArrays } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { loadMath } from "../ir/kernel/math/load-math.ts";
import { loweringKinds } from "../passes/lowering-kinds.ts";
import { type Lowered, mathOf, planModule, scheduleModule } from "../passes/pipeline.ts";
import { loadControl } from "../passes/control/load-control.ts";
import { loadEffects } from "../passes/effects/load-effects.ts";
import { loadSharing } from "../passes/threads/load-sharing.ts";
import { FunctionDefinition } from "./fn.ts";
import { checkName } from "./input.ts";
import { located } from "./location.ts";
import { type BoundBuffers, CompiledModel, exposeModel, modelOf, reservedNames, type State } from "./model.ts";
import type { Backend } from "./runtime/backend.ts";
import { chooseCode } from "./runtime/engine.ts";
import { startBackend } from "./runtime/start-backend.ts";
import type { StateFormat } from "./state-files.ts";
import { type TracedModel, traceModel } from "./trace.ts";
import type { AnyFn, AnyTensor, Arg, Compiled, Definitions, FreeNames } from "./types/index.ts";

export interface ModelMembers {
  /** The variables by name. */
  readonly state: { readonly [name: string]: State };
  /** Writes all variables to a file, .safetensors or .npz by its name, in one step: a crash leaves the old file or the new
   *  one. In Node. E707 if it cannot be written. */
  save(path: string): Promise<void>;
  /** Reads all variables from such a file. E705 where one is missing or of another type, E704 or E706 for a damaged file,
   *  E707 for one that cannot be read; then nothing has changed. */
  load(path: string): Promise<void>;
  /** As `save`, without a file. */
  saveBytes(format?: StateFormat): Promise<Uint8Array<ArrayBuffer>>;
  /** As `load`, from the bytes of a file. */
  loadBytes(bytes: Uint8Array): Promise<void>;
  /** Frees the memory; the model cannot be used afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

type Arrays<T> = { readonly [K in keyof T as T[K] extends AnyTensor ? K : never]: T[K] extends AnyTensor<infer D> ? DTypeArrays[D] : never };

export interface Bindable<F = AnyFn> {
  /** Opens the function's buffers for fixed sizes: no copies, no allocation per call. A single output is named `output`. */
  bindBuffers(sizes?: { readonly [name: string]: number }): F extends AnyFn<infer I, infer O>
    ? BoundBuffers<Arrays<I>, Arrays<O extends AnyTensor ? { readonly output: O } : O>> : never;
}

/** The callables that definitions become, with the model's own members. */
export type Model<M extends Definitions> = ModelMembers & (
  M extends AnyFn ? Compiled<M> & Bindable<M> : { readonly [K in keyof M]: Compiled<M[K]> & Bindable<M[K]> });

export interface CompileOptions {
  /** `wasm` by default; `reference` evaluates op by op. */
  readonly target?: "wasm" | "reference";
  /** `debug` verifies and evaluates after every pass, and looks for writes behind a tensor after every run. */
  readonly mode?: "fast" | "debug";
  /** Calls whose outputs or new state have a NaN or an infinity that was not given to them fail with E608, which names the first op that made it, the
   *  ranges of its operands and your line. Costs a copy of the state that is written, and a look at every result. */
  readonly nanGuard?: boolean;
  /** Trades the last bits for speed: matrix products fuse multiplication and addition where the machine can. E410 where the engine has no relaxed SIMD. */
  readonly relaxed?: boolean;
  readonly engine?: EngineOptions;
  /** Threads that run a call of the `wasm` target, the caller included; 1 by default. The results are the same bits for any number. */
  readonly threads?: number;
  /** How long a call waits for a thread that does not answer, in milliseconds (30,000 by default), before it fails with E508. */
  readonly threadTimeout?: number;
  /** A compiled model whose variables' values are copied, by name. */
  readonly stateFrom?: ModelMembers;
}

/** What may be asked of the engine itself. */
export interface EngineOptions {
  /**
   * Code for 256-bit vectors, with the same bits: up to twice as fast products. Node 24 or newer on x86-64 has them behind an experimental flag of
   * V8, which this sets for the whole process. Elsewhere a warning is printed and the code is for 128 bits.
   */
  readonly wide?: boolean;
}

/** Compiles one function, or several that share state, into one module. Each instance has a state of its own. */
export function compile<const M extends Definitions>(
  definitions: Arg<"compile", FreeNames<M, keyof ModelMembers & string>, M>, options: CompileOptions = {}): Promise<Model<M>> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => prepare(definitions, options))() as Promise<Model<M>>));
}

function prepare(given: unknown, options: CompileOptions): () => Promise<object> {
  checkOptions(options);
  const code = chooseCode(options.relaxed ?? false, options.engine?.wide ?? false);
  const definitions = readDefinitions(given);
  const traced = traceModel(definitions);
  const source = options.stateFrom === undefined ? undefined : modelOf(options.stateFrom);
  if (options.stateFrom !== undefined && source === undefined) throw userError("E410", { op: "compile", message: "stateFrom is not a compiled model" });
  return async () => {
    const backend = await createBackend(traced, code, options);
    const { target = "wasm", nanGuard } = options;
    const model = new CompiledModel(traced, nanGuard ? (await import("./debug/nan-guard.ts")).guardBackend(backend, traced, target) : backend);
    if (source !== undefined) copyState(source, model);
    return exposeModel(model, [...definitions.values()].map((definition) => definition.single), given instanceof FunctionDefinition);
  };
}

async function createBackend(traced: TracedModel, code: CodeVariant, options: CompileOptions): Promise<Backend> {
  const { target, mode, threadTimeout = defaultThreadTimeout } = options;
  if (target === "reference") return (await import("./runtime/reference.ts")).createReferenceBackend(traced);
  const threads = { count: await availableThreads(options), timeout: threadTimeout };
  if (mode === "debug") return (await import("./debug/checked-backend.ts")).createCheckedBackend(traced, code, threads);
  const { module, plans } = await lower(traced, code, threads.count);
  // The initial state goes straight into the module's memory: there is no need to write it into the bytes first.
  return startBackend(await loadAndEmit(module, plans, { weights: "external", code }), module, threads);
}

async function availableThreads({ threads = 1 }: CompileOptions): Promise<number> {
  if (threads === 1) return 1;
  const { warnOneThread, whyNoThreads } = await import("./runtime/threads.ts");
  const missing = whyNoThreads();
  if (missing === undefined) return threads;
  warnOneThread(missing);
  return 1;
}

/** Programs and plans; what of the compiler is rarely needed is loaded when it is. */
export async function lower({ functions, state }: TracedModel, code: CodeVariant = strict, threads = 1): Promise<Lowered> {
  const kinds = loweringKinds(functions.map(({ graph }) => graph));
  const target = await loadTarget(code, kinds);
  const scheduled = scheduleModule(functions, target, { control: await loadControl(kinds), effectsOf: await loadEffects(kinds) });
  return planModule(scheduled, state, target, await loadMath(mathOf(scheduled)), await loadSharing(threads, target));
}

function checkOptions(options: CompileOptions): void {
  if (typeof options !== "object" || options === null) throw userError("E410", { op: "compile", message: `the options are ${String(options)}`, hint: "write { target, mode }" });
  const { target = "wasm", mode = "fast", nanGuard = false, relaxed = false, engine = {}, threads = 1, threadTimeout = defaultThreadTimeout, stateFrom: _, ...rest } = options;
  const refuse = (message: string, hint?: string): never => {
    throw userError("E410", { op: "compile", message, hint });
  };
  if (target !== "wasm" && target !== "reference") refuse(`the target ${String(target)} is not known`, 'use "wasm" or "reference"');
  if (mode !== "fast" && mode !== "debug") refuse(`the mode ${String(mode)} is not known`, 'use "fast" or "debug"');
  if (typeof engine !== "object" || engine === null) refuse(`engine is ${String(engine)}`, "it is an object: { wide: true }");
  const { wide = false, ...restOfEngine } = engine;
  const unknown = [...Object.keys(rest), ...Object.keys(restOfEngine).map((name) => `engine.${name}`)][0];
  if (unknown !== undefined) refuse(`the option ${unknown} is not known`);
  for (const [name, value] of Object.entries({ nanGuard, relaxed })) if (typeof value !== "boolean") refuse(`${name} is ${String(value)}`);
  if (typeof wide !== "boolean") refuse(`engine.wide is ${String(wide)}`);
  checkThreads("compile", threads);
  if (target === "reference" && (relaxed || wide || threads > 1)) refuse("relaxed, engine.wide and threads are options of the target wasm");
  if (!Number.isInteger(threadTimeout) || threadTimeout < 1 || threadTimeout > 0x7fffffff) {
    refuse(`threadTimeout is ${String(threadTimeout)}`, "use milliseconds, an integer from 1 to 2147483647");
  }
}

export const mostThreads = 64;
const defaultThreadTimeout = 30_000;

export function checkThreads(op: string, threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw userError("E410", { op, message: `threads is ${String(threads)}`, hint: `an integer from 1 to ${mostThreads}` });
  }
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

function copyState(source: CompiledModel, target: CompiledModel): void {
  target.traced.state.forEach(({ name }, index) => {
    const from = source.traced.state.findIndex((variable) => variable.name === name);
    if (from >= 0) target.setState(index, source.getState(from));
  });
}
