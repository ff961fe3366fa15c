// The dtype f16 in programs: what it meets in, how values come in and go out, what is added up in f32, derivatives, files, and who refuses it.

import { adam, compile, constant, conv1d, fn, grad, incSubtensor, input, mse, shared, uniform, zeros } from "damo";
import * as linalg from "damo/linalg";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { roundToHalf } from "../../ir/half.ts";
import { formatNpy, parseNpy } from "../../src/formats/npy.ts";
import { formatSafetensors, parseSafetensors } from "../../src/formats/safetensors.ts";

const onEvaluator = { target: "reference" } as const;
const halves = { dtype: "f16" } as const;

describe("dtypes", () => {
  const x = input("x", [2], halves);
  test.each([["f32", "f32"], ["f64", "f64"], ["i32", "f16"], ["u32", "f16"], ["i64", "f16"], ["i8", "f16"], ["u8", "f16"], ["bool", "f16"], ["f16", "f16"]] as const)(
    "with %s it meets in %s", (other, expected) => {
      const y = input("y", [2], { dtype: other });
      expect(x.add(y as never).dtype).toBe(expected);
      expect((y as typeof x).add(x).dtype).toBe(expected);
    });

  test("numbers take it, and it stays what it is", () => {
    for (const made of [x.mul(0.1), x.sum(), x.mean(), x.cumsum(0), x.exp(), x.div(3), x.softmax(), x.dot(x)]) expect(made.dtype).toBe("f16");
    expect(x.argmax().dtype).toBe("i32");
    expect(x.gt(0).dtype).toBe("bool");
  });
});

describe("values", () => {
  const x = input("x", ["n"], halves);
  const same = () => compile(fn({ inputs: { x }, outputs: x.mul(1) }), onEvaluator);
  // 0.1 lies between 1638 and 1639 / 2^14.
  const tenth = 1638 / 2 ** 14;

  test("numbers and a Float32Array are rounded on their way in", async () => {
    const f = await same();
    expect(f({ x: [0.1, 65519, 65520, 2 ** -25] }).toArray()).toEqual([tenth, 65504, Infinity, 0]);
    const given = Float32Array.of(0.1, 1);
    const got = f({ x: given });
    expect(got.data).toEqual(Float32Array.of(tenth, 1));
    expect(got.dtype).toBe("f16");
    expect(given[0]).toBe(Math.fround(0.1));
    expect(f({ x: got }).data).toEqual(got.data);
    expect(() => f({ x: Float64Array.of(1) as never })).toThrow(/^E502 f: input x must be f16, it is f64; pass a Float32Array/);
  });

  test("constants and variables hold halves", async () => {
    const w = shared("w", [0.1, 0.2], halves);
    const model = await compile({ read: fn({ inputs: {}, outputs: { c: constant(0.1, halves), w, f: constant([0.1, 0.2], halves).convert("f32") } }) }, onEvaluator);
    const { c, f } = model.read();
    expect(c.item()).toBe(tenth);
    expect(f.toArray()).toEqual([tenth, roundToHalf(0.2)]);
    model.state["w"]!.set([1 / 3, 1]);
    expect(model.read().w.toArray()).toEqual([1365 / 4096, 1]);
  });

  const { Float16Array: HalfArray } = globalThis as { readonly Float16Array?: { of(...values: number[]): Float32Array } };

  test.skipIf(HalfArray === undefined)("a Float16Array, where there is one", async () => {
    expect((await same())({ x: HalfArray!.of(0.1, 2) }).data).toEqual(Float32Array.of(tenth, 2));
    expect(constant(HalfArray!.of(1)).dtype).toBe("f16");
    expect(constant([HalfArray!.of(1, 0.1)]).dtype).toBe("f16");
  });
});

describe("sums are taken in f32 and rounded once", () => {
  // In halves 2048 + 1 is 2048 again.
  const ones = input("ones", [4096], halves);
  const run = async (output: Parameters<typeof fn>[0]["outputs"], feeds: object) => (await compile(fn({ inputs: { ones }, outputs: output }) as never, onEvaluator) as unknown as (given: object) => { toArray(): unknown })(feeds).toArray();
  const feeds = { ones: new Float32Array(4096).fill(1) };

  test("sum", async () => expect(await run(ones.sum(), feeds)).toBe(4096));
  test("dot", async () => expect(await run(ones.dot(ones), feeds)).toBe(4096));
  test("cumsum", async () => expect(((await run(ones.cumsum(0), feeds)) as number[])[4000]).toBe(roundToHalf(4001)));
  test("scatter", async () => expect(await run(incSubtensor(zeros([2], halves), [ones.convert("i32")], ones), feeds)).toEqual([0, 4096]));
  test("convolution", async () => {
    expect(await run(conv1d(ones.reshape([1, 4096, 1]), ones.reshape([4096, 1, 1])).flatten(), feeds)).toEqual([4096]);
  });
  test("means stay in range where sums do not", async () => {
    const large = { ones: new Float32Array(4096).fill(1000) };
    expect(await run(ones.sum(), large)).toBe(Infinity);
    expect(await run(ones.mean(), large)).toBe(1000);
    const spread = { ones: Float32Array.from({ length: 4096 }, (_, i) => (i % 2 === 0 ? 1000 : 600)) };
    expect(await run(ones.std(), spread)).toBe(200);
  });
});

test("derivatives are f16", async () => {
  const x = input("x", [3], halves);
  const dx = grad(x.square().sum(), x);
  expect(dx.dtype).toBe("f16");
  const f = await compile(fn({ inputs: { x }, outputs: dx }), onEvaluator);
  expect(f({ x: [0.5, -3, 1000] }).toArray()).toEqual([1, -6, 2000]);
  // Through a conversion the derivative comes back as what the variable is.
  const through = grad(x.convert("f32").square().sum(), x);
  expect(through.dtype).toBe("f16");
});

test("a line is fitted in f16", async () => {
  const [x, y] = [input("x", [16], halves), input("y", [16], halves)];
  const [w, b] = [shared("w", 0, halves), shared("b", 0, halves)];
  const cost = mse(x.mul(w).add(b), y);
  const model = await compile({ train: fn({ inputs: { x, y }, outputs: { cost }, updates: adam(cost, [w, b], { learningRate: 0.05, epsilon: 1e-4 }) }) }, onEvaluator);
  const xs = Float32Array.from({ length: 16 }, (_, i) => i / 8 - 1);
  for (let step = 0; step < 300; step++) model.train({ x: xs, y: xs.map((value) => 3 * value - 1) });
  expect(model.state["w"]!.get().item()).toBeCloseTo(3, 1);
  expect(model.state["b"]!.get().item()).toBeCloseTo(-1, 1);
});

describe("files", () => {
  const value: TensorData = { dtype: "f16", shape: [3], data: Float32Array.of(1, -2, 1638 / 2 ** 14) };
  const bytes = [0x00, 0x3c, 0x00, 0xc0, 0x66, 0x2e];

  test(".npy has <f2", () => {
    const file = formatNpy(value);
    expect(new TextDecoder().decode(file)).toContain("'descr': '<f2'");
    expect([...file.subarray(-6)]).toEqual(bytes);
    expect(parseNpy(file)).toEqual(value);
  });

  test(".safetensors has F16, two bytes each", () => {
    const file = formatSafetensors(new Map<string, TensorData>([["h", value], ["i", { dtype: "i8", shape: [1], data: Int8Array.of(5) }]]));
    expect(new TextDecoder().decode(file)).toContain('"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}');
    expect([...file.subarray(-7)]).toEqual([...bytes, 5]);
    expect(parseSafetensors(file).get("h")).toEqual(value);
  });

  test.each(["safetensors", "npz"] as const)("state goes through .%s", async (format) => {
    const define = (start: number) => ({ read: fn({ inputs: {}, outputs: { w: shared("w", [start, 2 * start], halves) } }) });
    const [saved, loaded] = [await compile(define(0.1), onEvaluator), await compile(define(1), onEvaluator)];
    await loaded.loadBytes(await saved.saveBytes(format));
    expect(loaded.read().w.data).toEqual(saved.read().w.data);
  });
});

describe("who refuses it", () => {
  const x = input("x", [2], halves);

  test("WebAssembly", async () => {
    await expect(compile(fn({ inputs: { x }, outputs: x.add(1) }))).rejects.toThrow(/^E101 parameter: x is f16\[2\], and WebAssembly does not have f16; use f32, or compile for WebGPU, language.test.ts:/);
    const y = input("y", [2]);
    await expect(compile(fn({ inputs: { y }, outputs: y.convert("f16").convert("f32") }))).rejects.toThrow(/E101 convert: the result is f16\[2\]/);
    await expect(compile(fn({ inputs: { x }, outputs: x.add(1) }), { mode: "debug" })).rejects.toThrow(/^E101 parameter: x is f16\[2\]/);
    // What nothing reads has a place in memory all the same.
    await expect(compile(fn({ inputs: { x }, outputs: constant(1), onUnusedInput: "ignore" }))).rejects.toThrow(/^E101 parameter: x is f16\[2\]/);
  });

  test("draws and linear algebra", () => {
    expect(() => random.normal(random.key(1), [2], halves as never)).toThrow(/^E101 normal: draws are f32 or f64; convert what is drawn/);
    expect(() => uniform([2], halves as never)).toThrow(/^E101 uniform: draws are f32 or f64; convert what is drawn/);
    expect(uniform([2]).convert("f16").dtype).toBe("f16");
    // What draws for halves does so in f32.
    expect(random.dropout(random.key(1), x, 0.5).dtype).toBe("f16");
    expect(random.gaussianNoise(random.key(1), x, 0.1).dtype).toBe("f16");
    expect(random.categorical(random.key(1), x).dtype).toBe("i32");
    expect(() => linalg.inv(input("m", [2, 2], halves) as never)).toThrow(/E202/);
  });
});
