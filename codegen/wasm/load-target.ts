// The target by need: how much room convolutions take is fetched when a graph has some.

import type { TargetDescription } from "../../ir/target.ts";
import type { CodeVariant } from "./code-variant.ts";
import { describeTarget } from "./target.ts";

/** As `wasmTargetFor`, for graphs whose nodes are lowered in the ways of `kinds`. */
export async function loadTarget(code: CodeVariant, kinds: ReadonlySet<string>): Promise<TargetDescription> {
  return describeTarget(code, kinds.has("convolution") ? (await import("./conv/workspace.ts")).convolutionWorkspaceBytes : undefined);
}
