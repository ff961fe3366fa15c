// What the engine around us offers beyond WebAssembly 2.0, and the variant of the code that fits it.

import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import type { CodeVariant } from "../../codegen/wasm/index.ts";
import { userError } from "../../ir/errors.ts";

/** What this file asks of Node's `process`, where there is one. No import, so that bundles for browsers hold nothing of Node. */
interface NodeProcess {
  readonly arch: string;
  readonly versions: { readonly node?: string };
  getBuiltinModule(name: "node:v8"): { setFlagsFromString(flags: string): void };
}

/** Whether V8 joins vectors by now: it does in all that it compiles from then on, so every later model is made for it. Code that is
 *  not may even end the process (codegen/wasm/kernel/index.ts). */
let joined = false;

/** The variant for these options. E410 where relaxed code cannot run; a warning, and narrow code, where wide code would be slow. */
export function chooseCode(relaxed: boolean, wide: boolean): CodeVariant {
  if (relaxed && !hasRelaxedSimd()) {
    throw userError("E410", {
      op: "compile", message: "relaxed code needs relaxed SIMD, which this engine has not",
      hint: "Node 20 has it with --experimental-wasm-relaxed-simd, newer ones have it",
    });
  }
  if (wide && !joined) joined = joinVectors();
  return { relaxed, wide: joined };
}

function hasRelaxedSimd(): boolean {
  const probe = new ModuleBuilder();
  probe.addFunction("probe", [], ["v128"], (f) => f.f32x4(0).f32x4(0).f32x4(0).op("f32x4.relaxed_madd"));
  return WebAssembly.validate(probe.encode());
}

/**
 * Lets V8 join pairs of 128-bit operations into 256-bit ones, in all modules that this process compiles from now on, and
 * says whether it will. Before Node 24 the flag comes too late once the process runs; other processors have no use for it.
 */
function joinVectors(): boolean {
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
