// A standalone artifact, and what it takes to call it: WebAssembly's own interface and nothing of Damo. A running mean and
// variance (Welford, 1962) that the module keeps in its own memory.

import { pathToFileURL } from "node:url";
import { build, fn, input, shared } from "damo";

export async function buildStatistics(): Promise<Uint8Array<ArrayBuffer>> {
  const x = input("x", [], { dtype: "f64" });
  const count = shared("count", 0, { dtype: "f64" });
  const mean = shared("mean", 0, { dtype: "f64" });
  const squares = shared("squares", 0, { dtype: "f64" });
  const next = count.add(1);
  const off = x.sub(mean);
  const nextMean = mean.add(off.div(next));
  const nextSquares = squares.add(off.mul(x.sub(nextMean)));
  const add = fn({
    inputs: { x }, outputs: { mean: nextMean, variance: nextSquares.div(next) },
    updates: [[count, next], [mean, nextMean], [squares, nextSquares]],
  });
  return (await build({ add })).wasm;
}

/** What a host in any language does: write inputs, run, read outputs. docs/abi.md lists the exports. */
export async function runStatistics(wasm: Uint8Array<ArrayBuffer>, numbers: readonly number[]): Promise<{ mean: number; variance: number }> {
  const { instance } = await WebAssembly.instantiate(wasm);
  const memory = instance.exports["memory"] as WebAssembly.Memory;
  const call = (name: string, ...args: number[]): number => (instance.exports[name] as (...args: number[]) => number)(...args) >>> 0;
  const scalarAt = (address: number): Float64Array => new Float64Array(memory.buffer, address, 1);
  for (const value of numbers) {
    scalarAt(call("add_input", 0))[0] = value;
    const error = call("add_run");
    if (error !== 0) throw new Error(`add_run returned ${error}`);
  }
  return { mean: scalarAt(call("add_output", 0))[0]!, variance: scalarAt(call("add_output", 1))[0]! };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const wasm = await buildStatistics();
  const numbers = [2, 4, 4, 4, 5, 5, 7, 9];
  const { mean, variance } = await runStatistics(wasm, numbers);
  console.log(`a module of ${wasm.length} bytes without imports: ${numbers.join(", ")} have mean ${mean} and variance ${variance}`);
}
