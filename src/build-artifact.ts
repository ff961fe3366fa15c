// The bytes of a module that needs no runtime, and its weights beside it if asked for.

import { type CodeVariant, loadAndEmit } from "../codegen/wasm/index.ts";
import type { TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { usesThreads } from "../ir/program/share.ts";
import type { Signature } from "../ir/program/signature.ts";
import { lower } from "./compile.ts";
import { checkThreads } from "./compile-options.ts";
import { formatSafetensors } from "./formats/safetensors.ts";
import { readSignature } from "./formats/wasm-sections.ts";
import type { ModelMembers } from "./model.ts";
import type { GpuModelMembers } from "./webgpu/members.ts";
import type { TracedModel } from "./trace.ts";

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
  readonly target?: "wasm";
  /** The values of this model's variables instead of the initial ones. */
  readonly stateFrom?: ModelMembers | GpuModelMembers;
  /** `embedded` (default): in the module; `external`: beside it. */
  readonly weights?: "embedded" | "external";
  /** For engines with relaxed SIMD only, and with last bits that depend on the machine: faster matrix products. */
  readonly relaxed?: boolean;
  /** Also builds a module for up to so many threads. */
  readonly threads?: number;
}

export async function buildTraced(traced: TracedModel, { target = "wasm", weights = "embedded", relaxed = false, threads = 1 }: Omit<BuildOptions, "stateFrom"> = {}): Promise<Artifact> {
  checkThreads("build", threads);
  if (target !== "wasm") throw userError("E410", { op: "build", message: `the target ${String(target)} is not known`, hint: 'use "wasm" or "wgsl"' });
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
    weights: weights === "external" ? formatSafetensors(tensors) : undefined,
    threads: threads === 1 ? undefined : await emitThreads(traced, weights, code, threads),
    signature: readSignature(bytes),
  };
}

async function emitThreads(traced: TracedModel, weights: "embedded" | "external", code: CodeVariant, threads: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { module, plans } = await lower(traced, code, threads);
  return usesThreads(module) ? await loadAndEmit(module, plans, { weights, code }) : undefined;
}
