// What bound runs leave on the JavaScript heap, and what everyday calls do; printed as JSON. Run in a process of its own, with a nursery
// that is never full, so that nothing is collected in between.

import { compile } from "damo";
import { defineMlp, mlpBatch, tiny } from "../../bench/models/mlp.ts";

// Every module that is made, at once or asynchronously.
const emitted: BufferSource[] = [];
const { instantiate, Module } = WebAssembly;
WebAssembly.instantiate = ((bytes: BufferSource, imports: WebAssembly.Imports) => {
  emitted.push(bytes);
  return instantiate(bytes, imports);
}) as typeof WebAssembly.instantiate;
WebAssembly.Module = new Proxy(Module, {
  construct(target, [bytes]: [BufferSource]) {
    emitted.push(bytes);
    return new target(bytes);
  },
});

const { train } = await compile({ train: defineMlp({ ...tiny, optimizer: "adam" }).train });
const { x, targets } = mlpBatch(tiny);
const feeds = { x: { data: x, shape: [10, 11] }, y: { data: targets, shape: [10, 1] } };
const bound = (train as unknown as { bindBuffers(sizes: object): { readonly inputs: { readonly x: Float32Array; readonly y: Float32Array }; run(): void } }).bindBuffers({ batch: 10 });
bound.inputs.x.set(x);
bound.inputs.y.set(targets);

/** Bytes that so many runs add to the heap, each. */
function bytesPerRun(run: () => void, count: number): number {
  // The engine's own compiler allocates until the code is optimised.
  for (let i = 0; i < 20_000; i++) run();
  (globalThis as unknown as { gc(): void }).gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < count; i++) run();
  return (process.memoryUsage().heapUsed - before) / count;
}

const call = train as unknown as (feeds: object) => object;
console.log(JSON.stringify({
  imports: emitted.flatMap((bytes) => Module.imports(new Module(bytes))),
  modules: emitted.length,
  bound: bytesPerRun(() => bound.run(), 1_000_000),
  calls: bytesPerRun(() => void call(feeds), 10_000),
}));
