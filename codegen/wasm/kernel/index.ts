// Kernels as WebAssembly functions: one i32 address for each buffer, then one i32 for each size, no result.

import { type Kernel as AnyKernel, type ValueId, kernelKey } from "../../../ir/kernel/kernel.ts";
import type { FunctionBuilder, ModuleBuilder, ValueType } from "../encode/index.ts";
import { type Chunked, chunkKernel } from "./chunk.ts";
import { Demand } from "./demand.ts";
import { EmitterState } from "./emitter-state.ts";
import { emitBody } from "./emitter.ts";
import type { KernelCache } from "./kernel-cache.ts";
import { declarePartialStore } from "./partial-store.ts";
import type { Kernel } from "./wasm-kernel.ts";

export type { KernelCache } from "./kernel-cache.ts";

/**
 * The index of the kernel's function; equal kernels share one. The kernel holds base operations only. A long one is split into calls,
 * unless it is a `part`: one that is itself called for a block of rows at a time.
 */
export function declareKernel(module: ModuleBuilder, given: AnyKernel, cache: KernelCache, part = false): number {
  const kernel = given as Kernel;
  const key = part ? `part ${kernelKey(kernel)}` : kernelKey(kernel);
  let index = cache.get(key);
  if (index === undefined) {
    const chunked = part ? undefined : chunkKernel(kernel);
    index = chunked === undefined ? defineWhole(module, kernel, cache) : defineChunked(module, kernel, chunked, cache);
    cache.set(key, index);
  }
  return index;
}

function paramsOf(kernel: Kernel): ValueType[] {
  return new Array<ValueType>(kernel.buffers.length + kernel.sizes).fill("i32");
}

function defineWhole(module: ModuleBuilder, kernel: Kernel, cache: KernelCache): number {
  const index = module.declareFunction(kernel.name, { params: paramsOf(kernel), results: [] });
  module.defineFunction(index, (f) => emitKernel(module, f, kernel, undefined, cache));
  return index;
}

/** A function for one block that tells whether there are more, and one that calls it for all. */
function defineChunked(module: ModuleBuilder, kernel: Kernel, chunked: Chunked, cache: KernelCache): number {
  const block = module.declareFunction(`${kernel.name}_block`, { params: paramsOf(chunked.kernel), results: ["i32"] });
  module.defineFunction(block, (f) => {
    emitKernel(module, f, chunked.kernel, chunked.left, cache);
    f.i32(chunked.block).op("i32.gt_s");
  });
  const index = module.declareFunction(kernel.name, { params: paramsOf(kernel), results: [] });
  module.defineFunction(index, (f, ...params) => {
    const begin = f.local("i32");
    f.loop((next) => {
      for (const param of params) f.get(param);
      f.get(begin).get(begin).i32(chunked.block).op("i32.add").set(begin);
      f.call(block).brIf(next);
    });
  });
  return index;
}

/** Leaves `result` on the stack. */
function emitKernel(module: ModuleBuilder, f: FunctionBuilder, kernel: Kernel, result: ValueId | undefined, cache: KernelCache): void {
  const state = new EmitterState(f, kernel, new Demand(kernel, result), (registers) => declarePartialStore(module, registers, cache));
  emitBody(state, kernel.body, undefined);
  if (result !== undefined) state.pushScalar(result);
}
