// Functions as a standalone artifact: `build`. What makes it loads when it is called.

import { userError } from "../ir/errors.ts";
import type { Artifact, BuildOptions } from "./build-artifact.ts";
import { readDefinitions } from "./compile.ts";
import { located } from "./location.ts";
import { type ModelMembers, modelOf } from "./model.ts";
import { type TracedModel, traceModel } from "./trace.ts";
import type { AnyFn } from "./types/index.ts";

/** Builds one function or several that share state. E401, E404 and E410 as `compile`. */
export function build(functions: AnyFn | { readonly [name: string]: AnyFn }, options: BuildOptions = {}): Promise<Artifact> {
  // Mistakes reject the promise, and name the line of the call.
  return new Promise((resolve) => resolve(located(() => {
    const traced = withState(traceModel(readDefinitions(functions)), options.stateFrom);
    return import("./build-artifact.ts").then(({ buildTraced }) => buildTraced(traced, options));
  })));
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
