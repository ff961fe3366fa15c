// Transposes in tiles: the same elements, on sizes that fill tiles and that do not, emitted and interpreted.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TypedArray } from "../../ir/data.ts";
import type { Kernel, LoopInstruction } from "../../ir/kernel/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { DType } from "../../ir/types.ts";
import { runEmitted, runInterpreted } from "../codegen/run-kernel.ts";
import { scheduleFunction, traceGraph } from "./run-program.ts";

type Builder = ReturnType<typeof createBuilder>;

function kernelOf(shape: readonly number[], dtype: DType, build: (b: Builder, x: Node) => Node): { kernel: Kernel; sizes: readonly number[]; elements: number } {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype, shape });
  const { program } = scheduleFunction(traceGraph({ name: "f", parameters: [x], results: [build(b, x)] }));
  const [launch] = program.body;
  if (launch?.kind !== "launch" || program.body.length !== 1) throw new Error("not one launch");
  return { kernel: launch.kernel, sizes: launch.sizes as readonly number[], elements: program.buffers[launch.buffers[0]!]!.elements as number };
}

function transposed(x: TypedArray, shape: readonly number[], permutation: readonly number[]): (number | bigint)[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
  let offsets = [0];
  for (const axis of permutation) {
    offsets = offsets.flatMap((offset) => Array.from({ length: shape[axis]! }, (_, i) => offset + i * strides[axis]!));
  }
  return offsets.map((offset) => x[offset]!);
}

function loopsOf(body: Kernel["body"]): LoopInstruction[] {
  return body.flatMap((instruction) => (instruction.kind === "loop" ? [instruction, ...loopsOf(instruction.body)] : []));
}

const isTiled = (kernel: Kernel): boolean => loopsOf(kernel.body).some(({ body }) => body.filter(({ kind }) => kind === "load").length === 8);

const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[64, 64], [1, 0]], [[65, 71], [1, 0]], [[130, 24], [1, 0]], [[19, 133], [1, 0]],
  [[2, 17, 67], [0, 2, 1]], [[3, 20, 18, 21], [0, 3, 1, 2]], [[2, 21, 4, 33], [0, 2, 3, 1]], [[18, 5, 19], [2, 1, 0]],
];

describe("transposes", () => {
  it.each(cases)("of %j by %j are tiled and exact", (shape, permutation) => {
    const { kernel, sizes, elements } = kernelOf(shape, "f32", (b, x) => b.transpose(x, permutation));
    expect(isTiled(kernel)).toBe(true);
    const x = Float32Array.from({ length: elements }, (_, i) => i + 0.5);
    const expected = transposed(x, shape, permutation);
    const buffers = kernel.buffers.map(({ access }) => (access === "read" ? x : new Float32Array(elements)));
    const out = kernel.buffers.findIndex(({ access }) => access !== "read");
    expect(Array.from(runInterpreted(kernel, buffers, sizes)[out] as Float32Array)).toEqual(expected);
    expect(Array.from(runEmitted(kernel, buffers, sizes)[out] as Float32Array)).toEqual(expected);
  });

  it.each(["f64", "i32", "u8", "i64"] as const)("of %s", (dtype) => {
    const { kernel, sizes, elements } = kernelOf([21, 70], dtype, (b, x) => b.transpose(x, [1, 0]));
    const arrays = { f64: Float64Array, i32: Int32Array, u8: Uint8Array, i64: BigInt64Array } as const;
    const fresh = (): TypedArray => new arrays[dtype](elements);
    const x = fresh();
    for (let i = 0; i < elements; i++) x[i] = (dtype === "i64" ? BigInt(i) : i % 251) as never;
    const out = kernel.buffers.findIndex(({ access }) => access !== "read");
    const buffers = kernel.buffers.map((_, i) => (i === out ? fresh() : x));
    expect(Array.from(runEmitted(kernel, buffers, sizes)[out]! as ArrayLike<number | bigint>)).toEqual(transposed(x, [21, 70], [1, 0]));
  });

  it("carry elementwise work, also of an operand that is not transposed", () => {
    const { kernel, sizes, elements } = kernelOf([40, 40], "f32", (b, x) => b.add(b.mul(b.transpose(x, [1, 0]), b.full(2, "f32", [40, 40])), x));
    expect(isTiled(kernel) || loopsOf(kernel.body).some(({ body }) => body.filter(({ kind }) => kind === "load").length === 16)).toBe(true);
    const x = Float32Array.from({ length: elements }, (_, i) => i);
    const out = kernel.buffers.findIndex(({ access }) => access !== "read");
    const buffers = kernel.buffers.map((_, i) => (i === out ? new Float32Array(elements) : x));
    const expected = transposed(x, [40, 40], [1, 0]).map((value, i) => 2 * Number(value) + i);
    expect(Array.from(runEmitted(kernel, buffers, sizes)[out] as Float32Array)).toEqual(expected);
  });

  it("that compute with positions, or have few elements on a side, stay plain loops", () => {
    const iota = kernelOf([40, 40], "i32", (b, x) => b.add(b.transpose(x, [1, 0]), b.make("iota", [], { dtype: "i32", shape: [40, 40], axis: 1 })));
    expect(isTiled(iota.kernel)).toBe(false);
    expect(isTiled(kernelOf([3, 400], "f32", (b, x) => b.transpose(x, [1, 0])).kernel)).toBe(false);
  });
});
