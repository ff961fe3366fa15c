// Kernels on the adapter against the interpreter: every scalar operation at its edges, bit for bit, and what loops carry, in which order.
// What non-finite operands and subnormals become in arithmetic is up to the adapter, so those are tried in all operations that go by bits.
import { afterAll, describe, expect, test } from "vitest";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import { expandKernelMath } from "../../ir/kernel/math/expand.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import type { BaseOp } from "../../ir/kernel/scalar.ts";
import type { DType } from "../../ir/types.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { expectSameBits, type KernelInputs, runBoth, type RunOptions } from "./run-kernel.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "kernels are not tried");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

const expectSame = async (...[kernel, inputs, sizes = [], options = {}]: readonly [kernel: Kernel, inputs: KernelInputs, sizes?: readonly number[], options?: RunOptions]): Promise<void> =>
  expectSameBits(await runBoth(device!, kernel, inputs, sizes, options));

/** output[i] = build(inputs[i]...) over a symbolic number of elements. */
function elementwise(from: readonly DType[], to: DType, build: (b: KernelBuilder, args: ValueId[]) => ValueId): Kernel {
  const b = new KernelBuilder("one");
  const inputs = from.map((dtype) => b.buffer(dtype, "read"));
  const output = b.buffer(to, "write");
  b.loop(b.sizeParameter(), { order: "parallel", lanes: 4 }, (i) => {
    b.store(output, i, build(b, inputs.map((input) => b.load(input, i))));
    return [];
  });
  return b.finish();
}

type ShaderDType = "f32" | "i32" | "u32" | "bool";

const tiny = 2 ** -149;
const finite = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3.75, 1e10, -1e10, 8388607.5, 16777216, 2 ** -100].map(Math.fround);
const edges: { readonly [D in ShaderDType]: readonly number[] } = {
  f32: [...finite, NaN, Infinity, -Infinity, 2147483648, -2147483648, 2147483520, 4294967296, 4294967040, 3.4028234663852886e38],
  i32: [0, 1, -1, 2, 7, -7, 31, 32, 33, -2147483648, 2147483647, 16777217, 65537],
  u32: [0, 1, 2, 7, 31, 32, 33, 4294967295, 2147483648, 65537, 16777217],
  bool: [0, 1],
};
const [anyNumber, integers, all] = [["f32", "i32", "u32"], ["i32", "u32"], ["f32", "i32", "u32", "bool"]] as const;

interface Case { readonly arity: 1 | 2; readonly dtypes: readonly ShaderDType[]; readonly floats?: readonly number[] }
const comparison: Case = { arity: 2, dtypes: all, floats: [...edges.f32, tiny, -tiny] };

/** For a missing operation this is a type error. */
const cases: { readonly [Op in Exclude<BaseOp, "convert" | "bitcast" | "select">]: Case } = {
  add: { arity: 2, dtypes: anyNumber, floats: finite }, sub: { arity: 2, dtypes: anyNumber, floats: finite }, mul: { arity: 2, dtypes: anyNumber, floats: finite },
  div: { arity: 2, dtypes: anyNumber, floats: finite.filter((value) => Math.abs(value) >= 0.5) }, rem: { arity: 2, dtypes: integers },
  min: comparison, max: comparison,
  neg: { arity: 1, dtypes: anyNumber }, abs: { arity: 1, dtypes: anyNumber },
  sqrt: { arity: 1, dtypes: ["f32"] }, floor: { arity: 1, dtypes: ["f32"] }, ceil: { arity: 1, dtypes: ["f32"] }, trunc: { arity: 1, dtypes: ["f32"] },
  nearest: { arity: 1, dtypes: ["f32"] }, copysign: { arity: 2, dtypes: ["f32"] },
  and: { arity: 2, dtypes: ["i32", "u32", "bool"] }, or: { arity: 2, dtypes: ["i32", "u32", "bool"] }, xor: { arity: 2, dtypes: ["i32", "u32", "bool"] },
  not: { arity: 1, dtypes: ["i32", "u32", "bool"] }, shl: { arity: 2, dtypes: integers }, shr: { arity: 2, dtypes: integers },
  eq: comparison, ne: comparison, lt: comparison, le: comparison, gt: comparison, ge: comparison,
};

/** Element by element, and, of a known number of fours, four at a time. */
const expectSameElements = async (kernel: Kernel, inputs: readonly (readonly number[])[]): Promise<void> => {
  const fours = inputs.map((values) => [...values, ...values.slice(0, 3)].slice(0, 4 * Math.ceil(values.length / 4)));
  expect(emitKernel(kernel, { storageBuffers: 8, sizes: [fours[0]!.length] }).shaders[0]!.code).toContain("array<vec4");
  for (const [given, known] of [[inputs, []], [fours, [fours[0]!.length]]] as const) {
    const { length } = given[0]!;
    await expectSame(kernel, [...given, length], [length], { known });
  }
};

const compares: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

describe.skipIf(device === undefined)("scalar operations", () => {
  const rows = Object.entries(cases).flatMap(([op, of]) => of.dtypes.map((dtype) => [op as keyof typeof cases, dtype, of] as const));
  test.each(rows)("%s of %s", async (op, dtype, { arity, floats }) => {
    const values = dtype === "f32" ? floats ?? edges.f32 : edges[dtype];
    const pairs = arity === 1 ? [values] : [values.flatMap((a) => values.map(() => a)), values.flatMap(() => values)];
    const kernel = elementwise(pairs.map(() => dtype), compares.has(op) ? "bool" : dtype, (b, args) => b.op(op, ...args));
    await expectSameElements(kernel, pairs);
  });

  test.each(all)("select of %s", async (dtype) => {
    const values = edges[dtype];
    const conditions = values.flatMap(() => [0, 1]);
    const twice = values.flatMap((value) => [value, value]);
    await expectSameElements(elementwise(["bool", dtype, dtype], dtype, (b, args) => b.op("select", ...args)), [conditions, twice, [...twice].reverse()]);
  });

  test.each(all.flatMap((from) => all.map((to) => [from, to] as const)))("convert %s to %s", async (from, to) => {
    await expectSameElements(elementwise([from], to, (b, [x]) => b.convert(x!, to)), [edges[from]]);
  });

  test.each(anyNumber.flatMap((from) => anyNumber.map((to) => [from, to] as const)))("bitcast %s to %s", async (from, to) => {
    // Which NaN a conversion through JavaScript leaves is its own affair.
    const values = edges[from].filter((value) => !Number.isNaN(value));
    await expectSameElements(elementwise([from], to, (b, [x]) => b.bitcast(x!, to)), [values]);
  });

  test.each(edges.f32.concat(tiny, -tiny))("the constant %s", async (value) => {
    await expectSame(elementwise(["f32"], "f32", (b, [x]) => b.select(b.op("lt", x!, b.constant(2, "f32")), b.constant(value, "f32"), x!)), [[1, 3], 2], [2]);
  });

  test("constants whose operation overflows are no error of the compiler", async () => {
    const kernel = elementwise(["u32"], "u32", (b, [x]) => b.add(x!, b.op("shl", b.mul(b.constant(4294967295, "u32"), b.constant(3, "u32")), b.constant(40, "u32"))));
    await expectSame(kernel, [[5], 1], [1]);
  });
});

/** Sums that depend on their order. */
const fractions = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 12.9898) * 10 ** (i % 5)));

/** Rows of `columns` reduced by an operation. */
function reduction(op: "add" | "max" | "mul", lanes: number): Kernel {
  const b = new KernelBuilder("reduce");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  const init = b.constant(op === "max" ? -Infinity : op === "mul" ? 1 : 0.5, "f32");
  b.loop(rows, { order: "parallel" }, (i) => {
    const [sum] = b.loop(columns, { order: "serial", lanes, init: [init], combine: [op] }, (j, [current]) => [b.op(op, current!, b.load(x, b.add(b.mul(i, columns), j)))]);
    b.store(y, i, sum!);
    return [];
  });
  return b.finish();
}

describe.skipIf(device === undefined)("loops", () => {
  test.each([1, 4, 8, 16])("a reduction in %i lanes of short rows adds in the interpreter's order", async (lanes) => {
    for (const columns of [0, 1, 7, 31]) await expectSame(reduction("add", lanes), [fractions(100 * columns), 100], [100, columns], { known: [100, columns] });
    await expectSame(reduction("max", lanes), [[...fractions(20), NaN, ...fractions(21)], 3], [3, 14]);
  });

  test("one that is the whole kernel, of several values", async () => {
    const b = new KernelBuilder("whole");
    const [x, y] = [b.buffer("i32", "read"), b.buffer("i32", "write")];
    const [count, low] = b.loop(b.sizeParameter(), { order: "serial", lanes: 4, init: [b.i32(3), b.i32(9)], combine: ["add", "min"] }, (i, [sum, least]) => {
      const value = b.load(x, i);
      return [b.add(sum!, value), b.min(least!, value)];
    });
    b.store(y, b.i32(0), count!);
    b.store(y, b.i32(1), low!);
    await expectSame(b.finish(), [[5, -2, 7, 1, 1, 1, -40], 2], [7]);
  });

  test.each([undefined, 1])("nested parallel loops are one range, with at most %s workgroups", async (most) => {
    const b = new KernelBuilder("transpose");
    const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
    const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
    b.loop(b.i32(3), { order: "parallel" }, (g) => {
      const base = b.mul(b.mul(g, rows), columns);
      b.loop(rows, { order: "parallel" }, (i) => {
        b.loop(columns, { order: "parallel", lanes: 8 }, (j) => {
          b.store(y, b.add(base, b.add(b.mul(j, rows), i)), b.load(x, b.add(base, b.add(b.mul(i, columns), j))));
          return [];
        });
        return [];
      });
      return [];
    });
    const kernel = b.finish();
    expect(emitKernel(kernel, { storageBuffers: 8 }).shaders[0]!.workgroups[0]).toEqual({ times: 3, words: [0, 1], per: 64 });
    await expectSame(kernel, [fractions(3 * 11 * 13), 3 * 11 * 13], [11, 13], most === undefined ? {} : { most });
    await expectSame(kernel, [1, 1], [0, 13]);
  });

  test("an extent that is no product of sizes takes as many groups whatever it is", async () => {
    const b = new KernelBuilder("more by one");
    const y = b.buffer("i32", "write");
    const count = b.add(b.mul(b.sizeParameter(), b.i32(300)), b.i32(1));
    b.loop(count, { order: "parallel" }, (i) => {
      b.store(y, i, b.mul(i, i));
      return [];
    });
    const kernel = b.finish();
    expect(emitKernel(kernel, { storageBuffers: 8 }).shaders[0]!.workgroups[0]).toEqual({ times: 16384, words: [], per: 64 });
    await expectSame(kernel, [601], [2]);
    await expectSame(kernel, [601], [2], { most: 1 });
  });

  test("values carried from one iteration to the next may change places", async () => {
    const b = new KernelBuilder("fibonacci");
    const y = b.buffer("u32", "write");
    b.loop(b.sizeParameter(), { order: "parallel" }, (i) => {
      const [result] = b.loop(i, { order: "serial", init: [b.constant(0, "u32"), b.constant(1, "u32")] }, (_, [a, c]) => [c!, b.add(a!, c!)]);
      b.store(y, i, result!);
      return [];
    });
    await expectSame(b.finish(), [90], [90]);
  });

  test("a serial loop loads what an earlier iteration stored", async () => {
    const b = new KernelBuilder("cumulative");
    const x = b.buffer("f32", "readwrite");
    b.loop(b.sizeParameter(), { order: "serial" }, (i) => {
      b.store(x, b.add(i, b.i32(1)), b.add(b.load(x, i), b.load(x, b.add(i, b.i32(1)))));
      return [];
    });
    await expectSame(b.finish(), [fractions(40)], [39]);
  });

  test("a row is read before its elements are stored, also by those of a workgroup that are past the last one", async () => {
    const b = new KernelBuilder("subtract first");
    const x = b.buffer("i32", "readwrite");
    b.loop(b.i32(3), { order: "parallel" }, (i) => {
      const row = b.mul(i, b.i32(100));
      const first = b.load(x, row);
      b.loop(b.i32(100), { order: "parallel" }, (j) => {
        b.store(x, b.add(row, j), b.sub(first, j));
        return [];
      });
      return [];
    });
    const kernel = b.finish();
    expect(emitKernel(kernel, { storageBuffers: 8 }).shaders[0]!.workgroups[0]).toEqual({ times: 3, words: [], per: 8 });
    await expectSame(kernel, [Array.from({ length: 300 }, (_, i) => i)]);
  });

  test("a result over its operand is one binding, read and written", async () => {
    const kernel = elementwise(["bool", "bool"], "bool", (b, [x, y]) => b.op("xor", x!, y!));
    expect(emitKernel(kernel, { storageBuffers: 2, bindings: [0, 1, 0] }).shaders[0]!.buffers).toEqual([{ dtype: "bool", access: "readwrite" }, { dtype: "bool", access: "read" }]);
    await expectSame(kernel, [[0, 0, 1, 1], [0, 1, 0, 1], 0], [4], { bindings: [0, 1, 0] });
  });
});

describe("refusals", () => {
  test.each([["f64", "f32"], ["i64", "i32"], ["i8", "i32"], ["u8", "u32"]] as const)("%s is named, and what to do", (dtype, instead) => {
    expect(() => emitKernel(elementwise([dtype], dtype, (_, [x]) => x!), { storageBuffers: 8 }))
      .toThrow(`E101 one computes in ${dtype}, which WebGPU does not have; convert to ${instead} before it, or compile for WebAssembly`);
    const inside = elementwise(["f32"], "f32", (b, [x]) => b.convert(b.convert(x!, dtype), "f32"));
    expect(() => emitKernel(inside, { storageBuffers: 8 })).toThrow(dtype);
  });

  test("a function of f32 in the form that computes in f64", () => {
    const kernel = elementwise(["f32"], "f32", (b, [x]) => b.op("sin", x!));
    expect(() => emitKernel(expandKernelMath(kernel, mathTable), { storageBuffers: 8 })).toThrow("E101 one computes in f64");
  });

  test("more buffers than the device takes", () => {
    expect(() => emitKernel(elementwise(["f32", "f32"], "f32", (b, [x, y]) => b.add(x!, y!)), { storageBuffers: 2 })).toThrow("3 buffers");
  });
});
