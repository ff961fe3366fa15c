// What a bundle's metadata hold: a plan (codegen/wgsl/module/plan.ts) of which a loader has little left to do. Lists in a fixed order, since the loader is counted in bytes:
// every number that depends on the sizes is a place in a list of values that a short program fills, storage is one table of buffers for each function, descriptors are ready for WebGPU.
// docs/webgpu.md describes it for other hosts.

import type { FunctionSignature, TensorSignature } from "../load-feeds.ts";

export type BundlePlan = readonly [
  signature: BundleSignature,
  /** In the order of the signature's. */
  functions: readonly BundleFunction[],
  /** The first one carries out gates: gateShader of gate-shader.ts. */
  shaders: readonly (readonly [code: string, layout: number])[],
  /** Of bind groups: storage buffers, then a uniform with a dynamic offset. */
  layouts: readonly (readonly GPUBindGroupLayoutEntry[])[],
  /** The tensors that every table begins with, as they lie on the device: state.NAME, constant.N, and last the control buffer. */
  stored: readonly string[],
  /** Number -> text, which begins with the error's code. Those of messages.ts, and of the model. */
  messages: { readonly [number: number]: string },
  /** Bytes between the words of one dispatch and of the next: a multiple of 256. */
  stride: number,
  adapter: GPURequestAdapterOptions,
  /** What a device must have been asked for: shader-f16, or nothing. */
  features: readonly GPUFeatureName[],
  /** Those that a device is asked for as the adapter has them. The first one holds for what is bound. */
  limits: readonly { readonly name: "maxStorageBufferBindingSize" | "maxBufferSize" }[],
];

export interface BundleSignature {
  readonly functions: readonly (FunctionSignature & { readonly doc?: string })[];
  readonly state: readonly TensorSignature[];
}

/** Where a value stands in the list. */
export type Place = number;

/**
 * The value of a place. Operation 0: a itself. With the values of the places a and b: 1 their sum, 2 their product, 3 floor(a / b), 4 the larger one; 5: a, if they are equal, else the error, of
 * which they are the details.
 */
export type SizeEntry = readonly [operation: number, a: number, b?: Place, error?: number];

/**
 * Its table of buffers is: what is stored, the words of dispatches, the entries of gates, inputs, outputs, rooms. Buffers have whole vectors of
 * 16 bytes, and one at least; those of inputs and outputs 4 bytes for each element.
 */
export type BundleFunction = readonly [
  /** What a call may be given. */
  names: readonly string[],
  /** Where each size is read: an axis of an input. None: it is passed by its name. */
  sources: readonly (readonly [input: number, axis: number] | readonly [])[],
  /** The first value is the device's limit on what is bound, the next ones are the sizes. */
  program: readonly SizeEntry[],
  /** Of the inputs, then of the outputs. */
  shapes: readonly (readonly Place[])[],
  /** Bytes of each buffer of the table after what is stored. */
  bytes: readonly Place[],
  commands: readonly BundleCommand[],
];

/** A dispatch, or, if it has a body, a loop. What they mean is said in codegen/wgsl/module/plan.ts. */
export type BundleCommand = readonly [
  shader: number,
  /** What is bound, the words of dispatches included; or what a loop carries. Values that are numbers of the table. */
  buffers: readonly Place[],
  /** Of the shader; or those of which the carried ones take the place before the first step. */
  words: readonly Place[],
  /** Workgroups along x, y and z, and a control word, of which ~word stands there, or 1: the dispatch is carried out only if the word was not 0 at its last gate. Or those of which the carried ones take the place after each step. */
  counts: readonly Place[],
  body?: readonly BundleCommand[],
  /** Steps of the loop; infinite, if `until` alone ends it. */
  total?: Place,
  /** Where the step stands; the values from there to the end depend on it. */
  step?: Place, end?: Place,
  /** What takes, in a step, the place of the others by turns. */
  rooms?: readonly (readonly [next: Place, ...rooms: Place[]])[],
  /** The control word that is 0 when the remaining steps have nothing to do, and gates to carry out anew after the host has read it. */
  until?: number, gates?: readonly BundleCommand[],
];
