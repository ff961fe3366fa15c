// Starts a compiled module: on the threads it is made for, or on one. What threads need is loaded when they are asked for.

import type { ProgramModule } from "../../ir/program/program.ts";
import { usesThreads } from "../../ir/program/share.ts";
import type { Backend, ThreadOptions } from "./backend.ts";
import { createWasmBackend, type WatchRuns } from "./wasm.ts";

/** A model asked for threads whose functions have nothing to share is a module for one. */
export async function startBackend(bytes: Uint8Array<ArrayBuffer>, module: ProgramModule, threads: ThreadOptions, watch?: WatchRuns): Promise<Backend> {
  if (!usesThreads(module)) return createWasmBackend(bytes, module, watch);
  return (await import("./threads.ts")).createThreadedBackend(bytes, module, threads, watch);
}
