// What few graphs need of the passes: it loads on demand, and is handed in.

import type { TargetDescription } from "../ir/target.ts";
import type { ControlPasses } from "./control/index.ts";
import type { TargetFit } from "./fit/index.ts";
import type { NodeKind } from "./node-kinds.ts";
import type { EffectsOf, OverlapLowering, RoutineParts } from "./schedule/program-parts.ts";

export interface RareParts {
  /** For graphs with loops, branches, gradients that are given, or paths that no derivative may take. */
  readonly control?: ControlPasses;
  /** For graphs with checks and prints. */
  readonly effectsOf?: EffectsOf;
  /** For graphs with ops that call routines. */
  readonly routines?: RoutineParts;
  /** For graphs with windows that overlap; without it they are lowered as movement. */
  readonly overlaps?: OverlapLowering;
  /** For targets that lack something. */
  readonly fit?: TargetFit;
}

/** What graphs with nodes of these kinds need. */
export async function loadRareParts(kinds: ReadonlySet<NodeKind>, target: TargetDescription): Promise<RareParts> {
  // What routines are rewritten into may be loops, and checks.
  const expandsRoutines = target.lacks !== undefined && kinds.has("routine");
  const some = (...wanted: readonly NodeKind[]): boolean => wanted.some((kind) => kinds.has(kind));
  return {
    ...(some("control", "inline", "refused") || expandsRoutines ? { control: (await import("./control/index.ts")).control } : {}),
    ...(some("effect") || expandsRoutines ? { effectsOf: (await import("./effects/index.ts")).effectsOf } : {}),
    ...(some("routine") ? { routines: (await import("./routines/index.ts")).routines } : {}),
    ...(some("windows", "convolution") ? { overlaps: await import("./windows/lower-overlap.ts") } : {}),
    ...(some("f16") || target.lacks !== undefined ? { fit: (await import("./fit/index.ts")).fitTo(target) } : {}),
  };
}
