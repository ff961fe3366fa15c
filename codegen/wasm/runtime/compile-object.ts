// From AssemblyScript, or from a WebAssembly module, to a relocatable object. The tools are handed in: Damo's own objects are
// made when it is built, and a user's with the user's compiler.

import { refuse } from "./read-object.ts";

/** What is used of `assemblyscript/asc`. */
export interface AssemblyScript {
  main(argv: string[], options: {
    readFile(name: string, directory: string): string | null;
    writeFile(name: string, contents: Uint8Array | string): void;
    listFiles(): string[];
  }): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

/** What is used of the module that `wabt` gives. */
export interface Wabt {
  parseWat(name: string, text: string, features: Features): WabtModule;
  readWasm(bytes: Uint8Array, options: Features & { readonly readDebugNames: boolean }): WabtModule;
}

interface WabtModule {
  validate(): void;
  generateNames(): void;
  toBinary(options: { readonly relocatable: boolean }): { readonly buffer: Uint8Array };
  toText(options: { readonly foldExprs: boolean; readonly inlineExport: boolean }): string;
  destroy(): void;
}

interface Features {
  readonly [name: string]: boolean;
}

/** What routines may use; the module that they are linked into needs no more. */
const features: Features = {
  simd: true, bulk_memory: true, sat_float_to_int: true, sign_extension: true,
  mutable_globals: false, multi_value: false, reference_types: false, threads: false, exceptions: false, tail_call: false,
};

const options = ["-O3", "--noColors", "--runtime", "stub", "--noAssert", "--enable", "simd", "--importMemory", "--noExportMemory", "--use", "abort="];

/** `readFile` gives the sources by path; `entry` exports the routines. E708 with the compiler's words. */
export async function compileAssembly(asc: AssemblyScript, wabt: Wabt, entry: string, readFile: (path: string) => string | null): Promise<Uint8Array> {
  let text = "";
  const { error, stderr } = await asc.main([entry, ...options, "--textFile", "object.wat"], {
    readFile, listFiles: () => [], writeFile: (_name, contents) => (text = String(contents)),
  });
  if (error !== null) refuse(`${entry} does not compile:\n${stderr.toString().trim() || error.message}`);
  return makeObject(entry, () => wabt.parseWat(entry, withPlainNames(text), features));
}

/** asc quotes the names of functions with several type arguments, `$"sort<f32,u32>"`, which wabt does not read. */
function withPlainNames(text: string): string {
  return text.replace(/\$"([^"]*)"/g, (_, name: string) => `$${name.replace(/[^!#-'*+\-./:<-Z\\^-z|~0-9]/g, "|")}`);
}

/** The functions of a WebAssembly module. E708 if it is not valid, or needs more than routines may use. */
export function objectOf(wabt: Wabt, bytes: Uint8Array, name: string): Uint8Array {
  return makeObject(name, () => wabt.readWasm(bytes, { ...features, readDebugNames: true }));
}

function makeObject(name: string, open: () => WabtModule): Uint8Array {
  let module: WabtModule | undefined;
  try {
    module = open();
    module.validate();
    // Symbols need names.
    module.generateNames();
    // A copy: the buffer is wabt's memory.
    const object = module.toBinary({ relocatable: true }).buffer.slice();
    // Neither stands in the way of linking, but a routine's memory is the model's.
    const forbidden = /\bmemory\.(grow|size)\b/.exec(module.toText({ foldExprs: false, inlineExport: false }));
    if (forbidden !== null) refuse(`${name} uses ${forbidden[0]}: a routine works in the memory that it is given`);
    return object;
  } catch (cause) {
    if (cause instanceof Error && cause.name === "DamoError") throw cause;
    return refuse(`${name}: ${cause instanceof Error ? cause.message.trim() : String(cause)}`);
  } finally {
    module?.destroy();
  }
}
