// Runs a kernel on the adapter and in the interpreter.

import { expect } from "vitest";
import { emitKernel, type KernelShaderOptions } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { allocateArray, type TypedArray } from "../../ir/data.ts";
import { interpretKernel } from "../../ir/kernel/interpret.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import { verifyKernel } from "../../ir/kernel/verify.ts";
import { runSequence } from "./run-shader.ts";

/** Of each binding, what it holds before; a number stands for as many zeros. */
export type KernelInputs = readonly (readonly number[] | number)[];

export interface RunOptions {
  readonly bindings?: readonly number[];
  /** Sizes that the emitter is told. */
  readonly known?: NonNullable<KernelShaderOptions["sizes"]>;
  /** Workgroups along an axis. */
  readonly most?: number;
  /** Neighbours of a workgroup that are neighbours in a subgroup. */
  readonly subgroup?: number;
  /** The kernel as the interpreter is to run it. */
  readonly meaning?: Kernel;
}

/** What the bindings hold after a run on the adapter, and after the interpreter's. */
export async function runBoth(device: GPUDevice, kernel: Kernel, inputs: KernelInputs, sizes: readonly number[] = [], { bindings, known = [], most, subgroup = 1, meaning = kernel }: RunOptions = {}): Promise<[TypedArray[], TypedArray[]]> {
  verifyKernel(kernel);
  const sequence = emitKernel(kernel, { storageBuffers: 8, sizes: known, subgroup, ...(bindings === undefined ? {} : { bindings }), ...(most === undefined ? {} : { mostWorkgroups: most }) });
  const values = (i: number, array: TypedArray): TypedArray => {
    const input = inputs[i]!;
    if (typeof input !== "number") input.forEach((value, at) => (array[at] = value));
    return array;
  };
  const length = (i: number): number => (typeof inputs[i] === "number" ? inputs[i] : inputs[i]!.length);
  const dtypes = sequence.shaders[0]!.buffers.slice(0, bindings === undefined ? kernel.buffers.length : Math.max(...bindings) + 1).map(({ dtype }) => dtype);
  const ofBinding = (at: number): number => bindings?.indexOf(at) ?? at;
  const bound = dtypes.map((dtype, at) => values(ofBinding(at), dtype === "bool" ? new Uint32Array(length(ofBinding(at))) : allocateArray(dtype, length(ofBinding(at)))));
  await runSequence({ device, sequence, buffers: bound, sizes, ...(most === undefined ? {} : { most }) });
  const expected = dtypes.map((dtype, at) => values(ofBinding(at), allocateArray(dtype, length(ofBinding(at)))));
  interpretKernel(meaning, kernel.buffers.map((_, i) => ({ data: expected[bindings?.[i] ?? i]! })), sizes, { races: true });
  return [bound, expected];
}

/** As bits, so that -0 is not 0; every NaN is one. */
export function bitsOf(array: TypedArray): number[] {
  return array instanceof Float32Array
    ? Array.from(array, (value) => (Number.isNaN(value) ? 0x7fc00000 : new Uint32Array(Float32Array.of(value).buffer)[0]!))
    : Array.from(array, Number);
}

export function expectSameBits([result, expected]: readonly [readonly TypedArray[], readonly TypedArray[]]): void {
  result.forEach((array, i) => expect(bitsOf(array), `buffer ${i}`).toEqual(bitsOf(expected[i]!)));
}
