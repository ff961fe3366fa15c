// What emits calls of routines, with the objects that they need, fetched when a program has such calls.

import type { Call } from "../../../ir/program/program.ts";
import type { CodeVariant } from "../code-variant.ts";
import type { ModuleBuilder } from "../encode/index.ts";
import { decodeObjects } from "./decode-object.ts";
import { RoutineEmitter } from "./emit-call.ts";

/** Every family that ships with Damo: `linalg: () => import("./objects/linalg.ts")`. */
export const families: { readonly [family: string]: () => Promise<{ readonly object: string }> } = {
  linalg: () => import("./objects/linalg.ts"),
  fft: () => import("./objects/fft.ts"),
  sorting: () => import("./objects/sorting.ts"),
  sparse: () => import("./objects/sparse.ts"),
};

export async function loadRoutines(calls: readonly Call[]): Promise<(module: ModuleBuilder, code: CodeVariant) => RoutineEmitter> {
  const texts = new Map<string, string>();
  for (const { routine: { object } } of calls) {
    if (typeof object === "string" && !texts.has(object)) texts.set(object, (await families[object]!()).object);
  }
  const objects = decodeObjects(calls, texts);
  return (module, code) => new RoutineEmitter(module, code, objects);
}
