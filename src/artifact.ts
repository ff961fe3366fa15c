// Functions as a standalone artifact: the bytes of a module that needs no runtime, and its weights beside it if asked for.

import { type CodeVariant, loadAndEmit } from "../codegen/wasm/index.ts";
import type { TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { usesThreads } from "../ir/program/share.ts";
import type { Signature } from "../ir/program/signature.ts";
import { checkThreads, lower, type ModelMembers, readDefinitions } from "./compile.ts";
import { located } from "./location.ts";
import { modelOf } from "./model.ts";
import { type TracedModel, traceModel } from "./trace.ts";
import type { AnyFn } from "./types/index.ts";

export interface Artifact {
  /** A WebAssembly module without imports; docs/abi.md specifies its exports. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** The state as .safetensors, when weights are external. */
  readonly weights: Uint8Array<ArrayBuffer> | undefined;
  /** The same functions for several threads, if asked for and if any has something to share: a module that imports a shared memory. */
  readonly threads: Uint8Array<ArrayBuffer> | undefined;
  readonly signature: Signature;
}

export interface BuildOptions {
  /** The values of this model's variables instead of the initial ones. */
  readonly stateFrom?: ModelMembers;
  /** `embedded` (default): in the module; `external`: beside it. */
  readonly weights?: "embedded" | "external";
  /** For engines with relaxed SIMD only, and with last bits that depend on the machine: faster matrix products. */
  readonly relaxed?: boolean;
  /** Also builds a module for up to so many threads. */
  readonly threads?: number;
}

/** Builds one function or several that share state. E401, E404 and E410 as `compile`. */
export function build(functions: AnyFn | { readonly [name: string]: AnyFn }, options: BuildOptions = {}): Promise<Artifact> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => buildTraced(withState(traceModel(readDefinitions(functions)), options.stateFrom), options))));
}

export async function buildTraced(traced: TracedModel, { weights = "embedded", relaxed = false, threads = 1 }: Omit<BuildOptions, "stateFrom"> = {}): Promise<Artifact> {
  checkThreads("build", threads);
  if (weights !== "embedded" && weights !== "external") {
    throw userError("E410", { op: "build", message: `weights is ${String(weights)}`, hint: 'use "embedded" or "external"' });
  }
  if (typeof relaxed !== "boolean") throw userError("E410", { op: "build", message: `relaxed is ${String(relaxed)}`, hint: "use true or false" });
  const code = { relaxed, wide: false };
  const { module, plans } = await lower(traced, code);
  const bytes = await loadAndEmit(module, plans, { weights, code });
  const tensors = new Map(traced.state.map(({ name, initial }): [string, TensorData] => [name, initial]));
  return {
    wasm: bytes,
    weights: weights === "external" ? (await import("./formats/safetensors.ts")).formatSafetensors(tensors) : undefined,
    threads: threads === 1 ? undefined : await emitThreads(traced, weights, code, threads),
    signature: (await import("./formats/wasm-sections.ts")).readSignature(bytes),
  };
}

async function emitThreads(traced: TracedModel, weights: "embedded" | "external", code: CodeVariant, threads: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { module, plans } = await lower(traced, code, threads);
  return usesThreads(module) ? await loadAndEmit(module, plans, { weights, code }) : undefined;
}

function withState(traced: TracedModel, source: ModelMembers | undefined): TracedModel {
  if (source === undefined) return traced;
  const model = modelOf(source);
  if (model === undefined) throw userError("E410", { op: "build", message: "stateFrom is not a compiled model" });
  const state = traced.state.map((variable) => {
    const from = model.traced.state.findIndex(({ name }) => name === variable.name);
    return from < 0 ? variable : { ...variable, initial: model.getState(from) };
  });
  return { ...traced, state };
}
