// Prints: each time a value is computed, once, in order, the same lines on every target, after the call that made them.

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { build, compile, type CompileOptions, constant, fn, grad, input, shared } from "damo";
import { check, print, printLog } from "damo/debug";
import { load } from "damo/load";
import { cond, scan, whileLoop } from "damo/loops";
import { vmap } from "damo/transform";
import { errorOf } from "../error-of.ts";

const targets = [{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const;

/** Options whose log keeps the lines; `taken` gives those since it was last called. */
function logged<O extends CompileOptions>(options: O) {
  const lines: string[] = [];
  return { options: { ...options, log: (line: string) => void lines.push(line) }, taken: () => lines.splice(0) };
}

describe.each(targets)("%o", (given) => {
  it("hands the value on, and shows label, dtype, shape, statistics and the first elements", async () => {
    const { options, taken } = logged(given);
    const x = input("x", ["n", 3]);
    const y = print(print(x, "x").add(1), "y", { values: 2 }).mul(2);
    const f = await compile(fn({ inputs: { x }, outputs: { y, sum: print(y.sum(), "sum") } }), options);
    expect(f({ x: [[1, 2, 3], [-4, 0.5, 0]] }).y.toArray()).toEqual([[4, 6, 8], [-6, 3, 2]]);
    expect(taken()).toEqual([
      "x #1: f32[2,3] from -4 to 3, mean 0.416667: 1, 2, 3, -4, 0.5, 0",
      "y #1: f32[2,3] from -3 to 4, mean 1.41667: 2, 3, ...",
      "sum #1: f32 17",
    ]);
    f({ x: { data: new Float32Array(0), shape: [0, 3] } });
    expect(taken()).toEqual(["x #2: f32[0,3] empty", "y #2: f32[0,3] empty", "sum #2: f32 0"]);
    f({ x: [[NaN, 7, NaN]] });
    expect(taken()).toEqual(["x #3: f32[1,3] from 7 to 7, mean 7, 2 NaN: NaN, 7, NaN", "y #3: f32[1,3] from 8 to 8, mean 8, 2 NaN: NaN, 8, ...", "sum #3: f32 NaN"]);
    f({ x: [[NaN, NaN, NaN]] });
    expect(taken()[0]).toBe("x #4: f32[1,3] 3 NaN: NaN, NaN, NaN");
    f({ x: [[-Infinity, 0, 1]] });
    expect(taken()[0]).toBe("x #5: f32[1,3] from -Infinity to 1, mean -Infinity: -Infinity, 0, 1");
  });

  it.each([
    ["f64", [0.1, -1e300], "from -1e+300 to 0.1, mean -5e+299: 0.1, -1e+300"],
    ["i32", [2147483647, -2], "from -2 to 2147483647, mean 1073740000: 2147483647, -2"],
    ["u32", [4294967295, 1], "from 1 to 4294967295, mean 2147480000: 4294967295, 1"],
    ["i64", [9007199254740993n, -1n], "from -1 to 9007199254740992, mean 4503600000000000: 9007199254740993, -1"],
    ["i8", [-128, 127], "from -128 to 127, mean -0.5: -128, 127"],
    ["u8", [255, 0], "from 0 to 255, mean 127.5: 255, 0"],
    ["bool", [true, false], "from 0 to 1, mean 0.5: true, false"],
  ] as const)("shows %s", async (dtype, values, text) => {
    const { options, taken } = logged(given);
    const x = input("x", [2], { dtype });
    const f = await compile(fn({ inputs: { x }, outputs: { y: print(x, "x") } }), options);
    expect(f({ x: values as never }).y.toArray()).toEqual(values);
    expect(taken()).toEqual([`x #1: ${dtype}[2] ${text}`]);
  });

  it("has the statistics of any tensor", async () => {
    const { options, taken } = logged(given);
    const x = input("x", ["n", "m"]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: print(x.mul(2), "y", { values: 0 }) } }), options);
    const float = fc.float({ min: -1000, max: 1000, noNaN: true });
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.oneof(float, float, fc.constant(NaN)), { minLength: 1, maxLength: 40 }), (n, row) => {
      f({ x: Array.from({ length: n }, () => row) });
      const numbers = row.filter((value) => !Number.isNaN(value)).map((value) => value * 2);
      const [line] = taken();
      const nans = n * (row.length - numbers.length);
      expect(/, (\d+) NaN$/.exec(line!.replace("] ", "], "))?.[1]).toBe(nans === 0 ? undefined : String(nans));
      if (numbers.length === 0) return;
      const [, least, largest, mean] = /from (\S+) to (\S+), mean ([^\s,]+)/.exec(line!)!.map(Number) as [number, number, number, number];
      const close = (value: number, expected: number, scale: number): void => expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * scale);
      close(least, Math.min(...numbers), Math.abs(Math.min(...numbers)));
      close(largest, Math.max(...numbers), Math.abs(Math.max(...numbers)));
      close(mean, numbers.reduce((sum, value) => sum + value, 0) / numbers.length, Math.max(...numbers.map(Math.abs)));
    }), { numRuns: 60 });
  });

  it("prints at the first and at every so many-th time, from call to call", async () => {
    const { options, taken } = logged(given);
    const x = input("x", []);
    const f = await compile(fn({ inputs: { x }, outputs: { y: print(x, "x", { every: 3 }), z: print(x.neg(), "z", { every: 2 }) } }), options);
    for (let i = 0; i < 7; i++) f({ x: i });
    expect(taken().filter((line) => line.startsWith("x"))).toEqual(["x #1: f32 0", "x #4: f32 3", "x #7: f32 6"]);
    for (let i = 0; i < 2; i++) f({ x: i });
    expect(taken()).toEqual(["z #9: f32 -1"]);
  });

  it("prints in each step of a loop, and once though the gradient runs it again", async () => {
    // With checkpoints the steps are run, and printed, again.
    for (const [checkpoint, times] of [[undefined, 1], [2, 2]] as const) {
      const { options, taken } = logged(given);
      const xs = input("xs", [4]);
      const w = input("w", []);
      const [last] = scan((sum, x) => {
        const next = print(sum.add(x.mul(w)).tanh(), "sum");
        return [next, next];
      }, constant(0), xs, checkpoint === undefined ? {} : { checkpoint });
      const f = await compile(fn({ inputs: { xs, w }, outputs: { last, slope: grad(last, w) } }), options);
      f({ xs: [1, 0, -2, 0.5], w: 1 });
      let sum = 0;
      const lines = [1, 0, -2, 0.5].map((x, i) => `sum #${i + 1}: f32 ${Number((sum = Math.tanh(sum + x)).toPrecision(6))}`);
      const printed = taken();
      if (times === 1) expect(printed).toEqual(lines);
      const values = (from: readonly string[]): string[] => from.map((line) => line.replace(/#\d+/, "")).sort();
      expect(values(printed)).toEqual(values(Array.from({ length: times }, () => lines).flat()));
    }
  });

  it("prints what a loop that ends early reached, once though it has a gradient", async () => {
    const { options, taken } = logged(given);
    const w = input("w", []);
    const x = whileLoop((x) => x.lt(20), (x) => print(x.mul(w), "x"), constant(1), { maxSteps: 10 });
    const f = await compile(fn({ inputs: { w }, outputs: { x, slope: grad(x, w) } }), options);
    expect(f({ w: 3 }).slope.item()).toBe(27);
    expect(taken()).toEqual(["x #1: f32 3", "x #2: f32 9", "x #3: f32 27"]);
  });

  it("prints in the branch that is taken, once though the gradient computes it again", async () => {
    const { options, taken } = logged(given);
    const x = input("x", []);
    const y = cond(x.gt(0), () => print(x.sqrt(), "root").exp(), () => print(x.neg(), "neg").mul(x));
    const f = await compile(fn({ inputs: { x }, outputs: { y, slope: grad(y, x) } }), options);
    expect(f({ x: -3 }).slope.item()).toBe(6);
    f({ x: 4 });
    expect(taken()).toEqual(["neg #1: f32 3", "root #1: f32 2"]);
  });

  it("prints once in a step whose loss has gradients of any order and is no output", async () => {
    const { options, taken } = logged(given);
    const x = input("x", [2]);
    const w = shared("w", constant([1, 2]));
    const slope = grad(print(x.mul(w), "product").square().sum(), w);
    const step = fn({ inputs: { x }, outputs: { curvature: grad(slope.sum(), w) }, updates: [[w, w.sub(slope)]] });
    const model = await compile({ step }, options);
    expect(model.step({ x: [1, 3] }).curvature.toArray()).toEqual([2, 18]);
    expect(model.state["w"]!.get().toArray()).toEqual([-1, -34]);
    expect(taken()).toEqual(["product #1: f32[2] from 1 to 6, mean 3.5: 1, 6"]);
  });

  it("prints nothing that is not computed, and equal prints of one value once", async () => {
    const { options, taken } = logged(given);
    const x = input("x", []);
    print(x, "unread");
    const f = await compile(fn({ inputs: { x }, outputs: { a: print(x, "same").add(1), b: print(x, "same").mul(2), c: print(x, "other") } }), options);
    f({ x: 5 });
    expect(taken().sort()).toEqual(["other #1: f32 5", "same #1: f32 5"]);
  });

  it("shows what was printed before a call failed, and what nanGuard refused, once", async () => {
    const { options, taken } = logged(given);
    const x = input("x", [2]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: check(print(x, "x"), x.ge(0), "negative").sqrt().add(x.log()) } }), { ...options, nanGuard: true });
    expect(errorOf(() => f({ x: [1, -1] })).code).toBe("E607");
    expect(taken()).toEqual(["x #1: f32[2] from -1 to 1, mean 0: 1, -1"]);
    expect(errorOf(() => f({ x: [1, 0] })).code).toBe("E608");
    expect(taken()).toEqual(["x #2: f32[2] from 0 to 1, mean 0.5: 1, 0"]);
  });

  it("shows a batch as one value", async () => {
    const { options, taken } = logged(given);
    const x = input("x", [3, 2]);
    const f = await compile(fn({ inputs: { x }, outputs: vmap((row) => print(row.sum(), "sum"), x) }), options);
    f({ x: [[1, 2], [3, 4], [5, 6]] });
    expect(taken()).toEqual(["sum #1: f32[3] from 3 to 11, mean 7: 3, 7, 11"]);
  });

  it("takes any label", async () => {
    const x = input("x", []);
    await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), async (label) => {
      const { options, taken } = logged(given);
      (await compile(fn({ inputs: { x }, outputs: { y: print(x, label) } }), options))({ x: 1 });
      expect(taken()).toEqual([`${label} #1: f32 1`]);
    }), { numRuns: given.target === "reference" || "mode" in given ? 5 : 20 });
  });
});

describe("the log", () => {
  it("keeps the first records of a call and says how many found no room", async () => {
    const { options, taken } = logged({});
    const xs = input("xs", ["n"], { dtype: "f64" });
    const [last] = scan((sum, x) => {
      const next = print(sum.add(x), "sum");
      return [next, next];
    }, constant(0, { dtype: "f64" }), xs);
    const f = await compile(fn({ inputs: { xs }, outputs: { last } }), options);
    const ones = (length: number) => f({ xs: { data: new Float64Array(length).fill(1), shape: [length] } });
    expect(ones(3000).last.item()).toBe(3000);
    const lines = taken();
    // A record of a scalar of f64: 16 bytes, four statistics and the element.
    const room = Math.floor(65536 / (16 + 4 * 8 + 8));
    expect(lines.length).toBe(room + 1);
    expect(lines.slice(-2)).toEqual([`sum #${room}: f64 ${room}`, `${3000 - room} more to print: the log was full`]);
    ones(2);
    expect(taken()).toEqual(["sum #3001: f64 1", "sum #3002: f64 2"]);
  });

  it("is printed to the console by default", async () => {
    const spy = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const x = input("x", []);
    (await compile(fn({ inputs: { x }, outputs: { y: print(x, "x") } })))({ x: 2 });
    expect(spy.mock.calls).toEqual([["x #1: f32 2"]]);
    spy.mockRestore();
  });

  it("has nothing of the runs that warm a model up, and all of bound runs", async () => {
    const { options, taken } = logged({ warmUp: true } as const);
    const x = input("x", [2]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: print(x, "x", { every: 2 }) } }), options);
    expect(taken()).toEqual([]);
    const bound = f.bindBuffers();
    bound.inputs.x.set([3, 4]);
    for (let i = 0; i < 3; i++) bound.run();
    expect(taken()).toEqual(["x #1: f32[2] from 3 to 4, mean 3.5: 3, 4", "x #3: f32[2] from 3 to 4, mean 3.5: 3, 4"]);
  });

  it("is written by one thread where many share the work", async () => {
    const { options, taken } = logged({ threads: 3 } as const);
    const x = input("x", ["n", 64]);
    const w = shared("w", constant(Array.from({ length: 64 }, (_, i) => Array.from({ length: 64 }, (_, j) => (i === j ? 2 : 0)))));
    const f = await compile(fn({ inputs: { x }, outputs: { y: print(x.dot(w), "product").exp().sum() } }), options);
    for (let i = 0; i < 3; i++) f({ x: { data: Float32Array.from({ length: 2000 * 64 }, (_, at) => (at % 5) - 2), shape: [2000, 64] } });
    expect(taken()).toEqual([1, 2, 3].map((time) => `product #${time}: f32[2000,64] from -4 to 4, mean 0: -4, -2, 0, 2, 4, -4, ...`));
    f.dispose();
  });
});

describe("an artifact", () => {
  it("has a log that its host reads, with labels in the signature", async () => {
    const x = input("x", ["n"]);
    const { wasm, signature } = await build({ f: fn({ inputs: { x }, outputs: { y: print(check(print(x, "x"), x.gt(0), "not positive").log(), "y", { values: 1 }) } }) });
    expect(signature.prints).toEqual([
      { label: "x", dtype: "f32", where: expect.stringMatching(/^print\.test\.ts:\d+$/) as string }, { label: "y", dtype: "f32", where: expect.any(String) as string },
    ]);
    const lines: string[] = [];
    const model = await load(wasm, { log: printLog((line) => void lines.push(line)) });
    model.functions["f"]!({ x: Float32Array.of(1, 2) });
    expect(lines.splice(0)).toEqual(["x #1: f32[2] from 1 to 2, mean 1.5: 1, 2", "y #1: f32[2] from 0 to 0.693147, mean 0.346574: 0, ..."]);
    expect(() => model.functions["f"]!({ x: Float32Array.of(-1) })).toThrow("E607");
    expect(lines[0]).toBe("x #2: f32[1] from -1 to -1, mean -1: -1");
    // Nobody has to read it.
    expect((await load(wasm)).functions["f"]!({ x: Float32Array.of(1) })["y"]!.toArray()).toEqual([0]);
  });

  it("without prints has no trace of them", async () => {
    const x = input("x", ["n"]);
    const { wasm, signature } = await build({ f: fn({ inputs: { x }, outputs: { y: x.log() } }) });
    expect(signature).not.toHaveProperty("prints");
    expect(WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name)).not.toContain("damo_log");
    await load(wasm, { log: printLog(() => expect.unreachable()) }).then((model) => model.functions["f"]!({ x: Float32Array.of(1) }));
  });
});

describe("bad calls", () => {
  const x = input("x", [2]);
  it.each([
    [() => print(x, undefined as never), "E209"],
    [() => print(x, "x", null as never), "E205"],
    [() => print(x, "x", { every: 0 }), "E205"],
    [() => print(x, "x", { every: 1.5 }), "E205"],
    [() => print(x, "x", { values: 1025 }), "E205"],
    [() => print(x, "x", { values: "all" } as never), "E205"],
    [() => print(x, "x", { often: 2 } as never), "E205"],
    [() => print("x" as never, "x"), "E209"],
  ])("%s: %s", (build, code) => {
    const error = errorOf(build);
    expect([error.code, error.op]).toEqual([code, "print"]);
    expect(error.where).toMatch(/^print\.test\.ts:/);
  });

  it("refuses a log that is no function", async () => {
    await expect(compile(fn({ inputs: { x }, outputs: { y: x } }), { log: "file" as never })).rejects.toThrow("E410");
  });
});
