// The target for any graph, for tests and the command. Nothing that a page loads may import this file.

import type { TargetDescription } from "../../ir/target.ts";
import { type CodeVariant, strict } from "./code-variant.ts";
import { convolutionWorkspaceBytes } from "./conv/workspace.ts";
import { describeTarget } from "./target.ts";

export const wasmTarget = wasmTargetFor(strict);

/** For code of this variant, which `emitModule` must be given, too. */
export function wasmTargetFor(code: CodeVariant): TargetDescription {
  return describeTarget(code, convolutionWorkspaceBytes);
}
