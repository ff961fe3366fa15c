// Runs a tensor graph as a module on two threads, as synchronously as the kit runs it on one. One worker serves all modules:
// this thread hands it the next one and runs it, with no turn of the event loop; the worker comes in when it gets there.

import { Worker } from "node:worker_threads";
import { emitModule } from "../../codegen/wasm/index.ts";
import { wasmTarget } from "../../codegen/wasm/whole-target.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import { usesThreads } from "../../ir/program/share.ts";
import { allKernelParts, allParts } from "../../passes/all-parts.ts";
import { planModule, scheduleModule } from "../../passes/pipeline.ts";
import { shareAmong } from "../../passes/threads/share-among.ts";
import { readSignature } from "../../src/formats/wasm-sections.ts";
import type { runExports, RunGraphOptions, traceGraph } from "../../src/testing/run-graph.ts";
import { shareAll } from "./share-all.ts";

const target = shareAll(wasmTarget);

const serve = `require("node:worker_threads").parentPort.on("message", ({ module, memory }) => {
  new WebAssembly.Instance(module, { env: { memory } }).exports.worker(1);
});`;
let worker: Worker | undefined;

function startWorker(): Worker {
  const started = new Worker(serve, { eval: true });
  started.unref();
  return started;
}

/** What of the kit this shares; the kit's own module is the one that a mode replaces. */
export interface GraphRunner {
  readonly traceGraph: typeof traceGraph;
  readonly runExports: typeof runExports;
}

export function runOnThreads(
  kit: GraphRunner, graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>, options: RunGraphOptions = {},
): readonly TensorData[] {
  const { module, plans } = planModule(scheduleModule([kit.traceGraph(graph)], target, { ...options, ...allParts(target) }), [], target, allKernelParts, shareAmong(2, target));
  const bytes = emitModule(module, plans);
  const compiled = new WebAssembly.Module(bytes);
  if (!usesThreads(module)) return kit.runExports(new WebAssembly.Instance(compiled).exports, module, graph, inputs, sizes);
  const memory = new WebAssembly.Memory({ initial: readSignature(bytes).threads!.pages, maximum: 65536, shared: true });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  worker ??= startWorker();
  worker.postMessage({ module: compiled, memory });
  (exports["set_threads"] as (threads: number, timeout: number, maySleep: number) => void)(2, 20_000, 1);
  try {
    return kit.runExports(exports, module, graph, inputs, sizes);
  } finally {
    (exports["stop_workers"] as () => void)();
  }
}
