// Objects for tests: the routines of test/fixtures/routines, and modules from text.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import openWabt from "wabt";
import { compileAssembly } from "../../codegen/wasm/runtime/compile-object.ts";

export const wabt = await openWabt();

export const readSource = (path: string): string | null => {
  try {
    return readFileSync(fileURLToPath(new URL(`../fixtures/routines/${path}`, import.meta.url)), "utf8");
  } catch {
    return null;
  }
};

/** Of an entry in test/fixtures/routines. */
export function compileFixture(entry: string): Promise<Uint8Array> {
  return compileAssembly(asc, wabt, entry, readSource);
}

/** Of AssemblyScript text. */
export function compileText(text: string): Promise<Uint8Array> {
  return compileAssembly(asc, wabt, "text.ts", (path) => (path === "text.ts" ? text : null));
}
