// The pipeline with all parts at hand, for tests and the command. Nothing that a page loads may import this file.

import { singleMath } from "../ir/kernel/math/single-table.ts";
import type { TracedFunction } from "../ir/program/traced.ts";
import type { StateVariable } from "../ir/program/program.ts";
import type { TargetDescription } from "../ir/target.ts";
import { allKernelParts, allParts } from "./all-parts.ts";
import { control } from "./control/index.ts";
import { type Lowered, type LowerOptions, planModule, scheduleModule, tensorPasses } from "./pipeline.ts";
import type { RareParts } from "./rare-parts.ts";

export const allTensorPasses = tensorPasses(control);

/** Compiles the functions of a model, which share state, to programs with memory plans. */
export function lowerModule(functions: readonly TracedFunction[], state: readonly StateVariable[], target: TargetDescription, options: Omit<LowerOptions, keyof RareParts> = {}): Lowered {
  return planModule(scheduleModule(functions, target, { ...options, ...allParts(target) }), state, target, { ...allKernelParts, ...(target.dtypes.includes("f64") ? {} : { math: singleMath }) });
}
