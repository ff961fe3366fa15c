// Programs written by hand for the tests of module assembly, and a caller of modules through their exports alone.

import { emitModule, type EmitOptions, wasmTarget } from "../../codegen/wasm/index.ts";
import { type TypedArray, arrayViews } from "../../ir/data.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import type { BaseOp } from "../../ir/kernel/scalar.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { Program, ProgramModule } from "../../ir/program/program.ts";
import type { Signature } from "../../ir/program/signature.ts";
import { planMemory } from "../../passes/plan-memory.ts";

/** y[i] = op(x[i], z[i]) over one size. */
export function binaryKernel(op: BaseOp): Kernel {
  const b = new KernelBuilder(`elementwise_${op}`);
  const [x, z, y] = [b.buffer("f32", "read"), b.buffer("f32", "read"), b.buffer("f32", "write")];
  b.loop(b.sizeParameter(), { order: "parallel", lanes: 8 }, (i) => {
    b.store(y, i, b.op(op, b.load(x, i), b.load(z, i)));
    return [];
  });
  return b.finish();
}

/** y = max(y + bias, 0) on the rows from the first size to the second, of `columns` columns. */
export function biasReluRows(columns: number): Kernel {
  const b = new KernelBuilder("bias_relu");
  const [bias, y] = [b.buffer("f32", "read"), b.buffer("f32", "readwrite")];
  const [begin, end] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(b.sub(end, begin), { order: "parallel" }, (i) => {
    const base = b.mul(b.add(begin, i), b.i32(columns));
    b.loop(b.i32(columns), { order: "parallel", lanes: 8 }, (column) => {
      const at = b.add(base, column);
      b.store(y, at, b.max(b.add(b.load(y, at), b.load(bias, column)), b.constant(0, "f32")));
      return [];
    });
    return [];
  });
  return b.finish();
}

export interface Module {
  readonly exports: { readonly [name: string]: (...args: number[]) => number };
  readonly memory: WebAssembly.Memory;
  readonly signature: Signature;
  readonly bytes: Uint8Array;
  write(address: number, data: TypedArray): void;
  floats(address: number, length: number): number[];
}

export function plansOf(module: ProgramModule): MemoryPlan[] {
  return module.programs.map((program) => planMemory(program, wasmTarget));
}

export function instantiate(programs: ProgramModule, options: EmitOptions = {}): Module {
  const bytes = emitModule(programs, plansOf(programs), { names: true, ...options });
  const module = new WebAssembly.Module(bytes);
  const exports = new WebAssembly.Instance(module).exports as unknown as Module["exports"];
  const memory = exports["memory"] as unknown as WebAssembly.Memory;
  const section = WebAssembly.Module.customSections(module, "damo")[0]!;
  return {
    exports, memory, bytes,
    signature: JSON.parse(new TextDecoder().decode(section)) as Signature,
    write: (address, data) => {
      new Uint8Array(memory.buffer, address >>> 0, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
    floats: (address, length) => [...new arrayViews.f32(memory.buffer, address >>> 0, length)],
  };
}

export function moduleOf(programs: readonly Program[], rest: Partial<ProgramModule> = {}): ProgramModule {
  return { programs, state: [], messages: [], ...rest };
}
