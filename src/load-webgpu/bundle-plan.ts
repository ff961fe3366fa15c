// What a bundle's metadata hold: a plan (codegen/wgsl/module/plan.ts) of which a loader has little left to do. Storage is one table of buffers for each function, commands are short lists.
// docs/webgpu.md describes it for other hosts.

import type { FunctionSignature, TensorSignature } from "../load-feeds.ts";

/** A number, or an expression over the function's sizes as text. */
export type PlanSize = number | string;

export interface BundlePlan {
  readonly functions: readonly BundleFunction[];
  readonly state: readonly TensorSignature[];
  /** How many tensors constant.0, constant.1, ... there are; they hold what lies on the device. */
  readonly constants: number;
  /** Of the control buffer. */
  readonly controlBytes: number;
  /** Error number -> text, which begins with the code; {0} and {1} stand for details. */
  readonly messages: { readonly [number: string]: string };
  /** What a device must have been asked for. */
  readonly features: readonly GPUFeatureName[];
  /** Bytes between the words of one dispatch and of the next: a multiple of 256. */
  readonly stride: number;
  /** The first one carries out gates: gateShader of gate-shader.ts, whose workgroup is one. */
  readonly shaders: readonly BundleShader[];
}

/** Source, storage buffers, and along x, y and z what `WorkgroupCount` of codegen/wgsl/shader.ts says: times, words, per, most. */
export type BundleShader = readonly [code: string, buffers: number, counts: readonly (readonly [times: number, words: readonly number[], per: number, most?: number])[]];

/**
 * Its table of buffers is: variables, constants, the control buffer, the words of
 * dispatches, the counts of those that are gated, their indirect arguments, inputs, outputs, rooms. Numbers beyond it
 * stand for what loops carry. Buffers have whole vectors of 16 bytes, and one at least; those of inputs and outputs 4 bytes for each element.
 */
export interface BundleFunction extends FunctionSignature {
  readonly doc?: string;
  /** Bytes of each. */
  readonly rooms: readonly PlanSize[];
  /** Sizes that must be equal, or, where there is no second one, from 0 to 2^31 - 1; else the error. */
  readonly checks: readonly (readonly [left: PlanSize, right: PlanSize | null, error: number])[];
  readonly commands: readonly BundleCommand[];
}

/** A size, or times * the step of the loop so many levels out. */
export type BundleWord = PlanSize | readonly [step: number, times: PlanSize];

/** A dispatch; a gate, which asks control words; or a loop. What they mean is said in codegen/wgsl/module/plan.ts. */
export type BundleCommand =
  | readonly [shader: number, buffers: readonly number[], words: readonly BundleWord[], gate?: number]
  | readonly [gates: readonly number[]]
  | BundleLoop;

export interface BundleLoop {
  readonly body: readonly BundleCommand[];
  /** Absent: `until` alone ends it. */
  readonly count?: PlanSize;
  readonly until?: number;
  readonly reverse?: boolean;
  readonly carried: readonly (readonly [current: number, init: number, next: number, rooms: readonly number[]])[];
}
