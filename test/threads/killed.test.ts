// A worker that is killed in the middle of a long kernel: the call fails in time, and the state is what was saved last. Only the event loop of this
// thread can end a worker, and it stands still during a call; so the first worker here runs under a watchdog of its engine, which kills once it is armed.

import { afterEach, beforeEach, expect, it } from "vitest";
import { compile, type CompileOptions, fn, input, shared, zeros } from "damo";
import { codeOf } from "../error-of.ts";

const workerThreads = process.getBuiltinModule("node:worker_threads");
const OriginalWorker = workerThreads.Worker;

/** [whether the watchdog is armed, the time at which it killed]. */
let watch: Int32Array<SharedArrayBuffer>;
const models: { dispose(): void }[] = [];

/** Every 50 ms the engine stops what thread 1 does, wherever it is. Until the watchdog is armed, the thread goes back to wait for its first step. */
const serve = `const { parentPort, workerData: { module, memory, thread, watch } } = require("node:worker_threads");
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
globalThis.serve = () => exports.worker(thread);
const script = new (require("node:vm").Script)("serve()");
const now = () => Math.round(performance.timeOrigin + performance.now()) | 0;
parentPort.postMessage("ready");
if (thread !== 1) exports.worker(thread);
else for (;;) {
  try {
    script.runInThisContext({ timeout: 50 });
    process.exit();
  } catch (error) {
    if (error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT" && Atomics.load(watch, 0) === 0) continue;
    Atomics.store(watch, 1, now());
    throw error;
  }
}`;

beforeEach(() => {
  watch = new Int32Array(new SharedArrayBuffer(8));
  workerThreads.Worker = class extends OriginalWorker {
    constructor(_: string, options: { readonly workerData: object }) {
      super(serve, { ...options, workerData: { ...options.workerData, watch } } as never);
    }
  };
});

afterEach(() => {
  workerThreads.Worker = OriginalWorker;
  for (const model of models.splice(0)) model.dispose();
});

/** In milliseconds, the low bits: the clock that threads have in common. */
const now = (): number => Math.round(performance.timeOrigin + performance.now()) | 0;

const rows = 512;
const threadTimeout = 300;
const saved = Float32Array.from({ length: rows }, (_, i) => i / 8);

/** `w[i] += sum over j of tanh(x[i] * y[j])`, in one kernel. */
async function compileSums(options: CompileOptions) {
  const [x, y] = [input("x", [rows]), input("y", ["terms"])];
  const w = shared("w", zeros([rows]));
  const sums = x.reshape([rows, 1]).mul(y.reshape([1, -1])).tanh().sum(1);
  const model = await compile({ step: fn({ inputs: { x, y }, outputs: {}, updates: [[w, w.add(sums)]] }) }, options);
  models.push(model);
  const bind = (terms: number) => {
    const bound = model.step.bindBuffers({ terms });
    bound.inputs.x.set(Float32Array.from({ length: rows }, (_, i) => Math.sin(i)));
    bound.inputs.y.set(Float32Array.from({ length: terms }, (_, j) => Math.cos(j)));
    return bound;
  };
  return { model, bind };
}

it.each([2, 3])("one of %i threads that is killed in a kernel fails the call, and the model has the state that was saved last", async (threads) => {
  const { model, bind } = await compileSums({ threads, threadTimeout });
  const long = bind(500_000);
  model.state["w"]!.set({ data: saved, shape: [rows] });
  const begin = now();
  Atomics.store(watch, 0, 1);
  expect(codeOf(() => long.run())).toBe("E508");
  // It had not come to the end, and was waited for.
  const killed = Atomics.load(watch, 1);
  expect(killed - begin).toBeGreaterThanOrEqual(0);
  expect(now() - killed).toBeGreaterThan(threadTimeout);
  expect(model.state["w"]!.get().data).toEqual(saved);
  expect(codeOf(() => long.run())).toBe("E508");

  workerThreads.Worker = OriginalWorker;
  const [next, single] = [await compileSums({ threads, stateFrom: model }), await compileSums({ stateFrom: model })];
  for (const { bind: bindShort } of [next, single]) bindShort(1000).run();
  expect(next.model.state["w"]!.get()).toEqual(single.model.state["w"]!.get());
});
