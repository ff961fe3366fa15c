// Branches: only what is taken runs; where both sides are finite they are a select. Loops whose length is found out.
import { compile, constant, fn, grad, input, jvp, shared, where } from "damo";
import { cond, foldl, foldr, fori, ifelse, map, reduce, scan, switchCase, whileLoop } from "damo/loops";
import { describe, expect, test } from "vitest";
import { codeOf } from "../error-of.ts";

const f64 = { dtype: "f64" } as const;

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test("cond equals where, with gradients forward and reverse, and second ones", async () => {
    const x = input("x", [4], f64);
    const w = input("w", [4], f64);
    const test0 = x.sum().gt(0);
    const [a, b] = [x.mul(w).sin().sum(), x.mul(x).mul(w).sum()];
    const outputs = (y: typeof a) => {
      const g = grad(y, { x, w });
      return { y, gx: g.x, gw: g.w, forward: jvp(y, [x], [w]), again: grad(g.x.mul(g.x).sum(), x) };
    };
    const model = await compile({
      lazy: fn({ inputs: { x, w }, outputs: outputs(cond(test0, () => x.mul(w).sin().sum(), () => x.mul(x).mul(w).sum())) }),
      theano: fn({ inputs: { x, w }, outputs: outputs(ifelse(test0, a, b)) }),
      both: fn({ inputs: { x, w }, outputs: outputs(where(test0, a, b)) }),
    }, { target, mode: target === "wasm" ? "debug" : "fast" });
    for (const values of [[1, 2, -0.5, 0.25], [-1, 0.5, 0.125, -2]]) {
      const given = { x: values, w: [0.5, -1, 2, 0.75] };
      const expected = model.both(given);
      for (const name of ["lazy", "theano"] as const) {
        for (const [key, value] of Object.entries(expected)) {
          Array.from(value.data as Float64Array).forEach((v, i) => expect(Number(model[name](given)[key as "y"].data[i]), `${name} ${key}`).toBeCloseTo(v, 13));
        }
      }
    }
  });

  test("an error in the branch that is not taken is none, and in the one that is leaves the state", async () => {
    const x = input("x", [3]);
    const i = input("i", [], { dtype: "i32" });
    const safe = input("safe", [], { dtype: "bool" });
    const counter = shared("counter", 0);
    const y = cond(safe, () => x.sum(), () => x.take(i));
    const model = await compile(fn({ inputs: { x, i, safe }, outputs: { y }, updates: [[counter, counter.add(1)]] }), { target });
    expect(model({ x: [1, 2, 3], i: 7, safe: true }).y.item()).toBe(6);
    expect(model({ x: [1, 2, 3], i: 1, safe: false }).y.item()).toBe(2);
    expect(() => model({ x: [1, 2, 3], i: 7, safe: false })).toThrow(/E601.*7.*3/);
    expect(model.state["counter"]!.get().item()).toBe(2);
  });

  test("an index out of range in a step fails the call and leaves the state", async () => {
    const table = shared("table", [1, 2, 3]);
    const indices = input("indices", ["n"], { dtype: "i32" });
    const [last] = scan((sum, i) => [sum.add(table.take(i)), null], constant(0), indices);
    const model = await compile(fn({ inputs: { indices }, outputs: { last }, updates: [[table, table.add(last)]] }), { target });
    expect(model({ indices: [0, 2] }).last.item()).toBe(4);
    expect(() => model({ indices: [0, 3, 1] })).toThrow(/E601/);
    expect(model.state["table"]!.get().toArray()).toEqual([5, 6, 7]);
  });

  test("switchCase chooses among several, clamped", async () => {
    const k = input("k", [], { dtype: "i32" });
    const x = input("x", [2]);
    const y = switchCase(k, [() => x, () => x.mul(2), () => x.mul(3), () => x.mul(4), () => x.mul(5)]);
    const model = await compile(fn({ inputs: { k, x }, outputs: { y, g: grad(y.sum(), x) } }), { target });
    const factors = [-3, 0, 1, 2, 3, 4, 9].map((at) => [model({ k: at, x: [1, 1] }).y.data[0], model({ k: at, x: [1, 1] }).g.data[1]]);
    expect(factors).toEqual([[1, 1], [1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [5, 5]]);
  });

  test("whileLoop without a bound runs and has forward derivatives; with one, gradients", async () => {
    const a = input("a", [], f64);
    // Newton's steps to the root of a, until they settle.
    const step = ({ x }: { x: typeof a }) => ({ x: x.add(a.div(x)).mul(0.5) });
    const open = whileLoop(({ x }) => x.mul(x).sub(a).abs().gt(1e-12), ({ x }) => step({ x: x as never }), { x: a });
    const bounded = whileLoop(({ x }) => x.mul(x).sub(a).abs().gt(1e-12), ({ x }) => step({ x: x as never }), { x: a }, { maxSteps: 50 });
    const model = await compile(fn({ inputs: { a }, outputs: { root: open.x, forward: jvp(open.x, [a], [constant(1, f64)]), bounded: bounded.x, reverse: grad(bounded.x, a) } }), { target, mode: target === "wasm" ? "debug" : "fast" });
    for (const value of [2, 9, 1]) {
      const out = model({ a: value });
      expect(out.root.item()).toBeCloseTo(Math.sqrt(value), 12);
      expect(out.bounded.item()).toBe(out.root.item());
      // At 1 no step is taken: the result is a itself.
      const slope = value === 1 ? 1 : 0.5 / Math.sqrt(value);
      expect(out.forward.item()).toBeCloseTo(slope, 9);
      expect(out.reverse.item()).toBeCloseTo(slope, 9);
    }
  });

  test("whileLoop fails when its bound is reached, and says so", async () => {
    const n = input("n", [], { dtype: "i32" });
    const counter = shared("counter", 0);
    const end = whileLoop((i) => i.lt(n), (i) => i.add(1), constant(0, { dtype: "i32" }), { maxSteps: 5 });
    const model = await compile(fn({ inputs: { n }, outputs: { end }, updates: [[counter, counter.add(1)]] }), { target });
    expect([model({ n: 0 }).end.item(), model({ n: 5 }).end.item()]).toEqual([0, 5]);
    expect(() => model({ n: 6 })).toThrow(/E606.*branches\.test\.ts/);
    expect(model.state["counter"]!.get().item()).toBe(2);
  });

  test("fori, map, foldl, foldr, reduce", async () => {
    const n = input("n", [], { dtype: "i32" });
    const xs = input("xs", ["k"]);
    const outputs = {
      factorial: fori(1, n, (i, p) => p.mul(i.convert("f32")), constant(1)),
      five: fori(2, 5, (i, sum) => sum.add(i), constant(0, { dtype: "i32" })),
      squares: map((x) => x.mul(x), xs), left: foldl((c, x) => c.mul(10).add(x), 0, xs), right: foldr((c, x) => c.mul(10).add(x), 0, xs),
      sum: reduce((c, x) => c.add(x), constant(0), xs),
    };
    const model = await compile(fn({ inputs: { n, xs }, outputs }), { target });
    const out = model({ n: 6, xs: [1, 2, 3] });
    expect([out.factorial.item(), out.five.item(), out.left.item(), out.right.item(), out.sum.item()]).toEqual([120, 9, 123, 321, 6]);
    expect(out.squares.toArray()).toEqual([1, 4, 9]);
  });

  test("branches in loops, loops in branches", async () => {
    const xs = input("xs", ["n"], f64);
    const [last] = scan((c, x) => {
      const next = cond(x.gt(0), () => c.add(x), () => scan((d) => [d.mul(0.5), null], c, null, { length: 2 })[0]);
      return [next, null];
    }, constant(8, f64), xs);
    const model = await compile(fn({ inputs: { xs }, outputs: { last, g: grad(last, xs) } }), { target, mode: target === "wasm" ? "debug" : "fast" });
    const out = model({ xs: [1, -1, 2, -1, 3] });
    expect(out.last.item()).toBe(((8 + 1) / 4 + 2) / 4 + 3);
    expect(out.g.toArray()).toEqual([1 / 16, 0, 1 / 4, 0, 1]);
  });
});

test("a gradient in reverse mode through a loop without a bound is refused, at the user's line", async () => {
  const a = input("a", []);
  const end = whileLoop((x) => x.lt(10), (x) => x.mul(2), a);
  const f = fn({ inputs: { a }, outputs: { g: grad(end, a) } });
  await expect(compile(f)).rejects.toThrow(/E304.*no bound.*maxSteps.*branches\.test\.ts/);
});

test("mistakes name what does not agree", () => {
  const x = input("x", [2]);
  expect(codeOf(() => cond(x.sum().gt(0), () => x, () => x.sum()))).toBe("E211");
  expect(codeOf(() => cond(x.gt(0) as never, () => x, () => x))).toBe("E211");
  expect(codeOf(() => cond(true, () => [x, x], (() => [x]) as never))).toBe("E211");
  expect(codeOf(() => switchCase(0, [] as never))).toBe("E205");
  expect(codeOf(() => switchCase(x, [() => x]))).toBe("E202");
  expect(codeOf(() => whileLoop(((s: typeof x) => s.sum()) as never, (s) => s, x))).toBe("E211");
});
