// Places of kernels that a team of invocations shares, and kernels of several launches, on the adapter against the interpreter. Integers, also as floats,
// must come out to the bit, whatever the order of their sums.
import { afterAll, describe, expect, test } from "vitest";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { countWorkgroups } from "../../codegen/wgsl/shader.ts";
import type { TypedArray } from "../../ir/data.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { DType } from "../../ir/types.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runSequence } from "./run-shader.ts";
import { expectSameBits, type KernelInputs, runBoth, type RunOptions } from "./run-kernel.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "teams are not tried");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

const expectSame = async (kernel: Kernel, inputs: KernelInputs, sizes: readonly number[], options: RunOptions = {}): Promise<void> =>
  expectSameBits(await runBoth(device!, kernel, inputs, sizes, options));

const integers = (count: number): number[] => Array.from({ length: count }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 16) % 17 - 8);

const floats = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 12.9898) * 10 ** (i % 5)));

const resultsOf = async (kernel: Kernel, inputs: KernelInputs, sizes: readonly number[], known: NonNullable<RunOptions["known"]>): Promise<readonly TypedArray[]> =>
  (await runBoth(device!, kernel, inputs, sizes, { known }))[0];

type Combined = (b: KernelBuilder, x: ValueId) => ValueId;

/** Of each row its largest element and where it is first, the sum from 3, and the elements less the largest. */
function rowsOf(dtype: "f32" | "i32", order: "parallel" | "serial" = "parallel", lanes = 1): Kernel {
  const b = new KernelBuilder("rows");
  const [x, y, sums, places] = [b.buffer(dtype, "read"), b.buffer(dtype, "write"), b.buffer(dtype, "write"), b.buffer("i32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  const low = b.constant(dtype === "f32" ? -Infinity : -(2 ** 31), dtype);
  b.loop(rows, { order: "parallel" }, (i) => {
    const row = b.mul(i, columns);
    const [most, sum] = b.loop(columns, { order, lanes, init: [low, b.constant(3, dtype)], combine: ["max", "add"] },
      (j, [largest, all]) => [b.max(largest!, b.load(x, b.add(row, j))), b.add(all!, b.load(x, b.add(row, j)))]);
    const [place] = b.loop(columns, { order, init: [b.i32(2 ** 31 - 1)], combine: ["min"] },
      (j, [first]) => [b.min(first!, b.select(b.op("eq", b.load(x, b.add(row, j)), most!), j, b.i32(2 ** 31 - 1)))]);
    b.loop(columns, { order: "parallel" }, (j) => {
      b.store(y, b.add(row, j), b.sub(b.load(x, b.add(row, j)), most!));
      return [];
    });
    b.store(sums, i, sum!);
    b.store(places, i, place!);
    return [];
  });
  return b.finish();
}

/** Of each column of a matrix the sum of squares. */
function columnsOf(dtype: "f32"): Kernel {
  const b = new KernelBuilder("columns");
  const [x, y] = [b.buffer(dtype, "read"), b.buffer(dtype, "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(columns, { order: "parallel" }, (j) => {
    const [sum] = b.loop(rows, { order: "parallel", init: [b.constant(1, dtype)], combine: ["add"] }, (i, [all]) => {
      const value = b.load(x, b.add(b.mul(i, columns), j));
      return [b.add(all!, b.mul(value, value))];
    });
    b.store(y, j, sum!);
    return [];
  });
  return b.finish();
}

/** The sum of each column of x, added to y in place, and doubled to z. */
function accumulatedColumns(): Kernel {
  const b = new KernelBuilder("accumulated columns");
  const [x, y, z] = [b.buffer("f32", "read"), b.buffer("f32", "readwrite"), b.buffer("f32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(columns, { order: "parallel" }, (j) => {
    const [sum] = b.loop(rows, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (i, [all]) => [b.add(all!, b.load(x, b.add(b.mul(i, columns), j)))]);
    b.store(y, j, b.add(b.load(y, j), sum!));
    b.store(z, j, b.add(sum!, sum!));
    return [];
  });
  return b.finish();
}

/** One value of a whole tensor. */
function whole(dtype: DType, op: "add" | "max" | "xor" | "and" | "or", init: number, of: Combined = (_, x) => x): Kernel {
  const b = new KernelBuilder(`all by ${op}`);
  const [x, y] = [b.buffer(dtype, "read"), b.buffer(dtype, "write")];
  const [result] = b.loop(b.sizeParameter(), { order: "parallel", lanes: 8, init: [b.constant(init, dtype)], combine: [op] }, (i, [all]) => [b.op(op, all!, of(b, b.load(x, i)))]);
  b.store(y, b.i32(0), result!);
  return b.finish();
}

/** The same in order, without the offsets that are known to be of fours: a buffer begins at a word of the uniform, which is 0. */
async function oneByOne(kernel: Kernel, buffers: readonly TypedArray[], sizes: readonly number[], known: NonNullable<RunOptions["known"]>): Promise<readonly TypedArray[]> {
  const sequence = emitKernel(kernel, { storageBuffers: 8, sizes: known, bases: [1] });
  expect(sequence.shaders.map(({ code }) => code).join()).not.toContain("vec4");
  await runSequence({ device: device!, sequence, buffers, sizes: [...sizes, 0] });
  return buffers;
}

const inFours = (kernel: Kernel, sizes: readonly (number | undefined)[] = []): readonly boolean[] =>
  emitKernel(kernel, { storageBuffers: 8, sizes }).shaders.map(({ code }) => /^@group.*array<vec4[fui]>/m.test(code));

const launches = (kernel: Kernel, sizes: readonly (number | undefined)[] = []): number => emitKernel(kernel, { storageBuffers: 8, sizes }).shaders.length;

describe.skipIf(device === undefined)("rows", () => {
  test.each([[0, 7], [5, 32], [70, 33], [2, 300], [70, 64], [9, 1000]])("%i of %i elements", async (rows, columns) => {
    const x = integers(rows * columns);
    for (const known of [[], [rows, columns]]) await expectSame(rowsOf("f32"), [x, x.length, rows, rows], [rows, columns], { known, most: rows === 70 ? 7 : 65535 });
  });

  test("of integers, in loops that say that they are serial but for their lanes", async () => {
    const x = integers(700);
    await expectSame(rowsOf("i32", "serial", 4), [x, x.length, 7, 7], [7, 100]);
  });

  test("few and long ones take a launch for each loop", async () => {
    const known = [3, 20000];
    expect([launches(rowsOf("f32"), known), launches(rowsOf("f32"))]).toEqual([3, 1]);
    const x = integers(60000);
    await expectSame(rowsOf("f32"), [x, x.length, 3, 3], [3, 20000], { known });
  });

  test("whose length is a number of fours are loaded in fours", async () => {
    expect([[5, 32], [undefined, 32], [3, 20000]].map((known) => inFours(rowsOf("f32"), known))).toEqual([[true], [true], [true, true, true]]);
    expect([[], [5, 33], [5, undefined]].map((known) => inFours(rowsOf("f32"), known))).toEqual([[false], [false], [false]]);
    const x = integers(9000);
    await expectSame(rowsOf("i32"), [x, x.length, 90, 90], [90, 100], { known: [undefined, 100] });
  });

  test("whose number is no product of sizes are gone through in turns", async () => {
    const b = new KernelBuilder("rows but one");
    const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
    const columns = b.sizeParameter();
    b.loop(b.add(b.sizeParameter(), b.i32(1)), { order: "parallel" }, (i) => {
      const [sum] = b.loop(columns, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (j, [all]) => [b.add(all!, b.load(x, b.add(b.mul(i, columns), j)))]);
      b.store(y, i, sum!);
      return [];
    });
    const kernel = b.finish();
    for (const most of [1, 65535]) await expectSame(kernel, [integers(21 * 40), 21], [40, 20], { most });
  });

  test("a result may take the place of its operand", async () => {
    for (const [rows, columns] of [[6, 40], [2, 9000]] as const) {
      const x = integers(rows * columns);
      for (const known of [[rows, columns]]) await expectSame(rowsOf("f32"), [x, 0, rows, rows], [rows, columns], { known, bindings: [0, 0, 1, 2] });
    }
  });
});

describe.skipIf(device === undefined)("columns", () => {
  test.each([[0, 5], [40, 1], [129, 65], [3000, 7], [129, 64], [3000, 8], [40, 300], [0, 4]])("%i rows of %i", async (rows, columns) => {
    const x = integers(rows * columns);
    for (const known of [[], [rows, columns], [undefined, columns]]) await expectSame(columnsOf("f32"), [x, columns], [rows, columns], { known });
  });

  test.each([[129, 65], [3000, 7], [40, 1], [129, 68], [3000, 12], [900, 300]])("of %i rows of %i, added to what stands where the sums go", async (rows, columns) => {
    const x = integers(rows * columns);
    for (const known of [[], [rows, columns], [undefined, columns]]) await expectSame(accumulatedColumns(), [x, integers(columns), columns], [rows, columns], { known });
    expect(launches(accumulatedColumns(), [undefined, 7])).toBe(2);
  });

  test.each([[17, 7], [1000, 7], [9000, 7], [17, 8], [1000, 64], [9000, 300]])("of %i floats are the same to the bit whether their number is known or not: %i", async (rows, columns) => {
    const run = (known: NonNullable<RunOptions["known"]>): Promise<readonly TypedArray[]> => resultsOf(columnsOf("f32"), [floats(rows * columns), columns], [rows, columns], known);
    const [[, known], [, symbolic]] = [await run([rows, columns]), await run([undefined, columns])];
    expect(symbolic).toEqual(known);
  });

  test("whose number is a number of fours are loaded in fours, with the bits that they have one by one", async () => {
    expect([[90, 64], [undefined, 64], [129, 32], [3000, 8]].map((known) => inFours(columnsOf("f32"), known))).toEqual([[true], [true, true], [true], [true, true]]);
    expect([[129, 65], [129, undefined], []].map((known) => inFours(columnsOf("f32"), known))).toEqual([[false], [false], [false]]);
    for (const [rows, columns] of [[90, 64], [129, 32], [3000, 8]] as const) {
      const x = floats(rows * columns);
      const [[, four], [, one]] = [await resultsOf(columnsOf("f32"), [x, columns], [rows, columns], [rows, columns]), await oneByOne(columnsOf("f32"), [Float32Array.from(x), new Float32Array(columns)], [rows, columns], [rows, columns])];
      expect(four).toEqual(one);
    }
  });

  test("few and long ones take a second launch", () => {
    expect(launches(columnsOf("f32"), [100000, 10])).toBe(2);
    expect(launches(columnsOf("f32"), [undefined, 300])).toBe(2);
    expect(launches(columnsOf("f32"), [90, 300])).toBe(1);
    expect(launches(columnsOf("f32"), [1000, 100000])).toBe(1);
  });
});

describe.skipIf(device === undefined)("one value of everything", () => {
  test.each([0, 1, 257, 100000])("of %i elements", async (count) => {
    const x = integers(count);
    for (const known of [[], [count]]) await expectSame(whole("f32", "add", 5, (b, value) => b.mul(value, value)), [x, 1], [count], { known });
  });

  test.each([["i32", "max", -(2 ** 31)], ["u32", "xor", 9], ["bool", "and", 1], ["bool", "or", 0]] as const)("of %s by %s", async (dtype, op, init) => {
    const x = integers(5000).map((value) => (dtype === "u32" ? value >>> 0 : dtype === "bool" ? Number((value === 8) === (op === "or")) : value));
    await expectSame(whole(dtype, op, init), [x, 1], [x.length]);
    await expectSame(whole(dtype, op, init), [x.map(() => init), 1], [x.length]);
  });

  test("is one launch if there are few, two if there are many or it is not known", () => {
    expect([[100], [100000], []].map((sizes) => launches(whole("f32", "add", 0), sizes))).toEqual([1, 2, 2]);
  });

  test.each([1, 5, 100, 700, 5000, 70000, 300000])("of %i floats is the same to the bit whether their number is known or not", async (count) => {
    const [[, known], [, symbolic]] = [await resultsOf(whole("f32", "add", 0), [floats(count), 1], [count], [count]), await resultsOf(whole("f32", "add", 0), [floats(count), 1], [count], [])];
    expect(symbolic).toEqual(known);
  });

  test("is loaded in fours if its length is a number of them, with the bits that it has one by one", async () => {
    expect([[100], [100000], [99], []].map((known) => inFours(whole("f32", "add", 0), known))).toEqual([[true], [true, true], [false], [false, false]]);
    for (const count of [4, 8, 100, 70000]) {
      const [[, four], [, one]] = [await resultsOf(whole("f32", "add", 0), [floats(count), 1], [count], [count]), await oneByOne(whole("f32", "add", 0), [Float32Array.from(floats(count)), new Float32Array(1)], [count], [count])];
      expect(four).toEqual(one);
    }
  });

  test("takes as many workgroups as its length is worth", () => {
    const [shader] = emitKernel(whole("f32", "add", 0), { storageBuffers: 8 }).shaders;
    expect([0, 1, 4096, 100000, 1e9].map((count) => countWorkgroups(shader!, [count], 65535)[1])).toEqual([1, 1, 1, 25, 256]);
  });

  test("repeats to the bit", async () => {
    const x = floats(70000);
    const kernel = whole("f32", "add", 0);
    const [[, first]] = await runBoth(device!, kernel, [x, 1], [x.length]);
    expect((await runBoth(device!, kernel, [x, 1], [x.length]))[0][1]).toEqual(first);
  });
});
