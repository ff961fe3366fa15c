// What `compile` may be asked for, and the reading of it: every option has a value from then on, and is one that exists.

import { userError } from "../ir/errors.ts";
import type { Sizes } from "./runtime/backend.ts";
import { type ModelMembers, modelOf, type StateSource } from "./model.ts";
import type { GpuModelMembers } from "./webgpu/members.ts";
import type { Device } from "./types/index.ts";

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
  /** Gets each line that `print` of `damo/debug` makes, after the call that printed it; `console.log` by default. */
  readonly log?: (line: string) => void;
  readonly engine?: EngineOptions;
  /** Threads that run a call of the `wasm` target, the caller included; 1 by default. The results are the same bits for any number. */
  readonly threads?: number;
  /** How long a call waits for a thread that does not answer, in milliseconds (30,000 by default), before it fails with E508. */
  readonly threadTimeout?: number;
  /**
   * Runs every function, on zeros, until the engine has compiled its loops for speed, before the promise resolves: some tenths of a second, and
   * the state stays as it is. Sizes count as 64 unless they are given, by name: those of the calls to come are best. Of the target `wasm`.
   */
  readonly warmUp?: boolean | { readonly [size: string]: number };
  /** A compiled model whose variables' values are copied, by name. */
  readonly stateFrom?: ModelMembers | GpuModelMembers;
}

/** What `compile` may be asked for with the target `webgpu`. */
export interface WebgpuOptions {
  readonly target: "webgpu";
  /** A device of your own, which the model leaves alive; by default all models share one that has what the adapter has. */
  readonly device?: Device;
  /**
   * Trades accuracy for speed: exp, log, tanh, sin and the other functions that WGSL has are the adapter's, without promises for large arguments, NaN and
   * infinities. False by default: the expansions of all targets, to 4 ULP.
   */
  readonly fastMath?: boolean;
  readonly stateFrom?: ModelMembers | GpuModelMembers;
}

/** What may be asked of the engine itself. */
export interface EngineOptions {
  /**
   * Code for 256-bit vectors, with the same bits: up to twice as fast products. Node 24 or newer on x86-64 has them behind an experimental flag of
   * V8, which this sets for the whole process. Elsewhere a warning is printed and the code is for 128 bits.
   */
  readonly wide?: boolean;
}

/** Options as they were read. */
export interface ReadOptions {
  readonly target: "wasm" | "reference";
  readonly mode: "fast" | "debug";
  readonly nanGuard: boolean;
  readonly relaxed: boolean;
  readonly log: (line: string) => void;
  readonly wide: boolean;
  readonly threads: number;
  readonly threadTimeout: number;
  /** Values of sizes; undefined: no run before the first call. */
  readonly warmUp: Sizes | undefined;
  readonly source: StateSource | undefined;
}

export const mostThreads = 64;

/** E410 for an option that is not known, or for a value that it cannot have. */
export function readOptions(options: CompileOptions): ReadOptions {
  if (typeof options !== "object" || options === null) throw userError("E410", { op: "compile", message: `the options are ${String(options)}`, hint: "write { target, mode }" });
  const {
    target = "wasm", mode = "fast", nanGuard = false, relaxed = false, log = console.log, engine = {}, threads = 1, threadTimeout = 30_000, warmUp = false, stateFrom, ...rest
  } = options;
  const refuse = (message: string, hint?: string): never => {
    throw userError("E410", { op: "compile", message, hint });
  };
  if (target !== "wasm" && target !== "reference") refuse(`the target ${String(target)} is not known`, 'use "wasm" or "reference"');
  if (mode !== "fast" && mode !== "debug") refuse(`the mode ${String(mode)} is not known`, 'use "fast" or "debug"');
  if (typeof engine !== "object" || engine === null) refuse(`engine is ${String(engine)}`, "it is an object: { wide: true }");
  const { wide = false, ...restOfEngine } = engine;
  const unknown = [...Object.keys(rest), ...Object.keys(restOfEngine).map((name) => `engine.${name}`)][0];
  if (unknown !== undefined) refuse(`the option ${unknown} is not known`, unknown === "fastMath" || unknown === "device" ? "it is one of the target webgpu" : undefined);
  for (const [name, value] of Object.entries({ nanGuard, relaxed })) if (typeof value !== "boolean") refuse(`${name} is ${String(value)}`);
  if (typeof wide !== "boolean") refuse(`engine.wide is ${String(wide)}`);
  if (typeof log !== "function") refuse(`log is ${String(log)}`);
  checkThreads("compile", threads);
  if (target === "reference" && (relaxed || wide || threads > 1)) refuse("relaxed, engine.wide and threads are options of the target wasm");
  if (!Number.isInteger(threadTimeout) || threadTimeout < 1 || threadTimeout > 0x7fffffff) {
    refuse(`threadTimeout is ${String(threadTimeout)}`, "use milliseconds, an integer from 1 to 2147483647");
  }
  if (typeof warmUp !== "boolean" && (typeof warmUp !== "object" || warmUp === null)) refuse(`warmUp is ${String(warmUp)}`, "use true, or values of sizes: { batch: 32 }");
  const sizes = new Map(Object.entries(warmUp));
  for (const [name, value] of sizes) {
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) refuse(`warmUp gives ${name} the value ${String(value)}`, "use an integer from 0 to 2147483647");
  }
  if (target === "reference" && warmUp !== false) refuse("warmUp is an option of the target wasm");
  const source = stateFrom === undefined ? undefined : modelOf(stateFrom);
  if (stateFrom !== undefined && source === undefined) refuse("stateFrom is not a compiled model");
  return { target, mode, nanGuard, relaxed, log, wide, threads, threadTimeout, warmUp: warmUp === false ? undefined : sizes, source };
}

export function checkThreads(op: string, threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > mostThreads) {
    throw userError("E410", { op, message: `threads is ${String(threads)}`, hint: `an integer from 1 to ${mostThreads}` });
  }
}
