// The bytes of a bundle: a model for WebGPU as one .safetensors file. Its metadata holds the plan, its tensors are the state and the plan's constants; docs/webgpu.md
// describes it, `damo/load-webgpu` runs it.

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
  const plan = await planFor(traced, { ...leastLimits, halves: true }, false);
  const tensors = new Map<string, TensorData>([
    ...traced.state.map(({ name, initial }) => [`state.${name}`, initial] as const),
    // As they lie on a device.
    ...plan.constants.map(({ dtype, shape, data }, i) => [`constant.${i}`, (dtype === "bool" ? { dtype: "u32", shape, data: Uint32Array.from(data as Uint8Array) } : { dtype, shape, data }) as TensorData] as const),
  ]);
  return {
    bundle: formatSafetensors(tensors, { damo: JSON.stringify(flattenPlan(plan)), format: String(bundleFormat) }),
    signature: { functions: plan.functions.map(({ name, doc, sizes, inputs, outputs }) => ({ name, ...(doc === undefined ? {} : { doc }), sizes, inputs, outputs })), state: plan.state, weights: "embedded" },
  };
}
