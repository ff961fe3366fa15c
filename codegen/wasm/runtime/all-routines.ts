// As `loadRoutines`, with all families at hand, for tests and the command. Nothing that a page loads may import this file.

import type { Call } from "../../../ir/program/program.ts";
import type { CodeVariant } from "../code-variant.ts";
import type { ModuleBuilder } from "../encode/index.ts";
import { decodeObjects } from "./decode-object.ts";
import { RoutineEmitter } from "./emit-call.ts";
import { object as fft } from "./objects/fft.ts";
import { object as linalg } from "./objects/linalg.ts";
import { object as sorting } from "./objects/sorting.ts";
import { object as sparse } from "./objects/sparse.ts";

/** The object of every family, as `families` has them. */
export const familyObjects: ReadonlyMap<string, string> = new Map([["fft", fft], ["linalg", linalg], ["sorting", sorting], ["sparse", sparse]]);

export function routinesOf(calls: readonly Call[]): (module: ModuleBuilder, code: CodeVariant) => RoutineEmitter {
  const objects = decodeObjects(calls, familyObjects);
  return (module, code) => new RoutineEmitter(module, code, objects);
}
