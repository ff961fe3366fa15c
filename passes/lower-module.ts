// The pipeline with all parts at hand, for tests and the command. Nothing that a page loads may import this file.

import { singleMath } from "../ir/kernel/math/single-table.ts";
import { mathTable } from "../ir/kernel/math/table.ts";
import type { TracedFunction } from "../ir/program/traced.ts";
import type { StateVariable } from "../ir/program/program.ts";
import type { TargetDescription } from "../ir/target.ts";
import { control } from "./control/index.ts";
import { effectsOf } from "./effects/index.ts";
import { fitTo } from "./fit/index.ts";
import { lowerRoutine } from "./routines/lower-routine.ts";
import { type Lowered, type LowerOptions, planModule, scheduleModule, tensorPasses } from "./pipeline.ts";

export const allTensorPasses = tensorPasses(control);

/** Compiles the functions of a model, which share state, to programs with memory plans. */
export function lowerModule(functions: readonly TracedFunction[], state: readonly StateVariable[], target: TargetDescription, options: Omit<LowerOptions, "control" | "effectsOf" | "lowerRoutine" | "fit"> = {}): Lowered {
  return planModule(scheduleModule(functions, target, { ...options, control, effectsOf, lowerRoutine, fit: fitTo(target) }), state, target, target.dtypes.includes("f64") ? mathTable : singleMath);
}
