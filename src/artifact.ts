// Functions as a standalone artifact: `build`. What makes it loads when it is called.

import { userError } from "../ir/errors.ts";
import type { Artifact, BuildOptions } from "./build-artifact.ts";
import type { Bundle } from "./webgpu/build-bundle.ts";
import { readDefinitions } from "./compile.ts";
import { located } from "./location.ts";
import { modelOf, valuesFrom } from "./model.ts";
import { traceModel } from "./trace.ts";
import type { AnyFn } from "./types/index.ts";

/** What `build` may be asked for with the target `wgsl`. */
export interface BundleOptions {
  readonly target: "wgsl";
  readonly stateFrom?: BuildOptions["stateFrom"];
}

type Functions = AnyFn | { readonly [name: string]: AnyFn };

/** Builds one function or several that share state, as a WebAssembly module or as a bundle for WebGPU. E401, E404 and E410 as `compile`. */
export function build(functions: Functions, options?: BuildOptions): Promise<Artifact>;
export function build(functions: Functions, options: BundleOptions): Promise<Bundle>;
export function build(functions: Functions, options: BuildOptions | BundleOptions = {}): Promise<Artifact | Bundle> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => {
    const traced = traceModel(readDefinitions(functions));
    const source = options.stateFrom === undefined ? undefined : modelOf(options.stateFrom);
    if (options.stateFrom !== undefined && source === undefined) throw userError("E410", { op: "build", message: "stateFrom is not a compiled model" });
    return valuesFrom(source, traced.state).then(async (values) => {
      const built = { ...traced, state: traced.state.map((variable, i) => ({ ...variable, initial: values[i]! })) };
      if (options.target === "wgsl") return (await import("./webgpu/build-bundle.ts")).buildBundle(built);
      return (await import("./build-artifact.ts")).buildTraced(built, options);
    });
  })));
}
