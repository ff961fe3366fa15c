import { expect, test } from "vitest";
import { buildStatistics, runStatistics } from "../../examples/artifact.ts";

test("a module without imports keeps a running mean and variance", async () => {
  const wasm = await buildStatistics();
  expect(WebAssembly.Module.imports(await WebAssembly.compile(wasm))).toEqual([]);
  // Sum 40 over 8; squared distances 9, 1, 1, 1, 0, 0, 4, 16 sum to 32.
  expect(await runStatistics(wasm, [2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, variance: 4 });
});
