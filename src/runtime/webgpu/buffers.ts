// The buffers of one model on a device: made within the device's limits, counted, destroyed together.

import { userError } from "../../../ir/errors.ts";

export class Buffers {
  readonly device: GPUDevice;
  readonly #alive = new Set<GPUBuffer>();
  /** What `make` made inside of `within`. */
  #made: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get count(): number {
    return this.#alive.size;
  }

  has(buffer: GPUBuffer): boolean {
    return this.#alive.has(buffer);
  }

  /** Zeros, at least so many bytes, filled up to a whole vector. E602 if the device has no buffers of this size. */
  make(label: string, bytes: number, usage: number): GPUBuffer {
    const size = paddedBytes(bytes);
    const { maxBufferSize } = this.device.limits;
    if (size > maxBufferSize) throw tooLarge(label, size, maxBufferSize);
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#alive.add(buffer);
    this.#made.push(buffer);
    return buffer;
  }

  /** Work that was submitted still has it. */
  destroy(buffer: GPUBuffer): void {
    this.#alive.delete(buffer);
    buffer.destroy();
  }

  dispose(): void {
    for (const buffer of this.#alive) buffer.destroy();
    this.#alive.clear();
  }

  /** Runs `make` at once. E602 if what it asked for cannot be had; then all that it made is destroyed. */
  async within<T>(make: () => T): Promise<T> {
    const own: GPUBuffer[] = this.#made = [];
    this.device.pushErrorScope("out-of-memory");
    let made: T;
    try {
      made = make();
    } catch (error) {
      void this.device.popErrorScope();
      this.#destroyAll(own);
      throw error;
    }
    this.#made = [];
    const fault = await this.device.popErrorScope();
    if (fault === null) return made;
    this.#destroyAll(own);
    throw userError("E602", { message: `the device has no memory left: ${fault.message}`, hint: "call with smaller sizes, or dispose of other models and tensors" });
  }

  #destroyAll(buffers: readonly GPUBuffer[]): void {
    for (const buffer of buffers) this.destroy(buffer);
  }
}

/** Of buffers and bindings: whole vectors of 16 bytes, and never none. */
export function paddedBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

export function tooLarge(what: string, bytes: number, most: number): Error {
  return userError("E602", { message: `${what} takes ${bytes} bytes, and a buffer of this device has at most ${most}`, hint: "call with smaller sizes" });
}
