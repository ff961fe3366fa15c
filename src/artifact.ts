// Functions as a standalone artifact: `build`. What makes it loads when it is called.

import { userError } from "../ir/errors.ts";
import type { Artifact, BuildOptions } from "./build-artifact.ts";
import { readDefinitions } from "./compile.ts";
import { located } from "./location.ts";
import { modelOf, valuesFrom } from "./model.ts";
import { traceModel } from "./trace.ts";
import type { AnyFn } from "./types/index.ts";

/** Builds one function or several that share state. E401, E404 and E410 as `compile`. */
export function build(functions: AnyFn | { readonly [name: string]: AnyFn }, options: BuildOptions = {}): Promise<Artifact> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => {
    const traced = traceModel(readDefinitions(functions));
    const source = options.stateFrom === undefined ? undefined : modelOf(options.stateFrom);
    if (options.stateFrom !== undefined && source === undefined) throw userError("E410", { op: "build", message: "stateFrom is not a compiled model" });
    return import("./build-artifact.ts").then(async ({ buildTraced }) => {
      const values = await valuesFrom(source, traced.state);
      return buildTraced({ ...traced, state: traced.state.map((variable, i) => ({ ...variable, initial: values[i]! })) }, options);
    });
  })));
}
