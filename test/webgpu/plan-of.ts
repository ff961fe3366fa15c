// Functions and graphs as plans for WebGPU, each shader validated once.

import { emitPlan } from "../../codegen/wgsl/module/emit-plan.ts";
import type { GpuPlan } from "../../codegen/wgsl/module/plan.ts";
import { describeWebgpu, leastLimits, type WebgpuLimits } from "../../codegen/wgsl/target.ts";
import type { StateVariable } from "../../ir/program/program.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import type { GraphOptions } from "../../passes/pipeline.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";
import { isMissing } from "./adapter.ts";
import { findShaderFaults, findValidatingDevice } from "./validate-shader.ts";
import { findPlanFaults } from "./verify-plan.ts";

export interface PlanOptions extends Pick<GraphOptions, "passes"> {
  readonly limits?: WebgpuLimits;
}

export function planOf(functions: readonly TracedFunction[], state: readonly StateVariable[], { limits = leastLimits, ...options }: PlanOptions = {}): GpuPlan {
  const { module, plans } = lowerModule(functions, state, describeWebgpu(limits), options);
  return emitPlan(module, plans, limits);
}

/** Of what is given to `compile`. */
export function planOfDefinitions(definitions: unknown, options: PlanOptions = {}): GpuPlan {
  const { functions, state } = traceModel(readDefinitions(definitions));
  return planOf(functions, state, options);
}

const validated = new Map<string, Promise<string[]>>();

/** What is wrong with a plan or with one of its shaders. */
export async function findFaults(plan: GpuPlan): Promise<string[]> {
  const device = await findValidatingDevice();
  const faults = findPlanFaults(plan);
  if (isMissing(device)) return faults;
  for (const shader of plan.shaders) {
    let known = validated.get(shader.code);
    if (known === undefined) validated.set(shader.code, (known = findShaderFaults(device, shader)));
    faults.push(...await known);
  }
  return faults;
}
