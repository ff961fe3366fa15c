// Modules through their exports: static and symbolic sizes, state, constants, products with epilogues, checks and errors.

import { describe, expect, it } from "vitest";
import { wasmTarget } from "../../codegen/wasm/index.ts";
import type { TensorData } from "../../ir/data.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Program } from "../../ir/program/program.ts";
import { errorNumbers, firstMessageNumber } from "../../ir/program/signature.ts";
import { type Dim, floorDivDims, mulDims, namedSize, subDims } from "../../ir/size.ts";
import { tensorType } from "../../ir/types.ts";
import { biasReluRows, binaryKernel, instantiate, moduleOf } from "./programs.ts";

const f32 = (...values: number[]): TensorData<"f32"> => ({ dtype: "f32", shape: [values.length], data: Float32Array.from(values) });
const range = (length: number, from = 0): Float32Array => Float32Array.from({ length }, (_, i) => from + i);

/** y = (x + x) * c, and the state becomes its sum with y. */
function scaled(n: Dim, sizes: string[], constant: TensorData): Program {
  return {
    name: "scale", sizes,
    buffers: [
      { dtype: "f32", elements: n, role: { kind: "input", index: 0 } },
      { dtype: "f32", elements: n, role: { kind: "scratch" } },
      { dtype: "f32", elements: n, role: { kind: "constant", data: constant } },
      { dtype: "f32", elements: n, role: { kind: "output", index: 0 } },
    ],
    inputs: [{ name: "x", type: tensorType("f32", [n]) }],
    outputs: [{ name: "y", type: tensorType("f32", [n]), doc: "scaled" }],
    sizeChecks: [], counts: [],
    body: [
      { kind: "launch", kernel: binaryKernel("add"), buffers: [0, 0, 1], sizes: [n] },
      { kind: "launch", kernel: binaryKernel("mul"), buffers: [1, 2, 3], sizes: [n] },
    ],
  };
}

describe("modules", () => {
  it("run a function without symbolic sizes, unprepared", () => {
    const { exports, write, floats, signature } = instantiate(moduleOf([scaled(5, [], f32(1, 2, 3, 0, 0))]));
    expect(exports["damo_abi"]!()).toBe(1);
    write(exports["scale_input"]!(0), range(5));
    expect(exports["scale_run"]!()).toBe(0);
    expect(floats(exports["scale_output"]!(0), 5)).toEqual([0, 4, 12, 0, 0]);
    expect(exports["scale_prepare"]!()).toBe(0);
    expect(exports["scale_output_dim"]!(0, 0)).toBe(5);
    expect(exports["scale_input"]!(1)).toBe(0);
    expect(signature.functions).toEqual([{
      name: "scale", sizes: [], inputs: [{ name: "x", dtype: "f32", shape: [5] }], outputs: [{ name: "y", dtype: "f32", shape: [5], doc: "scaled" }],
    }]);
  });

  it("keep state at one address, with its initial values, for all functions", () => {
    const update: Program = {
      name: "step", sizes: [],
      buffers: [{ dtype: "f32", elements: 4, role: { kind: "state", index: 1 } }, { dtype: "f32", elements: 4, role: { kind: "scratch" } }],
      inputs: [], outputs: [], sizeChecks: [], counts: [],
      body: [
        { kind: "launch", kernel: binaryKernel("add"), buffers: [0, 0, 1], sizes: [4] },
        { kind: "copy", from: 1, to: 0 },
      ],
    };
    const state = [f32(0, 0), f32(1, 2, 3, 4)].map((initial, i) => ({ name: `s${i}`, type: tensorType("f32", initial.shape), initial }));
    const { exports, floats } = instantiate(moduleOf([update], { state }));
    expect(floats(exports["state"]!(1), 4)).toEqual([1, 2, 3, 4]);
    expect(exports["step_run"]!()).toBe(0);
    expect(exports["step_run"]!()).toBe(0);
    expect(floats(exports["state"]!(1), 4)).toEqual([4, 8, 12, 16]);
    expect(floats(exports["state"]!(0), 2)).toEqual([0, 0]);
    expect(exports["state"]!(2)).toBe(0);
  });

  it("leave external weights out and refuse to run without them", () => {
    const program: Program = {
      name: "read", sizes: [],
      buffers: [{ dtype: "f32", elements: 2, role: { kind: "state", index: 0 } }, { dtype: "f32", elements: 2, role: { kind: "output", index: 0 } }],
      inputs: [], outputs: [{ name: "y", type: tensorType("f32", [2]) }], sizeChecks: [], counts: [], body: [{ kind: "copy", from: 0, to: 1 }],
    };
    const state = [{ name: "w", type: tensorType("f32", [2]), initial: f32(7, 8) }];
    const { exports, write, floats, signature } = instantiate(moduleOf([program], { state }), { weights: "external" });
    expect(signature.weights).toBe("external");
    expect(floats(exports["state"]!(0), 2)).toEqual([0, 0]);
    expect(exports["read_run"]!()).toBe(errorNumbers.weightsMissing);
    write(exports["state"]!(0), Float32Array.of(3, 4));
    exports["weights_loaded"]!();
    expect(exports["read_run"]!()).toBe(0);
    expect(floats(exports["read_output"]!(0), 2)).toEqual([3, 4]);
  });

  it("fail a check before anything is written, with the offending value and the bound", () => {
    const flagKernel = new KernelBuilder("flag");
    const [x, flag] = [flagKernel.buffer("i32", "read"), flagKernel.buffer("i32", "write")];
    const zero = flagKernel.i32(0);
    const value = flagKernel.load(x, zero);
    flagKernel.store(flag, zero, flagKernel.convert(flagKernel.op("ge", value, flagKernel.i32(10)), "i32"));
    flagKernel.store(flag, flagKernel.i32(1), value);
    flagKernel.store(flag, flagKernel.i32(2), flagKernel.i32(10));
    const program: Program = {
      name: "guard", sizes: [],
      buffers: [
        { dtype: "i32", elements: 1, role: { kind: "input", index: 0 } }, { dtype: "i32", elements: 3, role: { kind: "scratch" } },
        { dtype: "i32", elements: 1, role: { kind: "state", index: 0 } },
      ],
      inputs: [{ name: "x", type: tensorType("i32", [1]) }], outputs: [], sizeChecks: [], counts: [],
      body: [
        { kind: "launch", kernel: flagKernel.finish(), buffers: [0, 1], sizes: [] },
        { kind: "check", flag: 1, error: firstMessageNumber + 1 },
        { kind: "copy", from: 0, to: 2 },
      ],
    };
    const state = [{ name: "last", type: tensorType("i32", [1]), initial: { dtype: "i32", shape: [1], data: Int32Array.of(-1) } as TensorData }];
    const { exports, memory, write, signature } = instantiate(moduleOf([program], { state, messages: ["unused", "index {0} of {1}"] }));
    const words = (address: number): Int32Array => new Int32Array(memory.buffer, address, 2);
    write(exports["guard_input"]!(0), Int32Array.of(12));
    expect(exports["guard_run"]!()).toBe(firstMessageNumber + 1);
    expect(signature.messages[firstMessageNumber + 1]).toBe("index {0} of {1}");
    expect([...words(exports["error_info"]!())]).toEqual([12, 10]);
    expect(words(exports["state"]!(0))[0]).toBe(-1);
    write(exports["guard_input"]!(0), Int32Array.of(9));
    expect(exports["guard_run"]!()).toBe(0);
    expect(words(exports["state"]!(0))[0]).toBe(9);
  });
});

/** y = relu(x w + b) for x[batch, 3], w[3, 2]. */
function dense(batch: Dim, sizes: string[], name = "dense"): Program {
  const workspace = wasmTarget.contractionWorkspace("f32", typeof batch === "number" ? batch : undefined, 2, 3).constant;
  return {
    name, sizes,
    buffers: [
      { dtype: "f32", elements: mulDims(batch, 3), role: { kind: "input", index: 0 } },
      { dtype: "f32", elements: 6, role: { kind: "state", index: 0 } },
      { dtype: "f32", elements: 2, role: { kind: "state", index: 1 } },
      { dtype: "f32", elements: mulDims(batch, 2), role: { kind: "output", index: 0 } },
      { dtype: "u8", elements: workspace, role: { kind: "scratch" } },
    ],
    inputs: [{ name: "x", type: tensorType("f32", [batch, 3]) }],
    outputs: [{ name: "y", type: tensorType("f32", [batch, 2]) }],
    sizeChecks: [], counts: [],
    body: [{
      kind: "contract", dtype: "f32", batch: 1, m: batch, n: 2, k: 3,
      a: { buffer: 0, offset: 0, batchStride: 0, rowStride: 3, columnStride: 1 },
      b: { buffer: 1, offset: 0, batchStride: 0, rowStride: 2, columnStride: 1 },
      c: 3, workspace: 4,
      epilogue: { kind: "launch", kernel: biasReluRows(2), buffers: [2, 3], sizes: [0, batch] },
    }],
  };
}

const weights = [f32(1, -1, 0, 2, 3, -0.5), f32(0.5, -20)].map((initial, i) => ({ name: `w${i}`, type: tensorType("f32", initial.shape), initial }));

function denseExpected(x: Float32Array): number[] {
  const [w, b] = weights.map(({ initial }) => initial.data as Float32Array) as [Float32Array, Float32Array];
  const y: number[] = [];
  for (let row = 0; row < x.length / 3; row++) {
    for (let column = 0; column < 2; column++) {
      let sum = b[column]!;
      for (let k = 0; k < 3; k++) sum += x[row * 3 + k]! * w[k * 2 + column]!;
      y.push(Math.max(sum, 0));
    }
  }
  return y;
}

describe("products", () => {
  it.each([1, 7, 40])("with bias and activation on %i rows", (batch) => {
    const { exports, write, floats } = instantiate(moduleOf([dense(batch, [])], { state: weights }));
    const x = range(3 * batch, -4);
    write(exports["dense_input"]!(0), x);
    expect(exports["dense_run"]!()).toBe(0);
    expect(floats(exports["dense_output"]!(0), 2 * batch)).toEqual(denseExpected(x));
  });

  it("in batches, of transposed operands at an offset", () => {
    const program: Program = {
      name: "bmm", sizes: [],
      buffers: [
        { dtype: "f32", elements: 1 + 2 * 6, role: { kind: "input", index: 0 } }, { dtype: "f32", elements: 2 * 12, role: { kind: "input", index: 1 } },
        { dtype: "f32", elements: 2 * 8, role: { kind: "output", index: 0 } },
        { dtype: "u8", elements: wasmTarget.contractionWorkspace("f32", 2, 4, 3).constant, role: { kind: "scratch" } },
      ],
      inputs: [{ name: "a", type: tensorType("f32", [13]) }, { name: "b", type: tensorType("f32", [2, 4, 3]) }],
      outputs: [{ name: "c", type: tensorType("f32", [2, 2, 4]) }], sizeChecks: [], counts: [],
      body: [{
        kind: "contract", dtype: "f32", batch: 2, m: 2, n: 4, k: 3,
        a: { buffer: 0, offset: 1, batchStride: 6, rowStride: 1, columnStride: 2 },
        b: { buffer: 1, offset: 0, batchStride: 12, rowStride: 1, columnStride: 3 },
        c: 2, workspace: 3, epilogue: undefined,
      }],
    };
    const { exports, write, floats } = instantiate(moduleOf([program]));
    const [a, b] = [range(13, -5), range(24, -11)];
    write(exports["bmm_input"]!(0), a);
    write(exports["bmm_input"]!(1), b);
    expect(exports["bmm_run"]!()).toBe(0);
    const expected: number[] = [];
    for (let batch = 0; batch < 2; batch++) {
      for (let row = 0; row < 2; row++) {
        for (let column = 0; column < 4; column++) {
          let sum = 0;
          for (let k = 0; k < 3; k++) sum += a[1 + batch * 6 + row + 2 * k]! * b[batch * 12 + k + 3 * column]!;
          expected.push(sum);
        }
      }
    }
    expect(floats(exports["bmm_output"]!(0), 16)).toEqual(expected);
  });
});

describe("symbolic sizes", () => {
  const batch = namedSize("batch");

  it("run for every size, and refuse to run unprepared", () => {
    const { exports, write, floats } = instantiate(moduleOf([dense(batch, ["batch"])], { state: weights }));
    expect(exports["dense_run"]!()).toBe(errorNumbers.unprepared);
    expect(exports["dense_input"]!(0)).toBe(0);
    for (const n of [1, 5, 0, 1000, 3]) {
      expect(exports["dense_prepare"]!(n)).toBe(0);
      expect([exports["dense_output_dim"]!(0, 0), exports["dense_output_dim"]!(0, 1)]).toEqual([n, 2]);
      const x = range(3 * n, -4);
      write(exports["dense_input"]!(0), x);
      expect(exports["dense_run"]!()).toBe(0);
      expect(floats(exports["dense_output"]!(0), 2 * n)).toEqual(denseExpected(x));
    }
  });

  it("leave other functions' buffers where they are and intact, and other functions prepared", () => {
    const programs = [dense(batch, ["batch"], "first"), dense(batch, ["batch"], "second"), dense(4, [], "fixed")];
    const { exports, write, floats } = instantiate(moduleOf(programs, { state: weights }));
    const run = (name: string, n: number): void => {
      const x = range(3 * n, n);
      write(exports[`${name}_input`]!(0), x);
      expect(exports[`${name}_run`]!()).toBe(0);
      expect(floats(exports[`${name}_output`]!(0), 2 * n)).toEqual(denseExpected(x));
    };
    const sizes: { [name: string]: number } = { fixed: 4 };
    for (const [name, n] of [["first", 10], ["second", 200], ["first", 300], ["second", 5], ["first", 2], ["second", 40]] as const) {
      expect(exports[`${name}_prepare`]!(n)).toBe(0);
      sizes[name] = n;
      run(name, n);
      run("fixed", 4);
      for (const [other, m] of Object.entries(sizes)) {
        expect(floats(exports[`${other}_input`]!(0), 3 * m)).toEqual([...range(3 * m, m)]);
        expect(floats(exports[`${other}_output`]!(0), 2 * m)).toEqual(denseExpected(range(3 * m, m)));
      }
      // The arena that they share may have moved.
      for (const [other, m] of Object.entries(sizes)) run(other, m);
    }
  });

  it("refuse sizes that are negative, overflow, or need too much memory, and keep the old plan", () => {
    const program = { ...dense(batch, ["batch", "other"]), sizeChecks: [{ left: batch, right: mulDims(2, floorDivDims(namedSize("other"), 2)), error: firstMessageNumber }] };
    const { exports, write, floats, memory } = instantiate(moduleOf([program], { state: weights, messages: ["batch is not even"] }));
    const info = (): number[] => [...new Int32Array(memory.buffer, exports["error_info"]!(), 2)];
    expect(exports["dense_prepare"]!(4, 5)).toBe(0);
    const address = exports["dense_input"]!(0);
    expect(exports["dense_prepare"]!(-1, 0)).toBe(errorNumbers.badSize);
    expect(info()).toEqual([0, -1]);
    expect(exports["dense_prepare"]!(6, 9)).toBe(firstMessageNumber);
    expect(info()).toEqual([6, 8]);
    expect(exports["dense_prepare"]!(2 ** 31 - 2, 2 ** 31 - 2)).toBe(errorNumbers.badSize);
    expect(exports["dense_prepare"]!(700_000_000, 700_000_000)).toBe(errorNumbers.outOfMemory);
    expect(exports["dense_input"]!(0)).toBe(address);
    write(address, range(12));
    expect(exports["dense_run"]!()).toBe(0);
    expect(floats(exports["dense_output"]!(0), 8)).toEqual(denseExpected(range(12)));
  });

  it("refuse an output whose size would be negative", () => {
    const shorter = subDims(batch, 3);
    const program: Program = {
      name: "cut", sizes: ["batch"],
      buffers: [{ dtype: "f32", elements: batch, role: { kind: "input", index: 0 } }, { dtype: "f32", elements: shorter, role: { kind: "output", index: 0 } }],
      inputs: [{ name: "x", type: tensorType("f32", [batch]) }], outputs: [{ name: "y", type: tensorType("f32", [shorter]) }], sizeChecks: [], counts: [],
      body: [{ kind: "launch", kernel: binaryKernel("add"), buffers: [0, 0, 1], sizes: [shorter] }],
    };
    const { exports } = instantiate(moduleOf([program]));
    expect(exports["cut_prepare"]!(2)).toBe(errorNumbers.badSize);
    expect(exports["cut_prepare"]!(3)).toBe(0);
    expect(exports["cut_output_dim"]!(0, 0)).toBe(0);
  });
});
