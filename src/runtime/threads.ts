// Runs a module for threads: thread 0 is the caller, the others are workers that live as long as the model. A worker found
// dead between calls leaves one thread and a warning. One that is lost during a call makes the model invalid, since the state may
// be half written: calls fail from then on, and the variables have the values that were saved last.

import { copyTensor, type TensorData } from "../../ir/data.ts";
import { DamoError, userError } from "../../ir/errors.ts";
import { accessOf } from "../../ir/program/access.ts";
import type { ProgramModule, Split } from "../../ir/program/program.ts";
import { splitsOf } from "../../ir/program/share.ts";
import { evaluateDim } from "../../ir/size.ts";
import { readSignature } from "../formats/wasm-sections.ts";
import type { Backend, BoundFunction, ModuleLog, Sizes, ThreadOptions } from "./backend.ts";
import { type ThreadWorker, workerStarter } from "./thread-worker.ts";
import { WasmBackend, type WatchRuns } from "./wasm.ts";

/** Why threads cannot be had here, in words for a warning; undefined if they can. */
function whyNoThreads(): string | undefined {
  if (typeof SharedArrayBuffer === "undefined" || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false) {
    return "the page is not cross-origin isolated (Cross-Origin-Opener-Policy: same-origin, Cross-Origin-Embedder-Policy: require-corp), so there is no shared memory";
  }
  return workerStarter() === undefined ? "this environment has no workers" : undefined;
}

/** So many threads, or one, with a warning, where they cannot be had. */
export function availableThreads(threads: number): number {
  const missing = whyNoThreads();
  if (missing === undefined) return threads;
  warnOneThread(missing);
  return 1;
}

function warnOneThread(reason: string): void {
  console.warn(`damo: the model runs on one thread: ${reason}`);
}

/** Copies of the state are made at most so often, in milliseconds, and take at most a hundredth of the time. */
const savePause = 1000;
const saveShare = 100;

export class ThreadedBackend implements Backend {
  readonly #inner: WasmBackend;
  readonly #module: ProgramModule;
  /** Of each function. */
  readonly #writesState: readonly boolean[];
  readonly #splits: readonly (readonly Split[])[];
  readonly #setThreads: (threads: number) => void;
  readonly #saved: TensorData[];
  #saveAfter = 0;
  #workers: readonly ThreadWorker[];
  #invalid: DamoError | undefined;

  constructor(inner: WasmBackend, module: ProgramModule, workers: readonly ThreadWorker[], setThreads: (threads: number) => void) {
    this.#inner = inner;
    this.#module = module;
    this.#workers = workers;
    this.#setThreads = setThreads;
    this.#saved = module.state.map(({ initial }) => initial);
    this.#writesState = module.programs.map(({ body, buffers }) =>
      body.some((statement) => [...accessOf(statement, buffers).writes].some((buffer) => buffers[buffer]!.role.kind === "state")));
    this.#splits = module.programs.map(({ body }) => splitsOf(body));
    setThreads(workers.length + 1);
  }

  /** The workers that serve the model now. */
  get workers(): readonly ThreadWorker[] {
    return this.#workers;
  }

  get log(): ModuleLog | undefined {
    return this.#inner.log;
  }

  run(index: number, inputs: readonly TensorData[], sizes: Sizes): readonly TensorData[] {
    this.#checkValid();
    const call = (): readonly TensorData[] => this.#inner.run(index, inputs, sizes);
    return this.#isShared(index, sizes) ? this.#guard(index, call) : call();
  }

  bind(index: number, sizes: Sizes): BoundFunction {
    this.#checkValid();
    const bound = this.#inner.bind(index, sizes);
    const alone = (): void => {
      this.#checkValid();
      bound.run();
    };
    return {
      input: (i) => bound.input(i),
      output: (i) => bound.output(i),
      run: this.#isShared(index, sizes) ? () => this.#guard(index, bound.run) : alone,
    };
  }

  getState(index: number): TensorData {
    if (this.#invalid === undefined) return this.#inner.getState(index);
    return copyTensor(this.#saved[index]!);
  }

  setState(index: number, value: TensorData): void {
    this.#checkValid();
    this.#inner.setState(index, value);
    this.#saved[index] = this.#inner.getState(index);
  }

  dispose(): void {
    this.#stop();
    this.#saved.length = 0;
    this.#inner.dispose();
  }

  #checkValid(): void {
    if (this.#invalid !== undefined) throw this.#invalid;
  }

  /** Whether a call with these sizes is worth the workers: the module decides alike. */
  #isShared(index: number, sizes: Sizes): boolean {
    return this.#splits[index]!.some(({ extent, grain }) => evaluateDim(extent, sizes) >= 2 * grain);
  }

  /** A call that workers take part in. */
  #guard<T>(index: number, call: () => T): T {
    this.#checkValid();
    if (this.#workers.some(({ lost }) => lost)) {
      this.#stop();
      this.#setThreads(1);
      warnOneThread("a worker has ended");
    }
    if (this.#workers.length > 0 && this.#writesState[index]) this.#save();
    try {
      return call();
    } catch (error) {
      if (!(error instanceof DamoError) || error.code !== "E508") throw error;
      this.#stop();
      this.#invalid = userError("E508", {
        op: this.#module.programs[index]!.name, message: "a thread did not answer in time: the model is invalid, its variables have the values that were saved last",
        hint: "compile again with stateFrom",
      });
      throw this.#invalid;
    }
  }

  /** Copies the state if the last copy is old enough. */
  #save(): void {
    const start = performance.now();
    if (start < this.#saveAfter) return;
    this.#module.state.forEach((_, i) => (this.#saved[i] = this.#inner.getState(i)));
    const end = performance.now();
    this.#saveAfter = end + Math.max(savePause, saveShare * (end - start));
  }

  #stop(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
  }
}

/** Starts the workers and waits until they serve; where they cannot be had, the module runs on one thread, with a warning. */
export async function createThreadedBackend(bytes: Uint8Array<ArrayBuffer>, module: ProgramModule, { count, timeout }: ThreadOptions, watch?: WatchRuns): Promise<ThreadedBackend> {
  const compiled = await WebAssembly.compile(bytes);
  const memory = createSharedMemory(readSignature(bytes).threads!.pages);
  const instance = await WebAssembly.instantiate(compiled, { env: { memory } });
  const inner = new WasmBackend(instance, module, watch);
  const start = workerStarter()!;
  const started = await Promise.allSettled(Array.from({ length: count - 1 }, (_, i) => start({ module: compiled, memory, thread: i + 1 })));
  const failed = started.find((result) => result.status === "rejected");
  const workers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (failed !== undefined) {
    warnOneThread(String((failed.reason as Error).message));
    for (const worker of workers.splice(0)) worker.terminate();
  }
  const setThreads = instance.exports["set_threads"] as (threads: number, timeout: number, maySleep: number) => void;
  const maySleep = canSleep() ? 1 : 0;
  return new ThreadedBackend(inner, module, workers, (threads) => setThreads(threads, timeout, maySleep));
}

/** As large as it may grow, or as the engine will reserve. */
function createSharedMemory(initial: number): WebAssembly.Memory {
  for (const maximum of [65536, 32768, 16384]) {
    try {
      if (initial <= maximum) return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw userError("E602", { op: "compile", message: "no shared memory can be had", hint: "compile without threads" });
}

/** A browser's main thread may not wait for others asleep. */
function canSleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}
