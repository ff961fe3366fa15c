// Loads what refuses graphs when one has something that WebAssembly lacks.

import type { TargetDescription } from "../../ir/target.ts";
import type { TargetFit } from "./index.ts";

/** Undefined if the dtypes of the nodes, among `kinds`, are all the target's. */
export async function loadFit(kinds: ReadonlySet<string>, target: TargetDescription): Promise<TargetFit | undefined> {
  return kinds.has("f16") ? (await import("./index.ts")).fitTo(target) : undefined;
}
