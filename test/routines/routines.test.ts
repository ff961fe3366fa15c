// Ops that call routines, from end to end: values, failures and derivatives on every target; batches, operands that elements
// share, threads, state, symbolic sizes, artifacts.

import { build, compile, constant, fn, grad, input, shared } from "damo";
import { load } from "damo/load";
import { cond, scan } from "damo/loops";
import { vmap } from "damo/transform";
import { describe, expect, it } from "vitest";
import { errorOf } from "../error-of.ts";
import { orderOf, rootsOf, scaled } from "./expressions.ts";

const targets = [{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const;

describe.each(targets)("%o", (options) => {
  it("gives values for each element of a batch of any size, in f32 and f64", async () => {
    const [x, d] = [input("x", ["n", 3]), input("d", [2, "m"], { dtype: "f64" })];
    const f = await compile(fn({ inputs: { x, d }, outputs: { ...orderOf(x), roots: rootsOf(d.add(1)) } }), options);
    const result = f({ x: [[3, 1, 2], [5, 5, 4]], d: [[0, 3], [8, 24]] });
    expect(result.sorted!.toArray()).toEqual([[1, 2, 3], [4, 5, 5]]);
    expect(result.places!.toArray()).toEqual([[1, 2, 0], [2, 0, 1]]);
    expect(result.roots!.toArray()).toEqual([[1, 2], [3, 5]]);
    const none = f({ x: { data: new Float32Array(0), shape: [0, 3] }, d: { data: new Float64Array(0), shape: [2, 0] } });
    expect([none.sorted!.shape, none.roots!.shape]).toEqual([[0, 3], [2, 0]]);
  });

  it("lets the elements of a batch share an operand", async () => {
    const [x, by] = [input("x", ["n", 3], { dtype: "f64" }), input("by", [3], { dtype: "f64" })];
    const f = await compile(fn({ inputs: { x, by }, outputs: { y: scaled(x, by) } }), options);
    expect(f({ x: [[1, 2, 3], [4, 5, 6]], by: [1, 10, 100] }).y.toArray()).toEqual([[2, 40, 600], [8, 100, 1200]]);
  });

  it("fails with the op, the element of the batch and the user's line, before any write to state", async () => {
    const x = input("x", ["n", 2]);
    const w = shared("w", constant([0, 0]));
    const y = rootsOf(x);
    const f = await compile(fn({ inputs: { x }, outputs: { y }, updates: [[w, w.add(y.sum(0))]] }), options);
    f({ x: [[1, 4], [9, 16]] });
    const error = errorOf(() => f({ x: [[1, 4], [9, 101], [1, 1], [4, -1], [-1, 4]] }));
    expect(error.code).toBe("E609");
    expect(error.message).toBe(`E609 test_roots: a number is negative (element 3 of the batch), ${error.where}`);
    expect(error.where).toMatch(/^expressions\.ts:\d+$/);
    expect(errorOf(() => f({ x: [[1, 4], [101, 0]] })).message).toContain("a number is too large (element 1 of the batch)");
    expect(f.state["w"]!.get().toArray()).toEqual([4, 6]);
  });

  it("fails where only the gradient is asked for", async () => {
    const x = input("x", ["n", 2]);
    const f = await compile(fn({ inputs: { x }, outputs: { dx: grad(rootsOf(x).sum(), x) } }), options);
    expect(f({ x: [[1, 4]] }).dx.toArray()).toEqual([[0.5, 0.25]]);
    expect(errorOf(() => f({ x: [[1, -4]] })).code).toBe("E609");
  });

  it("fills the elements that failed with NaN where that is asked for, and they alone", async () => {
    const x = input("x", ["n", 2]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: rootsOf(x, "nan") } }), options);
    expect(f({ x: [[1, 4], [9, -1], [101, 0], [16, 25]] }).y.toArray()).toEqual([[1, 2], [NaN, NaN], [NaN, NaN], [4, 5]]);
  });

  it("fails in the step of a loop and on the side of a branch that runs it, and nowhere else", async () => {
    const [xs, go, bad] = [input("xs", ["n", 2]), input("go", [], { dtype: "bool" }), input("bad", [2])];
    const [total] = scan((sum, x) => {
      const next = sum.add(rootsOf(x));
      return [next, next];
    }, constant([0, 0]), xs);
    const side = cond(go, () => rootsOf(bad), () => bad);
    const f = await compile({ f: fn({ inputs: { xs }, outputs: { total } }), g: fn({ inputs: { go, bad }, outputs: { side } }) }, options);
    expect(f.f({ xs: [[1, 4], [9, 16]] }).total.toArray()).toEqual([4, 6]);
    expect(f.f({ xs: { data: new Float32Array(0), shape: [0, 2] } }).total.toArray()).toEqual([0, 0]);
    expect(errorOf(() => f.f({ xs: [[1, 4], [-1, 0]] })).code).toBe("E609");
    expect(f.g({ go: false, bad: [-1, -1] }).side.toArray()).toEqual([-1, -1]);
    expect(errorOf(() => f.g({ go: true, bad: [-1, -1] })).message).toMatch(/^E609 test_roots: a number is negative, expressions\.ts:\d+$/);
  });

  it("differentiates several results both ways, twice, and for a batch", async () => {
    const [x, u] = [input("x", [3], { dtype: "f64" }), input("u", [3], { dtype: "f64" })];
    const loss = orderOf(x).sorted.mul(orderOf(x).sorted).mul(u).sum();
    const first = grad(loss, x);
    const rows = input("rows", ["n", 3], { dtype: "f64" });
    const each = vmap((row) => orderOf(row).sorted.mul(u), rows);
    const f = await compile(fn({ inputs: { x, u, rows }, outputs: { first, second: grad(first.mul(u).sum(), x), each, back: grad(each.sum(), rows) } }), options);
    const result = f({ x: [3, 1, 2], u: [1, 10, 100], rows: [[3, 1, 2], [4, 5, 6]] });
    // d/dx of 1 x1² + 10 x2² + 100 x0²
    expect(result.first!.toArray()).toEqual([600, 2, 40]);
    expect(result.second!.toArray()).toEqual([200, 20, 2000]);
    expect(result.each!.toArray()).toEqual([[1, 20, 300], [4, 50, 600]]);
    expect(result.back!.toArray()).toEqual([[100, 1, 10], [1, 10, 100]]);
  });

  it("differentiates through the steps of a loop and the sides of a branch", async () => {
    const [xs, go] = [input("xs", ["n", 3], { dtype: "f64" }), input("go", [], { dtype: "bool" })];
    const u = constant([1, 10, 100], { dtype: "f64" });
    const [total] = scan((sum, x) => {
      const next = sum.add(orderOf(x.mul(x)).sorted.mul(u).sum());
      return [next, next];
    }, constant(0, { dtype: "f64" }), xs);
    const side = cond(go, () => orderOf(xs).sorted.mul(u).sum(), () => xs.sum());
    const f = await compile(fn({ inputs: { xs, go }, outputs: { loop: grad(total, xs), branch: grad(side, xs) } }), options);
    const result = f({ xs: [[3, 1, 2], [4, 5, 6]], go: true });
    expect(result.loop.toArray()).toEqual([[600, 2, 40], [8, 100, 1200]]);
    expect(result.branch.toArray()).toEqual([[100, 1, 10], [1, 10, 100]]);
    expect(f({ xs: [[3, 1, 2]], go: false }).branch.toArray()).toEqual([[1, 1, 1]]);
  });

  it("writes where the operand lies only where nothing reads that any more", async () => {
    const x = input("x", [2, 3]);
    const once = x.add(1);
    const f = await compile(fn({ inputs: { x }, outputs: { y: rootsOf(once).mul(2), z: once.neg(), w: rootsOf(x.add(9)).add(1) } }), options);
    const result = f({ x: [[0, 3, 8], [15, 24, 35]] });
    expect(result.y.toArray()).toEqual([[2, 4, 6], [8, 10, 12]]);
    expect(result.z.toArray()).toEqual([[-1, -4, -9], [-16, -25, -36]]);
    expect((result.w.toArray() as number[][])[0]![0]).toBe(4);
  });
});

describe("artifacts", () => {
  it("have no imports, run alone, and say what is linked", async () => {
    const x = input("x", ["n", 3]);
    const { wasm, signature } = await build(fn({ name: "f", inputs: { x }, outputs: { ...orderOf(x), again: orderOf(x.neg()).sorted, y: rootsOf(x) } }));
    expect(WebAssembly.Module.imports(await WebAssembly.compile(wasm))).toEqual([]);
    const f = (await load(wasm)).functions["f"]!;
    expect([...f({ x: [[9, 1, 4]] })["again"]!.data]).toEqual([-9, -4, -1]);
    expect(signature.routines?.map(({ name }) => name)).toEqual(["order_f32", "roots_f32"]);
    expect(signature.routines!.every(({ bytes }) => bytes > 20 && bytes < 400)).toBe(true);
  });
});
