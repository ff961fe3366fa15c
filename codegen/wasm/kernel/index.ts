// Kernels as WebAssembly functions: one i32 address for each buffer, then one i32 for each size, no result.

import { type Kernel, kernelKey } from "../../../ir/kernel/kernel.ts";
import { FunctionBuilder, type ModuleBuilder, type ValueType } from "../encode/index.ts";
import { Demand } from "./demand.ts";
import { type ConstantPool, EmitterState } from "./emitter-state.ts";
import { emitBody } from "./emitter.ts";

/** Functions of the kernels that a module already holds, by kernelKey. */
export type KernelCache = Map<string, number>;

/** The index of the kernel's function; equal kernels share one. The kernel holds base operations only. */
export function declareKernel(module: ModuleBuilder, kernel: Kernel, cache: KernelCache): number {
  const key = kernelKey(kernel);
  let index = cache.get(key);
  if (index === undefined) {
    const params = new Array<ValueType>(kernel.buffers.length + kernel.sizes).fill("i32");
    index = module.declareFunction(kernel.name, { params, results: [] });
    cache.set(key, index);
    module.defineFunction(index, (f) => emitKernel(f, kernel));
  }
  return index;
}

/** Written twice: the first time shows which vector constants to set up before all loops. */
function emitKernel(f: FunctionBuilder, kernel: Kernel): void {
  const demand = new Demand(kernel);
  const write = (builder: FunctionBuilder, pool: ConstantPool): ConstantPool => {
    const state = new EmitterState(builder, kernel, demand, pool);
    emitBody(state, kernel.body, undefined);
    return state.wanted;
  };
  write(f, write(new FunctionBuilder(f.signature), new Map()));
}
