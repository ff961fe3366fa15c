// The bytes of a bundle: a model for WebGPU as one .safetensors file. Its metadata holds the plan, its tensors are the state and the plan's constants; docs/webgpu.md
// describes it, `damo/load-webgpu` runs it.

import { controlWords, type GpuPlan } from "../../codegen/wgsl/module/plan.ts";
import { leastLimits } from "../../codegen/wgsl/target.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Signature } from "../../ir/program/signature.ts";
import { flattenPlan } from "./flatten-plan.ts";
import { formatSafetensors } from "../formats/safetensors.ts";
import { planFor } from "./plan.ts";
import type { TracedModel } from "../trace.ts";

export interface Bundle {
  readonly bundle: Uint8Array<ArrayBuffer>;
  /** Of its functions and its state. */
  readonly signature: Pick<Signature, "functions" | "state" | "weights">;
}

/** Of the bundle's layout. Readers refuse a larger one. */
const bundleFormat = 1;

/** For every device: nothing that the least of them lacks is relied on, but for halves, if the model has some. */
export async function buildBundle(traced: TracedModel): Promise<Bundle> {
  return bundlePlan(await planFor(traced, { ...leastLimits, halves: true }, false), traced.state);
}

export function bundlePlan(plan: GpuPlan, state: TracedModel["state"]): Bundle {
  const control = Int32Array.from({ length: plan.controlWords }, (_, word) => Number(word === controlWords.running));
  const tensors = new Map<string, TensorData>([
    ...state.map(({ name, initial }) => [`state.${name}`, asOnDevice(initial)] as const),
    ...plan.constants.map((constant, i) => [`constant.${i}`, asOnDevice(constant)] as const),
    // As bytes: tensors of the narrowest elements come last, and readers may go beyond an odd number of halves.
    ["control", { dtype: "u8", shape: [control.byteLength], data: new Uint8Array(control.buffer) }],
  ]);
  const flat = flattenPlan(plan, [...tensors.keys()]);
  return {
    bundle: formatSafetensors(tensors, { damo: JSON.stringify(flat), format: String(bundleFormat) }),
    signature: { ...flat[0], weights: "embedded" },
  };
}

function asOnDevice(tensor: TensorData): TensorData {
  return tensor.dtype === "bool" ? { dtype: "u32", shape: tensor.shape, data: Uint32Array.from(tensor.data as Uint8Array) } : tensor;
}
