// damo/custom-op in headless Chromium, under the policy that allows no eval but WebAssembly's: AssemblyScript that was compiled elsewhere, given as a module.
import asc from "assemblyscript/asc";
import { expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";
import { findChromium } from "./chromium.ts";
import { visit } from "./visit.ts";

interface Measured {
  readonly refused: string;
  readonly values: readonly (readonly number[])[];
  readonly dx: readonly (readonly number[])[];
}

/** A plain module, as `asc` writes it with the options that docs/custom-ops.md names. */
async function compileAssemblyScript(text: string): Promise<Uint8Array> {
  let module = new Uint8Array();
  const { error, stderr } = await asc.main(["code.ts", "-O3", "--runtime", "stub", "--importMemory", "--noExportMemory", "--use", "abort=", "--outFile", "code.wasm"], {
    readFile: (path) => (path === "code.ts" ? text : null), listFiles: () => [], writeFile: (_, contents) => { if (typeof contents !== "string") module = new Uint8Array(contents); },
  });
  expect(error, stderr.toString()).toBeNull();
  return module;
}

const routine = `export function running_sums(x: usize, y: usize, n: i32, workspace: usize): i32 {
  let sum: f32 = 0;
  for (let i = 0; i < n; i++) { sum += load<f32>(x + (<usize>i << 2)); store<f32>(y + (<usize>i << 2), sum); }
  return 0;
}`;
const grows = `export function running_sums(x: usize, y: usize, n: i32, workspace: usize): i32 { return memory.grow(1); }`;

const executablePath = findChromium();
if (executablePath === undefined) console.log("no chromium here: custom operations are not tried in a browser");

test.skipIf(executablePath === undefined)("a module of one's own is linked in a browser", async () => {
  const files = [...(await bundlePage("custom-op-page.ts")), ["routine.wasm", await compileAssemblyScript(routine)], ["grows.wasm", await compileAssemblyScript(grows)]] as const;
  const { measured, errors } = await visit<Measured>(executablePath!, files);
  expect(measured.error).toBeUndefined();
  expect(measured.values).toEqual([[1, 3, 7], [-1, -1, 2]]);
  // 2 y, summed from behind.
  expect(measured.dx).toEqual([[22, 20, 14], [0, 2, 4]]);
  expect(measured.refused).toContain("E708 running_sums uses memory.grow");
  expect(errors.filter((text) => !text.includes("favicon"))).toEqual([]);
});
