// What the engine around us offers beyond WebAssembly 2.0. It loads when relaxed or wide code is asked for.

import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { userError } from "../../ir/errors.ts";
import type { SourceLocation } from "../../ir/node.ts";

/** What this file asks of Node's `process`, where there is one. No import, so that bundles for browsers hold nothing of Node. */
interface NodeProcess {
  readonly arch: string;
  readonly versions: { readonly node?: string };
  getBuiltinModule(name: "node:v8"): { setFlagsFromString(flags: string): void };
}

/** E410 where relaxed code cannot run. */
export function requireRelaxedSimd(location: SourceLocation): void {
  if (hasRelaxedSimd()) return;
  throw userError("E410", {
    op: "compile", message: "relaxed code needs relaxed SIMD, which this engine has not",
    hint: "Node 20 has it with --experimental-wasm-relaxed-simd, newer ones have it", location,
  });
}

function hasRelaxedSimd(): boolean {
  const probe = new ModuleBuilder();
  probe.addFunction("probe", ["v128", "v128", "v128"], ["v128"], (f, a, b, c) => f.get(a).get(b).get(c).op("f32x4.relaxed_madd"));
  return WebAssembly.validate(probe.encode());
}

/**
 * Lets V8 join pairs of 128-bit operations into 256-bit ones, in all modules that this process compiles from now on, and
 * says whether it will. Before Node 24 the flag comes too late once the process runs; other processors have no use for it.
 */
export function joinVectors(): boolean {
  const { process } = globalThis as { readonly process?: Partial<NodeProcess> };
  if (process?.arch === "x64" && Number.parseInt(process.versions?.node ?? "0", 10) >= 24) {
    process.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-revectorize");
    return true;
  }
  const { message } = userError("E410", {
    op: "compile", message: "engine.wide is not available here", hint: "it needs Node 24 on x86-64; the code is for 128 bits",
  });
  console.warn(message);
  return false;
}
