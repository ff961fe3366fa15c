// The code of a user's operation: AssemblyScript compiled by the user's own compiler, or a WebAssembly module, made an object that can be linked.

import { type AssemblyScript, compileAssembly, objectOf, type Wabt } from "../../codegen/wasm/runtime/compile-object.ts";
import { userError } from "../../ir/errors.ts";

export type { AssemblyScript };

/** Functions by name; docs/custom-ops.md says what they get and may do. */
export type OperationCode =
  /** AssemblyScript: one text, or texts by path, `index.ts` being the one whose exports count. `compiler` is what `assemblyscript/asc` exports. */
  | { readonly assembly: string | { readonly [path: string]: string }; readonly compiler: AssemblyScript }
  /** The bytes of a WebAssembly module. */
  | { readonly wasm: Uint8Array };

/** E708 if it does not compile, or has more than functions. */
export async function compileCode(name: string, code: OperationCode): Promise<Uint8Array> {
  const given = code as { readonly assembly?: unknown; readonly compiler?: { readonly main?: unknown }; readonly wasm?: unknown };
  if (given.wasm instanceof Uint8Array) return objectOf(await loadWabt(), given.wasm, name);
  if (typeof given.compiler?.main !== "function") {
    throw userError("E213", { op: name, message: "code has neither a module nor AssemblyScript with its compiler", hint: 'give { wasm: bytes }, or { assembly: text, compiler: asc } with asc from "assemblyscript/asc"' });
  }
  const files = typeof given.assembly === "string" ? { "index.ts": given.assembly } : given.assembly;
  if (!isRecord(files) || typeof files["index.ts"] !== "string") {
    throw userError("E213", { op: name, message: "the AssemblyScript of code has no index.ts", hint: "give one text, or a record of texts by path" });
  }
  return compileAssembly(given.compiler as AssemblyScript, await loadWabt(), "index.ts", (path) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    return typeof text === "string" ? text : null;
  });
}

async function loadWabt(): Promise<Wabt> {
  return (await import("wabt")).default();
}

function isRecord(value: unknown): value is { readonly [path: string]: unknown } {
  return typeof value === "object" && value !== null;
}
