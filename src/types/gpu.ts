// Models on WebGPU: tensors that stay on the device, and callables that give promises.

import type { DType } from "./dtype.ts";
import type { AnyFn, DefaultedKeys, PassedSize, Results } from "./function.ts";
import type { AnyTensor, List, Shape } from "./shape.ts";
import type { Feed, Value } from "./value.ts";

// WebGPU's own types where the user's project has them (newer DOM libraries, or @webgpu/types).
export type DeviceBuffer = typeof globalThis extends { readonly GPUBuffer: { readonly prototype: infer B } } ? B : object;
export type Device = typeof globalThis extends { readonly GPUDevice: { readonly prototype: infer D } } ? D : object;

/** Elements in a buffer of the model's device, row by row, 32 bits each (a bool is a u32). The buffer can be copied from. */
export interface DeviceData<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly buffer: DeviceBuffer;
}

/** A result that stays on the device. It can be fed to any model on the same device. */
export interface GpuTensor<out D extends DType = DType, out S extends List = Shape> {
  readonly dtype: D;
  readonly shape: Value<D, S>["shape"];
  /** Lives as long as this tensor. */
  readonly buffer: DeviceBuffer;
  /** A copy of the elements on the host. Rejected with the error of the call that should have made them, if that failed. */
  read(): Promise<Value<D, S>>;
  /** Frees the buffer, once the work that is queued is done. */
  destroy(): void;
}

type GpuFeedOf<T> = T extends AnyTensor<infer D, infer S> ? Feed<D, S> | DeviceData<D> : T extends PassedSize ? number : never;

/** What a call takes: as on the host, or data on the device. */
export type GpuFeeds<I> = [DefaultedKeys<I>] extends [never] ? { readonly [K in keyof I]: GpuFeedOf<I[K]> }
  : { readonly [K in Exclude<keyof I, DefaultedKeys<I>>]: GpuFeedOf<I[K]> } & { readonly [K in DefaultedKeys<I>]?: GpuFeedOf<I[K]> };

export type GpuResults<O> = O extends AnyTensor<infer D, infer S> ? GpuTensor<D, S>
  : { readonly [K in keyof O]: O[K] extends AnyTensor<infer D, infer S> ? GpuTensor<D, S> : never };

type Taken<I> = [Exclude<keyof I, DefaultedKeys<I>>] extends [never] ? [inputs?: GpuFeeds<I>] : [inputs: GpuFeeds<I>];

/** The callable that a function definition becomes on WebGPU. */
export type GpuCompiled<F> = F extends AnyFn<infer I, infer O> ? {
  /** Runs the function and reads its outputs back. */
  (...inputs: Taken<I>): Promise<Results<O>>;
  /** Queues a run; the outputs stay on the device. Resolved when it is queued, not when it is done. */
  gpu(...inputs: Taken<I>): Promise<GpuResults<O>>;
} : never;
