// Emitted kernels against closed forms, on the shapes that models are made of.

import { describe, expect, it } from "vitest";
import wabt from "wabt";
import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { declareKernel } from "../../codegen/wasm/kernel/index.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import { printKernel } from "../../ir/kernel/print.ts";
import { canonicalBytes, runEmitted, runInterpreted } from "./run-kernel.ts";

function relu(lanes: number): Kernel {
  const b = new KernelBuilder("relu");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const n = b.sizeParameter();
  b.loop(n, { order: "parallel", lanes }, (i) => {
    b.store(y, i, b.max(b.load(x, i), b.constant(0, "f32")));
    return [];
  });
  return b.finish();
}

/** Sum of each row of rows x columns. */
function rowSums(columns: number, lanes: number): Kernel {
  const b = new KernelBuilder("row_sums");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const rows = b.sizeParameter();
  b.loop(rows, { order: "parallel" }, (row) => {
    const base = b.mul(row, b.i32(columns));
    const [sum] = b.loop(b.i32(columns), { order: "serial", lanes, init: [b.constant(0, "f32")], combine: ["add"] },
      (column, [current]) => [b.add(current!, b.load(x, b.add(base, column)))]);
    b.store(y, row, sum!);
    return [];
  });
  return b.finish();
}

/** Sum of each column: vectors over the columns, a serial loop over the rows inside. */
function columnSums(columns: number, lanes: number): Kernel {
  const b = new KernelBuilder("column_sums");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const rows = b.sizeParameter();
  b.loop(b.i32(columns), { order: "parallel", lanes }, (column) => {
    const [sum] = b.loop(rows, { order: "serial", init: [b.constant(0, "f32")] },
      (row, [current]) => [b.add(current!, b.load(x, b.add(b.mul(row, b.i32(columns)), column)))]);
    b.store(y, column, sum!);
    return [];
  });
  return b.finish();
}

function transpose(rows: number, columns: number, lanes: number): Kernel {
  const b = new KernelBuilder("transpose");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  b.loop(b.i32(columns), { order: "parallel" }, (column) => {
    b.loop(b.i32(rows), { order: "parallel", lanes }, (row) => {
      b.store(y, b.add(b.mul(column, b.i32(rows)), row), b.load(x, b.add(b.mul(row, b.i32(columns)), column)));
      return [];
    });
    return [];
  });
  return b.finish();
}

const counting = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 23) - 11);

describe("emitted kernels", () => {
  it.each([[1, 7], [4, 1], [4, 3], [4, 4], [4, 13], [8, 5], [8, 32], [16, 37], [16, 0]])("relu in %i lanes of %i elements", (lanes, n) => {
    const x = counting(n);
    const [, y] = runEmitted(relu(lanes), [x, new Float32Array(n)], [n]);
    expect([...y!]).toEqual([...x].map((value) => Math.max(value, 0)));
  });

  it.each([8, 16, 32])("no two stores of %i lanes lie side by side from one address: V8 would join them", async (lanes) => {
    const module = new ModuleBuilder();
    declareKernel(module, relu(lanes), new Map());
    const text = (await wabt()).readWasm(module.encode(), { readDebugNames: false }).toText({});
    expect(text.match(/v128\.store(?! offset)/g)!.length).toBeGreaterThan(2);
    expect([...text.matchAll(/v128\.store offset=(\d+)/g)].filter(([, offset]) => Number(offset) % 32 === 16)).toEqual([]);
  });

  it("relu keeps NaN and turns -0 into +0", () => {
    const x = Float32Array.from([Number.NaN, -0, 0, -Infinity, Infinity, 1e-45, -1e-45, Number.NaN]);
    for (const lanes of [1, 4, 8]) {
      const [, y] = runEmitted(relu(lanes), [x, new Float32Array(8)], [8]);
      expect([...y!]).toEqual([Number.NaN, 0, 0, 0, Infinity, 2 ** -149, 0, Number.NaN]);
    }
  });

  it.each([[1, 5], [4, 10], [8, 10], [16, 3], [16, 64]])("sums rows in %i lanes of %i columns", (lanes, columns) => {
    const rows = 5;
    const x = counting(rows * columns);
    const [, y] = runEmitted(rowSums(columns, lanes), [x, new Float32Array(rows)], [rows]);
    const expected = Array.from({ length: rows }, (_, row) => x.slice(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0));
    expect([...y!]).toEqual(expected);
  });

  it.each([[1, 5], [4, 10], [8, 10], [16, 3], [16, 64]])("sums columns in %i lanes of %i columns", (lanes, columns) => {
    const rows = 6;
    const x = counting(rows * columns);
    const [, y] = runEmitted(columnSums(columns, lanes), [x, new Float32Array(columns)], [rows]);
    const expected = Array.from({ length: columns }, (_, column) => x.filter((_, i) => i % columns === column).reduce((a, b) => a + b, 0));
    expect([...y!]).toEqual(expected);
  });

  it.each([[1, 3, 4], [4, 7, 5], [8, 9, 3]])("transposes in %i lanes %i x %i", (lanes, rows, columns) => {
    const x = counting(rows * columns);
    const [, y] = runEmitted(transpose(rows, columns, lanes), [x, new Float32Array(x.length)], []);
    expect([...y!]).toEqual(Array.from(x, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]));
  });

  it.each([8192, 8193, 20_011])("works in blocks on %i elements", (n) => {
    const x = counting(n);
    const [, y] = runEmitted(relu(8), [x, new Float32Array(n)], [n]);
    expect(y).toEqual(x.map((value) => Math.max(value, 0)));
  });

  it("works in blocks of rows", () => {
    const [rows, columns] = [2500, 10];
    const x = counting(rows * columns);
    const [, y] = runEmitted(rowSums(columns, 4), [x, new Float32Array(rows)], [rows]);
    expect([...y!]).toEqual(Array.from({ length: rows }, (_, row) => x.slice(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0)));
  });

  it("accumulates in the order of the lanes", () => {
    const columns = 11;
    const x = Float32Array.from({ length: columns }, (_, i) => Math.fround(1 / (i + 1)) * (i % 2 === 0 ? 1 : -1e4));
    for (const lanes of [1, 4, 8, 16]) {
      const kernel = rowSums(columns, lanes);
      const buffers = [x, new Float32Array(1)];
      expect(canonicalBytes(runEmitted(kernel, buffers, [1])[1]!)).toEqual(canonicalBytes(runInterpreted(kernel, buffers, [1])[1]!));
    }
  });

  it("takes a parallel loop one by one where its iterations differ in their inner loops", () => {
    const b = new KernelBuilder("triangle");
    const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
    b.loop(b.i32(9), { order: "parallel", lanes: 4 }, (i) => {
      const [sum] = b.loop(b.add(i, b.i32(1)), { order: "serial", init: [b.constant(0, "f32")] }, (j, [current]) => [b.add(current!, b.load(x, j))]);
      b.store(y, i, sum!);
      return [];
    });
    const [, y1] = runEmitted(b.finish(), [counting(9), new Float32Array(9)], []);
    let sum = 0;
    expect([...y1!]).toEqual([...counting(9)].map((value) => (sum += value)));
  });

  it("gives lanes to the inner one of two nested loops that both have them", () => {
    const b = new KernelBuilder("nested");
    const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
    b.loop(b.i32(6), { order: "parallel", lanes: 4 }, (i) => {
      const base = b.mul(i, b.i32(7));
      const [sum] = b.loop(b.i32(7), { order: "parallel", lanes: 4, init: [b.constant(1, "f32")], combine: ["add"] },
        (j, [current]) => [b.add(current!, b.load(x, b.add(base, j)))]);
      b.store(y, i, sum!);
      return [];
    });
    const x0 = counting(42);
    const [, y1] = runEmitted(b.finish(), [x0, new Float32Array(6)], []);
    expect([...y1!]).toEqual(Array.from({ length: 6 }, (_, i) => x0.slice(7 * i, 7 * i + 7).reduce((a, c) => a + c, 1)));
  });

  it("prints", () => {
    expect(printKernel(relu(8))).toBe(`kernel @relu(b0: read f32, b1: write f32; 1 size) {
  %0: i32 = size 0
  %3: f32 = const 0
  parallel %1 < %0 lanes 8 {
    %2: f32 = load b0[%1]
    %4: f32 = max(%2, %3)
    store b1[%1] = %4
  }
}
`);
  });
});
