// Objects as they are stored: those that ship with Damo as base64 in a module, a user's as bytes.

import type { Call } from "../../../ir/program/program.ts";
import type { RoutineObjects } from "./emit-call.ts";
import { readObject } from "./read-object.ts";

/** The objects of these calls; `texts` has those of families. */
export function decodeObjects(calls: readonly Call[], texts: ReadonlyMap<string, string>): RoutineObjects {
  return new Map(calls.map(({ routine: { object }, symbol }) =>
    [object, typeof object === "string" ? readObject(fromBase64(texts.get(object) ?? ""), object) : readObject(object, symbol)]));
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
