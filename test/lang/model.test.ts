// Compiled models: calls, state, several functions and several instances, what survives a failed call.
import { compile, constant, fn, grad, input, scalar, shared, sizeOf, zeros } from "damo";
import { describe, expect, test } from "vitest";

const targets = ["reference", "wasm"] as const;

describe.each(targets)("%s", (target) => {
  test("functions compiled together share state", async () => {
    const total = shared("total", 0);
    const x = scalar("x");
    const model = await compile({
      add: fn({ inputs: { x }, outputs: { before: total }, updates: [[total, total.add(x)]] }),
      read: fn({ inputs: {}, outputs: total }),
    }, { target });
    expect(model.add({ x: 5 }).before.item()).toBe(0);
    expect(model.add({ x: 2 }).before.item()).toBe(5);
    expect(model.read().item()).toBe(7);
    model.state["total"]!.set(1);
    expect(model.read().item()).toBe(1);
    expect(model.state["total"]!.get().item()).toBe(1);
  });

  test("updates read the old values", async () => {
    const [a, b] = [shared("a", [1, 2]), shared("b", [10, 20])];
    const model = await compile({ swap: fn({ inputs: {}, outputs: { sum: a.add(b) }, updates: [[a, b], [b, a]] }) }, { target });
    expect(model.swap().sum.toArray()).toEqual([11, 22]);
    expect(model.state["a"]!.get().toArray()).toEqual([10, 20]);
    expect(model.state["b"]!.get().toArray()).toEqual([1, 2]);
  });

  test("instances have states of their own; stateFrom copies", async () => {
    const n = shared("n", 0);
    const count = fn({ inputs: {}, outputs: n, updates: [[n, n.add(1)]] });
    const first = await compile({ count }, { target });
    first.count();
    first.count();
    const fresh = await compile({ count }, { target });
    const copied = await compile({ count }, { target, stateFrom: first });
    first.count();
    expect([first, fresh, copied].map((model) => model.count().item())).toEqual([3, 0, 2]);
  });

  test("one function is called by itself", async () => {
    const x = input("x", ["n"]);
    const f = await compile(fn({ inputs: { x }, outputs: { double: x.mul(2) }, name: "f" }), { target });
    expect(f({ x: [1, 2, 3] }).double.toArray()).toEqual([2, 4, 6]);
    expect(f({ x: [] }).double.toArray()).toEqual([]);
    expect(Object.keys(f.state)).toEqual([]);
  });

  test("sizes change from call to call, and are values", async () => {
    const x = input("x", ["n", 2]);
    const f = await compile(fn({ inputs: { x }, outputs: { n: sizeOf("n"), mean: x.mean(0), twice: x.reshape([-1]).mul(2) } }), { target });
    for (const n of [3, 1, 7, 3]) {
      const out = f({ x: Array.from({ length: n }, (_, i) => [i, -i]) });
      expect(out.n.item()).toBe(n);
      expect(out.mean.toArray()).toEqual([(n - 1) / 2, (1 - n) / 2]);
      expect(out.twice.shape).toEqual([2 * n]);
    }
  });

  test("results are copies", async () => {
    const w = shared("w", [1, 2]);
    const model = await compile({ read: fn({ inputs: {}, outputs: w }), step: fn({ inputs: {}, outputs: {}, updates: [[w, w.add(1)]] }) }, { target });
    const first = model.read();
    model.step();
    first.data[0] = 100;
    expect([...model.read().data]).toEqual([2, 3]);
    expect([...first.data]).toEqual([100, 2]);
  });

  test("every dtype passes in and out", async () => {
    const inputs = {
      f32: input("f32", [2]), f64: input("f64", [2], { dtype: "f64" }), i32: input("i32", [2], { dtype: "i32" }), u32: input("u32", [2], { dtype: "u32" }),
      i64: input("i64", [2], { dtype: "i64" }), i8: input("i8", [2], { dtype: "i8" }), u8: input("u8", [2], { dtype: "u8" }), bool: input("bool", [2], { dtype: "bool" }),
    };
    const f = await compile(fn({ inputs, outputs: inputs }), { target });
    const values = {
      f32: [0.5, -1], f64: [0.1, 2], i32: [-5, 7], u32: [0, 4294967295], i64: [-(2n ** 63n), 3], i8: [-128, 127], u8: [0, 255], bool: [true, false],
    } as const;
    const out = f(values);
    expect(Object.fromEntries(Object.entries(out).map(([name, value]) => [name, value.toArray()]))).toEqual({ ...values, i64: [-(2n ** 63n), 3n] });
    expect(Object.entries(out).every(([name, value]) => value.dtype === name)).toBe(true);
  });

  test("a failed call leaves the state as it was", async () => {
    const w = shared("w", zeros([2]));
    const i = input("i", ["n"], { dtype: "i32" });
    const table = constant([1, 2, 3]);
    const picked = table.at(i);
    const model = await compile({ step: fn({ inputs: { i }, outputs: { picked }, updates: [[w, w.add(picked.sum())]] }) }, { target });
    model.step({ i: [0, 2] });
    expect(() => model.step({ i: [0, 3] })).toThrow(/^E601 at: index 3 is out of range.*model\.test\.ts:\d+$/);
    expect(() => model.step({ i: [-4, 0] })).toThrow(/^E601 .*index -4/);
    expect(model.state["w"]!.get().toArray()).toEqual([4, 4]);
    expect(model.step({ i: [-1] }).picked.toArray()).toEqual([3]);
  });

  test("places lie within symbolic sizes, or the call fails", async () => {
    const x = input("x", ["n"]);
    const f = await compile(fn({ inputs: { x }, outputs: { first: x.at({ stop: 2 }), last: x.at({ start: -2 }), inner: x.at({ start: 1, stop: -1 }), third: x.at(2) } }), { target });
    const out = f({ x: [1, 2, 3, 4] });
    expect([out.first, out.last, out.inner, out.third].map((value) => value.toArray())).toEqual([[1, 2], [3, 4], [2, 3], 3]);
    expect(() => f({ x: [1, 2] })).toThrow(/^E604 /);
    expect(f({ x: [1, 2, 3] }).inner.toArray()).toEqual([2]);
  });

  test("sizes that were assumed to agree are checked", async () => {
    const [x, y] = [input("x", ["n"]), input("y", ["m"])];
    const f = await compile(fn({ inputs: { x, y }, outputs: x.add(y.assume(["n"])) }), { target });
    expect(f({ x: [1, 2], y: [3, 4] }).toArray()).toEqual([4, 6]);
    expect(() => f({ x: [1, 2], y: [3] })).toThrow(/^E604 .*model\.test\.ts:\d+$/);
    expect(f({ x: [1], y: [3] }).toArray()).toEqual([4]);
  });

  test("disposed models refuse to be used, by a clear error", async () => {
    const x = scalar("x");
    const f = await compile(fn({ inputs: { x }, outputs: x }), { target });
    f.dispose();
    f.dispose();
    expect(() => f({ x: 1 })).toThrow(/^E505 f: the model was disposed/);
    const g = await compile(fn({ inputs: { x }, outputs: x }), { target });
    g[Symbol.dispose]();
    expect(() => g({ x: 1 })).toThrow(/^E505/);
  });

  test("a call from within a call is refused", async () => {
    const x = input("x", [2]);
    const f = await compile(fn({ inputs: { x }, outputs: x }), { target });
    let inner: unknown;
    // An element that calls the model when it is read.
    const row = Object.defineProperty([0, 1], 0, {
      get: () => {
        try {
          f({ x: [1, 2] });
        } catch (error) {
          inner = error;
        }
        return 1;
      },
    });
    expect(f({ x: row }).toArray()).toEqual([1, 1]);
    expect(String(inner)).toMatch(/E505 f: the model is called while it runs/);
  });
});

describe("bound buffers", () => {
  test("are the module's memory, run after run", async () => {
    const x = input("x", ["n", 2]);
    const w = shared("w", [[1], [10]]);
    const model = await compile({ f: fn({ inputs: { x }, outputs: { y: x.dot(w) }, updates: [[w, w.add(1)]] }) });
    const bound = model.f.bindBuffers({ n: 3 });
    const [xs, ys] = [bound.inputs.x, bound.outputs.y];
    xs.set([1, 0, 0, 1, 1, 1]);
    bound.run();
    expect([...ys]).toEqual([1, 10, 11]);
    bound.run();
    expect([...ys]).toEqual([2, 11, 13]);
    expect(bound.inputs.x).toBe(xs);
  });

  test("are made again when memory grew or other sizes came between", async () => {
    const x = input("x", ["n"]);
    const model = await compile({ f: fn({ inputs: { x }, outputs: { y: x.mul(2) } }) });
    const bound = model.f.bindBuffers({ n: 2 });
    const large = model.f({ x: new Float32Array(1_000_000).fill(1) }).y.data;
    expect(large[999_999]).toBe(2);
    bound.inputs.x.set([3, 4]);
    bound.run();
    expect([...bound.outputs.y]).toEqual([6, 8]);
  });

  test("need every size, and a target that has them", async () => {
    const x = input("x", ["n"]);
    const f = fn({ inputs: { x }, outputs: x });
    const wasm = await compile(f);
    expect(() => wasm.bindBuffers()).toThrow(/^E501 f: the size "n" of input x is undefined/);
    expect(() => wasm.bindBuffers({ n: 2 ** 40 })).toThrow(/^E605/);
    expect(() => wasm.bindBuffers({ n: 2 ** 30 })).toThrow(/^E602/);
    expect(() => wasm.bindBuffers({ n: 1, m: 2 })).toThrow(/^E501 f: there is no size "m"/);
    const reference = await compile(f, { target: "reference" });
    expect(() => reference.bindBuffers({ n: 1 })).toThrow(/^E410/);
  });
});

test("a training step gives the same bits in each of two instances", async () => {
  const x = input("x", ["n", 3]);
  const w = shared("w", [[0.1], [0.2], [0.3]]);
  const cost = x.dot(w).sub(1).square().mean();
  const step = fn({ inputs: { x }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.1))]] });
  const [a, b] = [await compile({ step }), await compile({ step })];
  const batch = { x: [[1, 2, 3], [0.5, -1, 2]] };
  for (let i = 0; i < 5; i++) expect(a.step(batch).cost.item()).toBe(b.step(batch).cost.item());
  expect(a.state["w"]!.get().data).toEqual(b.state["w"]!.get().data);
});
