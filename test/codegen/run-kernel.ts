// Runs a kernel both ways: as emitted WebAssembly, in an instance of its own, and through the interpreter.

import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { declareKernel } from "../../codegen/wasm/kernel/index.ts";
import { type TypedArray, allocateArray, arrayViews } from "../../ir/data.ts";
import { type InterpretOptions, interpretKernel } from "../../ir/kernel/interpret.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import { verifyKernel } from "../../ir/kernel/verify.ts";
import { itemSize } from "../../ir/types.ts";

const gap = 64;
/** What lies around the buffers: as f32, f64 and integers a value that would be noticed. */
const redzone = 0xc7;

export interface Compiled {
  readonly bytes: Uint8Array;
  readonly memory: WebAssembly.Memory;
  readonly run: (...args: number[]) => void;
}

export function compileKernel(kernel: Kernel, pages = 4): Compiled {
  verifyKernel(kernel);
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: pages });
  module.exportMemory("memory");
  module.exportFunction("run", declareKernel(module, kernel, new Map()));
  const bytes = module.encode();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { bytes, memory: exports["memory"] as WebAssembly.Memory, run: exports["run"] as (...args: number[]) => void };
}

/** The buffers after the run, as copies. Throws if anything outside the buffers was written. */
export function runEmitted(kernel: Kernel, inputs: readonly TypedArray[], sizes: readonly number[]): TypedArray[] {
  let end = gap;
  const addresses = inputs.map((array) => {
    const at = end;
    end = Math.ceil((at + array.byteLength) / 64) * 64 + gap;
    return at;
  });
  const { memory, run } = compileKernel(kernel, Math.ceil(end / 65536));
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(redzone);
  inputs.forEach((array, i) => bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), addresses[i]));
  run(...addresses, ...sizes);
  const inside = new Uint8Array(bytes.length);
  inputs.forEach((array, i) => inside.fill(1, addresses[i]!, addresses[i]! + array.byteLength));
  const spilt = bytes.findIndex((byte, at) => inside[at] === 0 && byte !== redzone);
  if (spilt >= 0) throw new Error(`byte ${spilt} outside the buffers was written`);
  return inputs.map((array, i) => {
    const dtype = kernel.buffers[i]!.dtype;
    const at = addresses[i]!;
    return new arrayViews[dtype](memory.buffer.slice(at, at + array.byteLength), 0, array.byteLength / itemSize[dtype]);
  });
}

export function runInterpreted(
  kernel: Kernel, inputs: readonly TypedArray[], sizes: readonly number[], options: InterpretOptions = { races: true },
): TypedArray[] {
  const buffers = inputs.map((array, i) => {
    const copy = allocateArray(kernel.buffers[i]!.dtype, array.length);
    (copy as { set(from: TypedArray): void }).set(array);
    return copy;
  });
  interpretKernel(kernel, buffers.map((data) => ({ data })), sizes, options);
  return buffers;
}

/** Bytes, with every NaN made the same one. */
export function canonicalBytes(array: TypedArray): Uint8Array {
  const copy = array.slice();
  if (copy instanceof Float32Array || copy instanceof Float64Array) {
    copy.forEach((value, i) => {
      if (Number.isNaN(value)) copy[i] = Number.NaN;
    });
  }
  return new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength);
}
