// Results that stay on a device. What a model holds of them are their buffers alone, so that a tensor that is forgotten frees its memory.

import { type TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import type { DType } from "../../ir/types.ts";
import type { HostValue } from "../value.ts";

/** The model whose call made a tensor. */
export interface TensorOwner {
  readonly device: GPUDevice;
  readResult(tensor: DeviceTensor): Promise<HostValue>;
  destroyResult(buffer: GPUBuffer): void;
}

/** When no one holds the tensor any more, what is held here does not keep it alive. */
const forgotten = new FinalizationRegistry<() => void>((destroy) => destroy());

export class DeviceTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
  readonly device: GPUDevice;
  /** The number of the call that made it. */
  readonly call: number;
  readonly #owner: TensorOwner;
  #destroyed = false;

  constructor(owner: TensorOwner, dtype: DType, shape: readonly number[], buffer: GPUBuffer, call: number) {
    this.dtype = dtype;
    this.shape = shape;
    this.buffer = buffer;
    this.call = call;
    this.device = owner.device;
    this.#owner = owner;
    forgotten.register(this, () => owner.destroyResult(buffer), this);
  }

  /** E510 if it was destroyed, or its model has recovered from the loss of its device. */
  check(op: string, what: string): void {
    if (this.#destroyed) throw userError("E510", { op, message: `${what} was destroyed` });
    if (this.device !== this.#owner.device) throw userError("E510", { op, message: `${what} was on a device that was lost`, hint: "compute it again" });
  }

  read(): Promise<HostValue> {
    return this.#owner.readResult(this);
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    forgotten.unregister(this);
    this.#owner.destroyResult(this.buffer);
  }
}

/** What is fed from the device. */
export interface DeviceFeed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
}

export function isDeviceFeed(value: unknown): value is DeviceFeed {
  return typeof value === "object" && value !== null && "buffer" in value && "shape" in value && !ArrayBuffer.isView(value);
}

export function isOnHost(value: TensorData | DeviceFeed): value is TensorData {
  return "data" in value;
}
