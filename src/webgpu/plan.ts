// From traced functions to the plan that a model is on WebGPU. No device is needed for it.

import { emitPlan } from "../../codegen/wgsl/module/emit-plan.ts";
import type { GpuPlan } from "../../codegen/wgsl/module/plan.ts";
import { describeWebgpu, type WebgpuLimits } from "../../codegen/wgsl/target.ts";
import { nodeKinds } from "../../passes/node-kinds.ts";
import { loadKernelParts } from "../../passes/kernel-parts.ts";
import { planModule, scheduleModule } from "../../passes/pipeline.ts";
import { loadRareParts } from "../../passes/rare-parts.ts";
import type { TracedModel } from "../trace.ts";

/** For devices that have these limits or more; `fastMath`: with the adapter's own functions. E101 for what the target does not have. */
export async function planFor({ functions, state }: TracedModel, limits: WebgpuLimits, fastMath: boolean): Promise<GpuPlan> {
  const target = describeWebgpu(limits);
  const scheduled = scheduleModule(functions, target, await loadRareParts(nodeKinds(functions.map(({ graph }) => graph)), target));
  const parts = fastMath ? { math: (await import("../../codegen/wgsl/kernel/fast-math.ts")).fastMath } : await loadKernelParts(scheduled, target);
  const { module, plans } = planModule(scheduled, state, target, parts);
  return emitPlan(module, plans, limits);
}
