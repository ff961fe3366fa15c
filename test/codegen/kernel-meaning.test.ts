// The meaning of kernels: edges of the scalar operations against values worked out by hand, what the interpreter
// refuses, and one broken kernel for each rule of the verifier.

import { describe, expect, it } from "vitest";
import { allocateArray } from "../../ir/data.ts";
import { interpretKernel } from "../../ir/kernel/interpret.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Instruction, Kernel } from "../../ir/kernel/kernel.ts";
import type { BaseOp } from "../../ir/kernel/scalar.ts";
import { type Scalar, applyBaseOp, bitcastScalar, convertScalar } from "../../ir/kernel/scalar-meaning.ts";
import { verifyKernel } from "../../ir/kernel/verify.ts";
import type { DType } from "../../ir/types.ts";
import { runEmitted } from "./run-kernel.ts";

type Row = readonly [op: Exclude<BaseOp, "convert" | "bitcast">, dtype: DType, args: readonly Scalar[], result: Scalar];

const [min64, max64] = [-(2n ** 63n), 2n ** 63n - 1n];
const operations: readonly Row[] = [
  ["add", "i32", [2147483647, 1], -2147483648], ["sub", "u32", [0, 1], 4294967295], ["mul", "i8", [100, 3], 44],
  ["mul", "i32", [65537, 65537], 131073], ["add", "u8", [255, 2], 1], ["mul", "i64", [max64, 2n], -2n],
  ["div", "i32", [-7, 2], -3], ["div", "i32", [7, 0], 0], ["div", "i32", [-2147483648, -1], -2147483648],
  ["div", "i8", [-128, -1], -128], ["div", "u32", [4294967295, 2], 2147483647], ["div", "i64", [min64, -1n], min64],
  ["rem", "i32", [-7, 2], -1], ["rem", "i32", [7, -2], 1], ["rem", "i32", [7, 0], 0], ["rem", "i32", [-2147483648, -1], 0],
  ["rem", "u8", [200, 7], 4], ["rem", "i64", [min64, -1n], 0n],
  ["neg", "i32", [-2147483648], -2147483648], ["abs", "i8", [-128], -128], ["abs", "u32", [3000000000], 3000000000],
  ["neg", "u8", [1], 255], ["not", "u8", [1], 254], ["not", "i8", [0], -1], ["not", "bool", [1], 0],
  ["shl", "i32", [1, 33], 2], ["shl", "u8", [1, 9], 2], ["shl", "i8", [64, 1], -128], ["shr", "i32", [-8, 1], -4], ["shr", "u32", [4294967288, 1], 2147483644],
  ["shr", "i8", [-128, 7], -1], ["shr", "u8", [128, 7], 1], ["shl", "i64", [1n, 65n], 2n], ["shr", "i64", [min64, 63n], -1n],
  ["min", "f32", [0, -0], -0], ["max", "f32", [-0, 0], 0], ["min", "f64", [Number.NaN, 1], Number.NaN], ["max", "f32", [1, Number.NaN], Number.NaN],
  ["nearest", "f32", [2.5], 2], ["nearest", "f64", [3.5], 4], ["nearest", "f32", [-0.5], -0], ["nearest", "f64", [4503599627370497.5], 4503599627370498],
  ["trunc", "f32", [-0.5], -0], ["copysign", "f32", [3, -0], -3], ["sqrt", "f32", [-1], Number.NaN], ["div", "f32", [1, 3], 0.3333333432674408],
  ["eq", "f32", [Number.NaN, Number.NaN], 0], ["ne", "f32", [Number.NaN, Number.NaN], 1], ["lt", "f32", [1, Number.NaN], 0], ["eq", "f32", [0, -0], 1],
  ["lt", "u32", [1, 4294967295], 1], ["lt", "i32", [1, -1], 0], ["lt", "bool", [0, 1], 1], ["max", "bool", [0, 1], 1], ["lt", "i64", [min64, max64], 1],
];

const conversions: readonly (readonly [from: DType, to: DType, value: Scalar, result: Scalar])[] = [
  ["f32", "i32", 3e9, 2147483647], ["f32", "i32", Number.NaN, 0], ["f32", "i32", -1.9, -1], ["f32", "u32", -5, 0], ["f64", "u32", 4294967295.9, 4294967295],
  ["f32", "i8", 300, 127], ["f32", "i8", -300, -128], ["f32", "u8", -1, 0], ["f64", "u8", 255.5, 255], ["f64", "i64", 1e300, max64],
  ["f32", "i64", -Infinity, min64], ["f64", "i64", Number.NaN, 0n], ["f32", "bool", Number.NaN, 1], ["f32", "bool", -0, 0], ["i64", "bool", 2n ** 40n, 1],
  ["i32", "i8", 200, -56], ["i64", "i32", 2n ** 32n + 5n, 5], ["i64", "u8", -1n, 255], ["i8", "u32", -1, 4294967295], ["u32", "i64", 4294967295, 4294967295n],
  ["i8", "i64", -1, -1n], ["i32", "f32", 16777217, 16777216], ["u32", "f32", 4294967295, 4294967296], ["i64", "f64", 9007199254740993n, 9007199254740992],
  // Halfway only because of bits that a double would have dropped: one rounding gives the next f32 up.
  ["i64", "f32", 2n ** 62n + 2n ** 38n + 1n, 2 ** 62 + 2 ** 39], ["i64", "f32", -(2n ** 62n + 2n ** 38n), -(2 ** 62)],
  ["f64", "f32", 1e39, Infinity], ["f64", "f32", 0.1, 0.10000000149011612], ["bool", "f32", 1, 1], ["bool", "i64", 1, 1n], ["u8", "i8", 255, -1],
];

/** One operation as a kernel, so that the emitted code is held to the same values: as a scalar and in lanes. */
function emitted(dtype: DType, from: readonly DType[], lanes: number, build: (b: KernelBuilder, args: number[]) => number, args: readonly Scalar[]): Scalar {
  const b = new KernelBuilder("one");
  const inputs = from.map((type) => b.buffer(type, "read"));
  const output = b.buffer(dtype, "write");
  b.loop(b.i32(8), { order: "parallel", lanes }, (i) => {
    b.store(output, i, build(b, inputs.map((input) => b.load(input, i))));
    return [];
  });
  const fill = (type: DType, value: Scalar) => {
    const array = emptyArray(type);
    for (let i = 0; i < 8; i++) array[i] = value;
    return array;
  };
  const result = runEmitted(b.finish(), [...from.map((type, i) => fill(type, args[i]!)), emptyArray(dtype)], []).at(-1)!;
  return result[7]!;
}

function emptyArray(dtype: DType) {
  return allocateArray(dtype, 8);
}

const comparisons: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

describe("scalar operations", () => {
  it.each(operations)("%s of %s, row %#", (op, dtype, args, result) => {
    expect(applyBaseOp(op, dtype, args)).toBe(result);
    const to = comparisons.has(op) ? "bool" : dtype;
    for (const lanes of [1, 4, 8]) expect(emitted(to, args.map(() => dtype), lanes, (b, values) => b.op(op, ...values), args)).toBe(result);
  });

  it.each([["min", Math.min], ["max", Math.max]] as const)("%s of special floats in lanes", (op, exact) => {
    const special = [-Infinity, -1.5, -1.401298464324817e-45, -0, 0, 1.401298464324817e-45, 1.5, Infinity, NaN];
    const [a, b] = [special.flatMap((x) => special.map(() => x)), special.flatMap(() => special)];
    for (const [dtype, Floats] of [["f32", Float32Array], ["f64", Float64Array]] as const) {
      const builder = new KernelBuilder("pairs");
      const [x, y, out] = [builder.buffer(dtype, "read"), builder.buffer(dtype, "read"), builder.buffer(dtype, "write")];
      builder.loop(builder.i32(a.length), { order: "parallel", lanes: 4 }, (i) => {
        builder.store(out, i, builder.op(op, builder.load(x, i), builder.load(y, i)));
        return [];
      });
      const [, , result] = runEmitted(builder.finish(), [Floats.from(a), Floats.from(b), new Floats(a.length)], []);
      expect(Array.from(result as Float64Array)).toEqual(a.map((value, i) => exact(value, b[i]!)));
    }
  });

  it.each(conversions)("%s to %s, row %#", (from, to, value, result) => {
    expect(convertScalar(value, from, to)).toBe(result);
    for (const lanes of [1, 4, 8]) expect(emitted(to, [from], lanes, (b, [x]) => b.convert(x!, to), [value])).toBe(result);
  });

  it("bitcast keeps the bits", () => {
    expect(bitcastScalar(1, "f32", "i32")).toBe(0x3f800000);
    expect(bitcastScalar(-1, "i32", "u32")).toBe(4294967295);
    expect(bitcastScalar(-0, "f64", "i64")).toBe(min64);
    expect(bitcastScalar(200, "u8", "i8")).toBe(-56);
  });
});

describe("the interpreter", () => {
  function copyKernel(order: "parallel" | "serial", shift: number): Kernel {
    const b = new KernelBuilder("copy");
    const x = b.buffer("i32", "readwrite");
    b.loop(b.i32(3), { order }, (i) => {
      b.store(x, b.add(i, b.i32(shift)), b.load(x, i));
      return [];
    });
    return b.finish();
  }

  it("refuses accesses outside a buffer", () => {
    expect(() => interpretKernel(copyKernel("serial", 1), [{ data: new Int32Array(3) }], [])).toThrow("at 3 of 3 elements");
    expect(() => interpretKernel(copyKernel("serial", -1), [{ data: new Int32Array(3) }], [])).toThrow("at -1 of 3 elements");
  });

  it("refuses reads of what was never written", () => {
    const written = Uint8Array.of(1, 0, 0);
    expect(() => interpretKernel(copyKernel("serial", 0), [{ data: new Int32Array(3), written }], [])).toThrow("reads element 1, which was never written");
    interpretKernel(copyKernel("serial", 1), [{ data: new Int32Array(4), written: Uint8Array.of(1, 0, 0, 0) }], []);
  });

  it("finds races between iterations of parallel loops only", () => {
    const data = Int32Array.of(5, 0, 0, 0);
    expect(() => interpretKernel(copyKernel("parallel", 1), [{ data }], [], { races: true })).toThrow("iterations 0 and 1");
    data.set([5, 0, 0, 0]);
    interpretKernel(copyKernel("serial", 1), [{ data }], [], { races: true });
    expect([...data]).toEqual([5, 5, 5, 5]);
  });
});

describe("the verifier", () => {
  const constant = (id: number, dtype: DType = "i32", value: number | bigint = 1): Instruction => ({ kind: "constant", id, dtype, value });
  const kernel = (...body: Instruction[]): Kernel => ({
    name: "broken", buffers: [{ dtype: "f32", access: "read" }, { dtype: "f32", access: "write" }], sizes: 1, body,
  });
  const loop = (rest: Partial<Extract<Instruction, { kind: "loop" }>>): Instruction =>
    ({ kind: "loop", index: 90, extent: 0, order: "parallel", lanes: 1, carried: [], body: [], ...rest });
  const op = (name: BaseOp, dtype: DType, ...args: number[]): Instruction => ({ kind: "op", id: 50, dtype, op: name, args });
  const carried = { dtype: "i32", init: 0, current: 91, next: 91, result: 92, combine: undefined } as const;

  it("accepts what is well formed", () => {
    verifyKernel(kernel(constant(0), loop({ order: "serial", carried: [carried] }), loop({ index: 93, lanes: 8 })));
  });

  it.each<[string, Instruction[]]>([
    ["defined twice", [constant(0), constant(0)]],
    ["not in scope", [op("neg", "i32", 7)]],
    ["not in scope", [constant(0), loop({ body: [constant(1)] }), op("neg", "i32", 1)]],
    ["no size 1", [{ kind: "size", id: 0, parameter: 1 }]],
    ["no buffer b2", [constant(0), { kind: "load", id: 1, dtype: "f32", buffer: 2, offset: 0 }]],
    ["b1 is loaded but only written", [constant(0), { kind: "load", id: 1, dtype: "f32", buffer: 1, offset: 0 }]],
    ["b0 is stored to but only read", [constant(0), constant(1, "f32"), { kind: "store", buffer: 0, offset: 0, value: 1 }]],
    ["not of its buffer's dtype", [constant(0), { kind: "load", id: 1, dtype: "i32", buffer: 0, offset: 0 }]],
    ["%1 is i32, not f32", [constant(0), constant(1), { kind: "store", buffer: 1, offset: 0, value: 1 }]],
    ["%0 is f32, not i32", [constant(0, "f32"), loop({})]],
    ["a constant 1 of i64", [constant(0, "i64")]],
    ["a bool constant 2", [constant(0, "bool", 2)]],
    ["a constant 0.5 of i32", [constant(0, "i32", 0.5)]],
    ["a loop of 3 lanes", [constant(0), loop({ lanes: 3 })]],
    ["has lanes and a carried value without combine", [constant(0), loop({ order: "serial", lanes: 4, carried: [carried] })]],
    ["carries a value without combine", [constant(0), loop({ carried: [carried] })]],
    ["add(i32, f32)", [constant(0), constant(1, "f32"), op("add", "i32", 0, 1)]],
    ["add(i32)", [constant(0), op("add", "i32", 0)]],
    ["lt(i32, i32) -> i32", [constant(0), op("lt", "i32", 0, 0)]],
    ["sqrt(i32)", [constant(0), op("sqrt", "i32", 0)]],
    ["and(f32, f32)", [constant(0, "f32"), op("and", "f32", 0, 0)]],
    ["add(bool, bool)", [constant(0, "bool"), op("add", "bool", 0, 0)]],
    ["select(i32, i32, i32)", [constant(0), op("select", "i32", 0, 0, 0)]],
    ["bitcast(i32) -> i64", [constant(0), op("bitcast", "i64", 0)]],
  ])("refuses: %s", (message, body) => {
    expect(() => verifyKernel(kernel(...body))).toThrow(message);
  });
});
