// WebGPU as the passes see it. Its kernels are nests of loops for many invocations, so nothing is cut into blocks.

import type { TargetDescription } from "../../ir/target.ts";
import { itemSize } from "../../ir/types.ts";
import type { DeviceKind } from "./product/tiles.ts";
import { deviceItemSize, slotAlignment, slotPadding } from "./module/plan.ts";

/** For the limits of a device: the shaders and plans are for it and for those that have no less. */
export function describeWebgpu(limits: WebgpuLimits): TargetDescription {
  const none = { constant: 0, perM: 0, perN: 0, perK: 0 };
  return {
    name: "webgpu",
    dtypes: [...(limits.halves ? ["f16"] as const : []), "f32", "i32", "u32", "bool"],
    // Linked code and the log are the processor's.
    lacks: ({ name, lower }) => (lower.kind === "routine" && lower.build === undefined) || name === "print",
    itemSize: { ...itemSize, bool: deviceItemSize("bool") },
    inBlocks: false,
    lanes: 1,
    lightLanes: 1,
    reductionBlock: undefined,
    // A dispatch of its own for less than this costs more than a plain loop, which fuses.
    smallContraction: 4096,
    slotAlignment,
    slotPadding,
    kernelBuffers: limits.storageBuffers,
    // For threads of a processor, of which there is one here.
    cost: { laneOperation: 1, scalarOperation: 1, access: 1, product: 1, worthSharing: Number.POSITIVE_INFINITY },
    contractionWorkspace: () => none,
    convolutionWorkspace: () => 0,
  };
}

/** Of a device. */
export interface WebgpuLimits {
  /** maxStorageBuffersPerShaderStage */
  readonly storageBuffers: number;
  /** Whether it has the feature shader-f16. */
  readonly halves: boolean;
  /** So many neighbours of a workgroup are neighbours in a subgroup; 1: the feature is not there. */
  readonly subgroup: number;
  /** What shaders are made for; they run on either. */
  readonly kind: DeviceKind;
}

/** What every device has, for a GPU. */
export const leastLimits: WebgpuLimits = { storageBuffers: 8, halves: false, subgroup: 1, kind: "gpu" };
