// What users hold of a model on WebGPU beside its functions, as types.

// As in model.ts.
/// <reference lib="esnext.disposable" preserve="true" />

import type { StateFormat } from "../state-files.ts";
import type { DType, Feed, List, Shape, Value } from "../types/index.ts";

/** A variable's value in a model on WebGPU. */
export interface GpuState<out D extends DType = DType, out S extends List = Shape> {
  /** A copy of the value after the calls that were made before. */
  get(): Promise<Value<D, S>>;
  /** Replaces the value, for calls that are made from now on. E506 unless it has the variable's dtype and shape. */
  set(value: Feed<DType, Shape>): void;
}

/** What every model on WebGPU has beside its functions. */
export interface GpuModelMembers {
  readonly state: { readonly [name: string]: GpuState };
  /** Vendor and name of what it runs on. */
  readonly adapter: string;
  /** As of other models. */
  save(path: string): Promise<void>;
  load(path: string): Promise<void>;
  saveBytes(format?: StateFormat): Promise<Uint8Array<ArrayBuffer>>;
  loadBytes(bytes: Uint8Array): Promise<void>;
  /** After the device was lost (E509): goes on with a new one, with the variables' values as they were last saved or loaded. E509 if they never were,
   *  and have changed since. */
  recover(): Promise<void>;
  /** Destroys every buffer, those of results on the device, too; the model cannot be used afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}
