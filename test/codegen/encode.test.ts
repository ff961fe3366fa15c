// Modules made by the encoder are accepted by the engine and do what was written.

import { describe, expect, test } from "vitest";
import { ByteBuffer, ModuleBuilder, countedLoop } from "../../codegen/wasm/encode/index.ts";

type Exported = (...args: (number | bigint)[]) => number;

function instantiate(module: ModuleBuilder, imports: WebAssembly.Imports = {}): Record<string, Exported> {
  const bytes = module.encode();
  expect(WebAssembly.validate(bytes)).toBe(true);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Record<string, Exported>;
}

const written = (write: (out: ByteBuffer) => void): number[] => {
  const out = new ByteBuffer(1);
  write(out);
  return [...out.copy()];
};

describe("bytes", () => {
  // Examples of Wikipedia's "LEB128" and the boundaries between lengths.
  test.each<[number, number[]]>([
    [0, [0]], [1, [1]], [127, [0x7f]], [128, [0x80, 1]], [624485, [0xe5, 0x8e, 0x26]], [16383, [0xff, 0x7f]],
    [16384, [0x80, 0x80, 1]], [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]], [-1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("u32 %i", (value, bytes) => {
    expect(written((out) => out.u32(value))).toEqual(bytes);
  });

  test.each<[number, number[]]>([
    [0, [0]], [-1, [0x7f]], [63, [0x3f]], [64, [0xc0, 0]], [-64, [0x40]], [-65, [0xbf, 0x7f]], [127, [0xff, 0]],
    [-123456, [0xc0, 0xbb, 0x78]], [0x7fffffff, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-0x80000000, [0x80, 0x80, 0x80, 0x80, 0x78]], [0xffffffff, [0x7f]],
  ])("s32 %i", (value, bytes) => {
    expect(written((out) => out.s32(value))).toEqual(bytes);
    if (value <= 0x7fffffff) expect(written((out) => out.s64(BigInt(value)))).toEqual(bytes);
  });

  test("s64 limits", () => {
    expect(written((out) => out.s64(2n ** 63n - 1n))).toEqual([...Array<number>(9).fill(0xff), 0]);
    expect(written((out) => out.s64(-(2n ** 63n)))).toEqual([...Array<number>(9).fill(0x80), 0x7f]);
  });

  test("floats and names", () => {
    expect(written((out) => out.f32(-0))).toEqual([0, 0, 0, 0x80]);
    expect(written((out) => out.f64(1))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect(written((out) => out.name("é"))).toEqual([2, 0xc3, 0xa9]);
  });
});

describe("modules", () => {
  test("constants keep their values", () => {
    const module = new ModuleBuilder();
    const i32 = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];
    const f64 = [0, -0, 1.1, Number.MIN_VALUE, -Infinity, NaN, Number.MAX_VALUE];
    for (const [i, value] of i32.entries()) module.exportFunction(`i${i}`, module.addFunction("", [], ["i32"], (f) => f.i32(value)));
    for (const [i, value] of f64.entries()) module.exportFunction(`d${i}`, module.addFunction("", [], ["f64"], (f) => f.f64(value)));
    module.exportFunction("s", module.addFunction("", [], ["f32"], (f) => f.f32(0.1)));
    const run = instantiate(module);
    for (const [i, value] of i32.entries()) expect(run[`i${i}`]?.()).toBe(value);
    for (const [i, value] of f64.entries()) expect(run[`d${i}`]?.()).toBe(value);
    expect(run["s"]?.()).toBe(Math.fround(0.1));
  });

  test("forward references, recursion, imports, globals and locals of several types", () => {
    const module = new ModuleBuilder();
    const log = module.importFunction("host", "log", { params: ["i32"], results: [] });
    const isOdd = module.declareFunction("isOdd", { params: ["i32"], results: ["i32"] });
    const calls = module.addGlobal("i32", true, 0);
    const isEven = module.addFunction("isEven", ["i32"], ["i32"], (f, n) => {
      f.globalGet(calls).i32(1).op("i32.add").globalSet(calls);
      f.get(n).op("i32.eqz").if(() => f.i32(1), () => f.get(n).i32(1).op("i32.sub").call(isOdd), "i32");
    });
    module.defineFunction(isOdd, (f, n) => {
      const [copy, , wide] = [f.local("i32"), f.local("f64"), f.local("i64"), f.local("v128")];
      f.get(n as number).tee(copy).call(log).i64(5).set(wide as number);
      f.get(copy).op("i32.eqz").if(() => f.i32(0).op("return"));
      f.get(copy).i32(1).op("i32.sub").call(isEven);
    });
    module.exportFunction("isEven", isEven);
    module.exportGlobal("calls", calls);
    const logged: number[] = [];
    const run = instantiate(module, { host: { log: (n: number) => logged.push(n) } });
    expect(run["isEven"]?.(5)).toBe(0);
    expect(logged).toEqual([4, 2, 0]);
    expect((run["calls"] as unknown as WebAssembly.Global).value).toBe(3);
  });

  test("labels name blocks at any depth", () => {
    const module = new ModuleBuilder();
    // The number of pairs (i, j), i < n, j < i, up to the first with i * j == stop.
    module.exportFunction("pairs", module.addFunction("pairs", ["i32", "i32"], ["i32"], (f, n, stop) => {
      const [i, j, count] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.block((found) => {
        countedLoop(f, i, { from: () => f.i32(0), to: () => f.get(n), step: 1 }, () => {
          countedLoop(f, j, { from: () => f.i32(0), to: () => f.get(i), step: 1 }, () => {
            f.get(i).get(j).op("i32.mul").get(stop).op("i32.eq").brIf(found);
            f.get(count).i32(1).op("i32.add").set(count);
          });
        });
      });
      f.get(count);
    }));
    module.exportFunction("pick", module.addFunction("pick", ["i32"], ["i32"], (f, which) => {
      f.block((other) => {
        f.block((one) => {
          f.block((zero) => f.get(which).brTable([zero, one], other));
          f.i32(10).op("return");
        });
        f.i32(11).op("return");
      });
      f.i32(12);
    }));
    const run = instantiate(module);
    expect(run["pairs"]?.(5, -1)).toBe(10);
    expect(run["pairs"]?.(5, 6)).toBe(5);
    expect(run["pairs"]?.(0, -1)).toBe(0);
    expect([0, 1, 2, -1].map((n) => run["pick"]?.(n))).toEqual([10, 11, 12, 12]);
  });

  test("memory, data segments, tables, start and custom sections", () => {
    const module = new ModuleBuilder();
    module.defineMemory({ minimum: 1, maximum: 4 });
    module.exportMemory("memory");
    module.addActiveData(16, new Uint8Array([1, 2, 3, 4]));
    const passive = module.addPassiveData(new Uint8Array([5, 6, 7, 8]));
    const unary = { params: ["i32"], results: ["i32"] } as const;
    const double = module.addFunction("double", ["i32"], ["i32"], (f, x) => f.get(x).i32(2).op("i32.mul"));
    const square = module.addFunction("square", ["i32"], ["i32"], (f, x) => f.get(x).get(x).op("i32.mul"));
    expect([double, square, double].map((index) => module.tablePlace(index))).toEqual([1, 2, 1]);
    module.exportFunction("apply", module.addFunction("apply", ["i32", "i32"], ["i32"], (f, which, x) => {
      f.get(x).get(which).callIndirect(module.typeIndex(unary));
    }));
    const init = module.addFunction("init", [], [], (f) => {
      f.i32(32).i32(1).i32(3).memoryInit(passive).dataDrop(passive);
      f.i32(40).i32(9).i32(2).memoryFill().i32(42).i32(40).i32(2).memoryCopy();
    });
    module.setStart(init);
    module.addCustomSection("damo", new Uint8Array([1, 2]));
    const bytes = module.encode({ names: true });
    expect(WebAssembly.validate(bytes)).toBe(true);
    const compiled = new WebAssembly.Module(bytes);
    expect([...new Uint8Array(WebAssembly.Module.customSections(compiled, "damo")[0] ?? [])]).toEqual([1, 2]);
    expect(WebAssembly.Module.customSections(compiled, "name")).toHaveLength(1);
    const { memory, apply } = new WebAssembly.Instance(compiled).exports as { memory: WebAssembly.Memory; apply: Exported };
    const view = new Uint8Array(memory.buffer);
    expect([...view.subarray(16, 20)]).toEqual([1, 2, 3, 4]);
    expect([...view.subarray(32, 36)]).toEqual([6, 7, 8, 0]);
    expect([...view.subarray(40, 46)]).toEqual([9, 9, 9, 9, 0, 0]);
    expect([apply(1, 7), apply(2, 7)]).toEqual([14, 49]);
    expect(() => apply(0, 7)).toThrow(WebAssembly.RuntimeError);
  });

  test("shared memory is imported", () => {
    const module = new ModuleBuilder();
    module.importMemory("damo", "memory", { minimum: 1, maximum: 2, shared: true });
    module.exportFunction("add", module.addFunction("add", ["i32"], ["i32"], (f, n) => f.i32(64).get(n).atomic("i32.atomic.rmw.add")));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const run = instantiate(module, { damo: { memory } });
    run["add"]?.(3);
    expect(run["add"]?.(4)).toBe(3);
    expect(new Int32Array(memory.buffer)[16]).toBe(7);
  });

  test("mistakes of the caller are reported", () => {
    const module = new ModuleBuilder();
    const later = module.declareFunction("later", { params: [], results: [] });
    expect(() => module.encode()).toThrow(/later is declared but not defined/);
    expect(() => module.importFunction("a", "b", { params: [], results: [] })).toThrow(/after a function/);
    module.defineFunction(later, (f) => {
      let inner: Parameters<typeof f.br>[0] | undefined;
      f.block((end) => { f.block((nested) => { inner = nested; }); f.br(end); });
      expect(() => f.br(inner as NonNullable<typeof inner>)).toThrow(/branch/);
      expect(() => f.lane("f32x4.extract_lane", 4)).toThrow(/lane 4/);
    });
    expect(() => module.defineFunction(later, () => {})).toThrow(/twice/);
  });
});

test("a large module is assembled at tens of MB/s", () => {
  const build = (): number => {
    const module = new ModuleBuilder();
    for (let n = 0; n < 100; n++) {
      module.addFunction("f", ["i32"], [], (f, address) => {
        const [a, b] = [f.local("v128"), f.local("v128")];
        for (let i = 0; i < 150; i++) {
          f.get(address).load("v128.load", 16 * i).set(a).get(a).get(b).op("f32x4.mul").get(a).op("f32x4.add").set(b);
        }
      });
    }
    return module.encode().length;
  };
  build();
  const start = performance.now();
  const bytes = build();
  // 300 KB take 5-15 ms on an idle machine; the bound leaves room for a busy one.
  expect(bytes).toBeGreaterThan(300_000);
  expect(performance.now() - start).toBeLessThan(300);
});
