// What loading a bundle gives.

import type { DType, Feed, FunctionSignature, TensorSignature, Value } from "../load-feeds.ts";

export interface Signature {
  readonly functions: readonly FunctionSignature[];
  readonly state: readonly TensorSignature[];
}

/** A result that stays on the device: feed it to a function of a model on the same device, or read it. */
export interface DeviceValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
  /** The error of the call that made it, if that failed. */
  read(): Promise<Value>;
  destroy(): void;
}

export interface DeviceFeeds { readonly [name: string]: Feed | Pick<DeviceValue, "dtype" | "shape" | "buffer"> }

export interface LoadedFunction {
  /** One value per input, and per size that no input has. */
  (inputs?: DeviceFeeds): Promise<{ readonly [name: string]: Value }>;
  /** Queues the call: resolved before it is done. */
  gpu(inputs?: DeviceFeeds): Promise<{ readonly [name: string]: DeviceValue }>;
}

export interface LoadedModel {
  readonly signature: Signature;
  readonly functions: { readonly [name: string]: LoadedFunction };
  readonly state: { readonly [name: string]: { get(): Promise<Value>; set(value: Feed): void } };
  /** Vendor and name of what it runs on. */
  readonly adapter: string;
  /** Destroys every buffer, those of results on the device, too. */
  dispose(): void;
}

export interface LoadOptions {
  /** A device of your own, which the model leaves alive. */
  readonly device?: GPUDevice;
}
