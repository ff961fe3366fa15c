// Loads a model file and finds the functions that it exports. E902 if it cannot be loaded or exports none.

import { existsSync } from "node:fs";
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DamoError, userError } from "../../ir/errors.ts";
import { FunctionDefinition } from "../fn.ts";

export interface LoadedModel {
  readonly path: string;
  /** By export name, in the order of the module's namespace (alphabetical). */
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

let registered = false;

function registerTypeScript(): void {
  if (registered) return;
  registered = true;
  process.setSourceMapsEnabled(true);
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const packageUrls = {
    damo: new URL(`../index.${extension}`, import.meta.url).href,
    "damo/bindings": new URL(`./bindings.${extension}`, import.meta.url).href,
    "damo/custom-gradient": new URL(`../custom-gradient.${extension}`, import.meta.url).href,
    "damo/custom-op": new URL(`../custom-op/index.${extension}`, import.meta.url).href,
    "damo/debug": new URL(`../debug/index.${extension}`, import.meta.url).href,
    "damo/elementwise": new URL(`../elementwise/index.${extension}`, import.meta.url).href,
    "damo/fft": new URL(`../fft/index.${extension}`, import.meta.url).href,
    "damo/graph": new URL(`../graph-tools/index.${extension}`, import.meta.url).href,
    "damo/load": new URL(`../load.${extension}`, import.meta.url).href,
    "damo/load-webgpu": new URL(`../load-webgpu.${extension}`, import.meta.url).href,
    "damo/loops": new URL(`../loops/index.${extension}`, import.meta.url).href,
    "damo/linalg": new URL(`../linalg/index.${extension}`, import.meta.url).href,
    "damo/random": new URL(`../random/index.${extension}`, import.meta.url).href,
    "damo/sorting": new URL(`../sorting/index.${extension}`, import.meta.url).href,
    "damo/special": new URL(`../special/index.${extension}`, import.meta.url).href,
    "damo/sparse": new URL(`../sparse/index.${extension}`, import.meta.url).href,
    "damo/testing": new URL(`../testing/index.${extension}`, import.meta.url).href,
    "damo/transform": new URL(`../transform/index.${extension}`, import.meta.url).href,
  };
  register(new URL(`./typescript-hooks.${extension}`, import.meta.url), { data: { packageUrls } });
}

export async function loadModel(file: string): Promise<LoadedModel> {
  const path = resolve(file);
  if (!existsSync(path)) throw userError("E902", { message: `${file} does not exist` });
  registerTypeScript();
  let namespace: { readonly [name: string]: unknown };
  try {
    namespace = await import(pathToFileURL(path).href) as { readonly [name: string]: unknown };
  } catch (cause) {
    if (cause instanceof DamoError) throw cause;
    throw userError("E902", { message: `${file} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause });
  }
  const functions = new Map<string, FunctionDefinition>();
  for (const [name, value] of Object.entries(namespace)) if (value instanceof FunctionDefinition) functions.set(name, value);
  if (functions.size === 0) {
    throw userError("E902", { message: `${file} exports no function`, hint: "write: export const predict = fn({ inputs, outputs })" });
  }
  return { path, functions };
}

/** One function of a model: `model.ts#train`, or the only one of `model.ts`. */
export async function loadFunctions(target: string): Promise<LoadedModel> {
  const hash = target.lastIndexOf("#");
  if (hash < 0) return loadModel(target);
  const [file, name] = [target.slice(0, hash), target.slice(hash + 1)];
  const model = await loadModel(file);
  const chosen = model.functions.get(name);
  if (chosen === undefined) {
    throw userError("E902", { message: `${file} exports no function ${name}`, hint: `it exports ${[...model.functions.keys()].join(", ")}` });
  }
  return { path: model.path, functions: new Map([[name, chosen]]) };
}
