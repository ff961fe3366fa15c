// The emitted matrix product against a plain triple loop, rounded to f32 after each operation: equal bits, for every
// layout, size, path and tile, on arbitrary data; and nothing but C and the workspace is written. Relaxed code keeps the
// error bound of a sum in order, and the bits where no operation rounds.

import { setFlagsFromString } from "node:v8";
import { describe, expect, test } from "vitest";
import { type CodeVariant, strict } from "../../codegen/wasm/code-variant.ts";
import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { type GemmVariant, declareGemm, gemmWorkspaceBytes } from "../../codegen/wasm/gemm/gemm.ts";

// Node 20 has relaxed SIMD behind a flag; newer ones do not know the flag and need none.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

type Gemm = (...args: number[]) => void;
type Matrix = Float32Array | Float64Array;
const layouts = (["k", "m"] as const).flatMap((aLayout) => (["n", "k"] as const).map((bLayout) => ({ aLayout, bLayout })));
const dtypes = ["f32", "f64"] as const;
const codes: CodeVariant[] = [strict, { relaxed: false, wide: true }, { relaxed: true, wide: false }, { relaxed: true, wide: true }];
const every: GemmVariant[] = dtypes.flatMap((dtype) => codes.flatMap((code) => layouts.map((layout) => ({ dtype, code, ...layout }))));
const variants = every.filter(({ code }) => !code.relaxed);
const relaxed = every.filter(({ code }) => code.relaxed);
const nameOf = ({ dtype, code, aLayout, bLayout }: GemmVariant): string =>
  `${dtype}${code.wide ? " wide" : ""}${code.relaxed ? " relaxed" : ""} a:${aLayout} b:${bLayout}`;

const pages = 512;
const module = new ModuleBuilder();
const reportRows = module.importFunction("test", "rows", { params: ["i32", "i32", "i32"], results: [] });
module.defineMemory({ minimum: pages });
module.exportMemory("memory");
for (const variant of every) {
  module.exportFunction(nameOf(variant), declareGemm(module, variant));
}
const epiloguePlace = module.tablePlace(reportRows);
let onRows: (begin: number, end: number, args: number) => void = () => {};
const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), {
  test: { rows: (begin: number, end: number, args: number) => onRows(begin, end, args) },
});
const memory = instance.exports["memory"] as WebAssembly.Memory;

/** A small deterministic generator of numbers in [-1, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

interface Problem {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Elements between the end of a line of A, B, C and the start of the next. */
  readonly gap?: number;
  readonly random?: () => number;
}

/** C as nested rows; also checks that nothing around C, A, B and the workspace changed. */
function multiply(variant: GemmVariant, { m, n, k, gap = 0, random = generator(m * 31 + n * 7 + k) }: Problem, epilogue = false) {
  const wide = variant.dtype === "f64";
  const bytes = wide ? 8 : 4;
  const round = wide ? (x: number) => x : Math.fround;
  const all: Matrix = wide ? new Float64Array(memory.buffer) : new Float32Array(memory.buffer);
  const [aLines, aUnit] = variant.aLayout === "k" ? [m, k] : [k, m];
  const [bLines, bUnit] = variant.bLayout === "n" ? [k, n] : [n, k];
  const [lda, ldb, ldc] = [aUnit + gap, bUnit + gap, n + gap];
  const guard = 32;
  let top = 0;
  /** Guarded memory for `count` elements: its index. All of memory is NaN before. */
  const place = (count: number): number => {
    const at = top + guard;
    top = at + count + guard;
    return at;
  };
  const a = place(aLines * lda);
  const b = place(bLines * ldb);
  const c = place(m * ldc);
  const workspaceElements = Math.ceil(gemmWorkspaceBytes(variant.dtype, variant.code, m, n, k) / bytes);
  const workspace = place(workspaceElements);
  expect(top * bytes).toBeLessThan(pages * 65536);
  all.fill(NaN, 0, top);
  for (let line = 0; line < aLines; line++) for (let i = 0; i < aUnit; i++) all[a + line * lda + i] = round(random());
  for (let line = 0; line < bLines; line++) for (let i = 0; i < bUnit; i++) all[b + line * ldb + i] = round(random());
  const before = all.slice(0, top);
  const run = instance.exports[nameOf(variant)] as Gemm;
  run(m, n, k, a * bytes, lda * bytes, b * bytes, ldb * bytes, c * bytes, ldc * bytes, workspace * bytes, epilogue ? epiloguePlace : 0, 77);

  const after = all.slice(0, top);
  const rows: Matrix[] = Array.from({ length: m }, (_, i) => after.slice(c + i * ldc, c + i * ldc + n));
  for (let i = 0; i < m; i++) after.fill(NaN, c + i * ldc, c + i * ldc + n);
  after.fill(NaN, workspace, workspace + workspaceElements);
  expect(Buffer.compare(new Uint8Array(after.buffer), new Uint8Array(before.buffer)), "memory outside C").toBe(0);

  const elementA = (i: number, p: number): number => before[variant.aLayout === "k" ? a + i * lda + p : a + p * lda + i] as number;
  const elementB = (p: number, j: number): number => before[variant.bLayout === "n" ? b + p * ldb + j : b + j * ldb + p] as number;
  const expected = Array.from({ length: m }, (_, i) => {
    const row: Matrix = wide ? new Float64Array(n) : new Float32Array(n);
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum = round(sum + round(elementA(i, p) * elementB(p, j)));
      row[j] = sum;
    }
    return row;
  });
  const magnitude = (i: number, j: number): number => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += Math.abs(elementA(i, p) * elementB(p, j));
    return sum;
  };
  return { rows, expected, magnitude };
}

function expectEqualBits(variant: GemmVariant, problem: Problem, epilogue = false): void {
  const { rows, expected } = multiply(variant, problem, epilogue);
  const label = `${nameOf(variant)} ${problem.m}x${problem.k}x${problem.n}`;
  const bytes = (row: Matrix): Uint8Array => new Uint8Array(row.buffer);
  rows.forEach((row, i) => {
    const wanted = expected[i] as Matrix;
    if (Buffer.compare(bytes(row), bytes(wanted)) !== 0) expect([...row], `${label} row ${i}`).toEqual([...wanted]);
  });
}

describe.each(variants.map((variant) => [nameOf(variant), variant] as const))("%s", (_name, variant) => {
  test("every size up to 18", () => {
    const random = generator(1);
    for (let m = 1; m <= 18; m++) {
      for (let n = 1; n <= 18; n++) expectEqualBits(variant, { m, n, k: 1 + ((m * 5 + n * 3) % 13), gap: (m + n) % 3, random });
    }
    for (let k = 1; k <= 20; k++) expectEqualBits(variant, { m: 14, n: 15, k, random });
  });

  test.each<[number, number, number]>([
    [1, 1100, 37], [3, 33, 1000], [4, 20, 20], [12, 1100, 9], [1100, 1, 37], [1030, 11, 21], [130, 12, 129], [128, 17, 400],
    [121, 9, 385], [241, 40, 6], [37, 70, 513], [140, 70, 600], [6, 2050, 5], [13, 2050, 5], [5, 5, 1200], [33, 65, 129],
  ])("%ix%i, k = %i", (m, n, k) => {
    expectEqualBits(variant, { m, n, k, gap: k % 2 });
  });

  test("empty sizes", () => {
    for (const problem of [{ m: 0, n: 5, k: 5 }, { m: 5, n: 0, k: 5 }, { m: 0, n: 0, k: 0 }]) {
      expect(multiply(variant, problem).rows.flatMap((row) => [...row])).toEqual([]);
    }
    expect(multiply(variant, { m: 6, n: 7, k: 0, gap: 2 }).rows.flatMap((row) => [...row])).toEqual(Array(42).fill(0));
  });

  test("infinities, NaN and signed zeros follow the scalar loop", () => {
    const pool = [Infinity, -Infinity, NaN, 0, -0, 1, -1, 1e30, 1e-30];
    const next = generator(5);
    const random = (): number => pool[Math.floor((next() + 1) * 4.5)] as number;
    for (const [m, n, k] of [[17, 19, 3], [2, 9, 5], [9, 2, 6]] as const) {
      const { rows, expected } = multiply(variant, { m, n, k, random });
      rows.forEach((row, i) => {
        row.forEach((value, j) => {
          expect(value).toBe((expected[i] as Matrix)[j]);
        });
      });
    }
  });

  test("the epilogue sees every row once, after all of its columns are final", () => {
    for (const [m, n, k] of [[1, 50, 9], [500, 3, 9], [300, 20, 800], [250, variant.dtype === "f32" ? 2100 : 1100, 3], [6, 7, 0]] as const) {
      const seen = new Uint8Array(m);
      onRows = (begin, end, args) => {
        if (args !== 77 || begin >= end) throw new Error(`rows ${begin} to ${end}, args ${args}`);
        for (let row = begin; row < end; row++) seen[row] = (seen[row] as number) + 1;
      };
      expectEqualBits(variant, { m, n, k }, true);
      expect([...seen]).toEqual(Array(m).fill(1));
    }
  });
});

test("rows of a large product are those of a small one", () => {
  const variant: GemmVariant = { dtype: "f32", code: strict, aLayout: "k", bLayout: "n" };
  const values = Array.from({ length: 200 * 50 + 50 * 60 }, generator(9));
  const cursor = (skip: (i: number) => boolean): (() => number) => {
    let i = 0;
    return () => {
      while (skip(i)) i++;
      return values[i++] as number;
    };
  };
  const large = multiply(variant, { m: 200, n: 60, k: 50, random: cursor(() => false) }).rows;
  for (const rows of [1, 2, 5, 8, 121]) {
    const small = multiply(variant, { m: rows, n: 60, k: 50, random: cursor((i) => i >= rows * 50 && i < 200 * 50) }).rows;
    expect(small).toEqual(large.slice(0, rows));
  }
});

test.each(variants.map((variant) => [nameOf(variant), variant] as const))("%s reads at most 12 bytes past A and B", (_name, variant) => {
  // Each operand in turn ends 12 bytes (f64: 8, a whole element) before the end of memory: reading on would trap.
  const bytes = variant.dtype === "f64" ? 8 : 4;
  const room = Math.floor(12 / bytes) * bytes;
  const end = memory.buffer.byteLength - room;
  const run = instance.exports[nameOf(variant)] as Gemm;
  for (let size = 1; size <= 20; size++) {
    for (const [m, n, k] of [[size, 15, 7], [14, size, 9], [15, 13, size], [1, size, 6], [size, 1, 6], [3, size, 5], [size, 3, 5]] as const) {
      const [lda, ldb] = [variant.aLayout === "k" ? k : m, variant.bLayout === "n" ? n : k];
      run(m, n, k, end - m * k * bytes, lda * bytes, 1024, ldb * bytes, 8192, n * bytes, 16384, 0, 0);
      run(m, n, k, 1024, lda * bytes, end - k * n * bytes, ldb * bytes, 8192, n * bytes, 16384, 0, 0);
    }
  }
});

test("the workspace holds both operands packed, plus a few KB, and grows with rows and columns", () => {
  expect(gemmWorkspaceBytes("f32", strict, 64, 64, 64)).toBeLessThan(2 * 64 * 64 * 4 * 1.1 + 2048);
  const sizes = [0, 1, 5, 8, 64, 119, 121, 500, 3000];
  for (const code of codes) {
    for (const m of sizes) for (const n of sizes) for (const k of sizes) {
      const bytes = gemmWorkspaceBytes("f32", code, m, n, k);
      expect(gemmWorkspaceBytes("f32", code, m + 1, n, k)).toBeGreaterThanOrEqual(bytes);
      expect(gemmWorkspaceBytes("f32", code, m, n + 1, k)).toBeGreaterThanOrEqual(bytes);
    }
  }
});

describe.each(relaxed.map((variant) => [nameOf(variant), variant] as const))("%s", (_name, variant) => {
  const unit = variant.dtype === "f32" ? 2 ** -24 : 2 ** -53;
  const shapes = [[1, 70, 300], [9, 70, 300], [70, 3, 300], [64, 64, 64], [37, 29, 500], [7, 9, 1], [33, 21, 6]] as const;

  test("both sums are within k u of the exact one, relative to the sum of absolute products", () => {
    for (const [m, n, k] of shapes) {
      const { rows, expected, magnitude } = multiply(variant, { m, n, k });
      rows.forEach((row, i) => row.forEach((value, j) => {
        expect(Math.abs(value - (expected[i] as Matrix)[j]!)).toBeLessThanOrEqual(2.001 * k * unit * magnitude(i, j));
      }));
    }
  });

  test("has the bits of the strict product where nothing rounds", () => {
    for (const [m, n, k] of shapes) {
      const next = generator(k);
      expectEqualBits(variant, { m, n, k, random: () => Math.round(next() * 8) });
    }
  });
});

describe.each(variants.map((variant) => [nameOf(variant), variant] as const))("%s", (_name, variant) => {
  test.each([[150, 70, 40], [11, 200, 30], [200, 11, 30], [40, 33, 500]] as const)("parts of %ix%i, k = %i, have the bits of the whole", (m, n, k) => {
    // Code for these sizes only, and for any sizes.
    const own = new ModuleBuilder();
    own.defineMemory({ minimum: 64 });
    own.exportMemory("memory");
    for (const [name, sizes] of [["known", { m, n, k }], ["any", {}]] as const) own.exportFunction(name, declareGemm(own, { ...variant, ...sizes }));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(own.encode()));
    const bytes = variant.dtype === "f64" ? 8 : 4;
    const all = new (variant.dtype === "f64" ? Float64Array : Float32Array)((exports["memory"] as WebAssembly.Memory).buffer);
    const [a, b, c] = [64, 64 + m * k, 64 + (m + n) * k];
    const workspace = (c + m * n) * bytes;
    const random = generator(m);
    for (let i = 0; i < c; i++) all[i] = random();
    const [lda, ldb] = [variant.aLayout === "k" ? k : m, variant.bLayout === "n" ? n : k];
    const part = (run: Gemm, r0: number, r1: number, c0: number, c1: number): void => {
      const row = a + r0 * (variant.aLayout === "k" ? lda : 1);
      const column = b + c0 * (variant.bLayout === "n" ? 1 : ldb);
      run(r1 - r0, c1 - c0, k, row * bytes, lda * bytes, column * bytes, ldb * bytes, (c + r0 * n + c0) * bytes, n * bytes, workspace, 0, 0);
    };
    const result = (fill: (run: Gemm) => void, name: string): Matrix => {
      all.fill(NaN, c, c + m * n);
      fill(exports[name] as Gemm);
      return all.slice(c, c + m * n);
    };
    const whole = result((run) => part(run, 0, m, 0, n), "any");
    for (const name of ["known", "any"]) {
      const byRows = result((run) => [0, 1, 2, 9, m].reduce((from, to) => (part(run, from, to, 0, n), to)), name);
      const byColumns = result((run) => [0, 1, 4, 9, n].reduce((from, to) => (part(run, 0, m, from, to), to)), name);
      expect(byRows).toEqual(whole);
      expect(byColumns).toEqual(whole);
    }
  });
});
