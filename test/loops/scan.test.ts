// Loops equal their unrolling: values and gradients, forward and reverse, on both targets.
import { build, compile, constant, DamoError, fn, grad, input, jvp, shared } from "damo";
import { scan } from "damo/loops";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodies, type Matrix, unroll, type Vector } from "./unroll.ts";

const size = 3;

function numbers(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i));
}

function expectClose(actual: Record<string, { data: ArrayLike<number | bigint> }>, expected: Record<string, { data: ArrayLike<number | bigint> }>): void {
  for (const [name, { data }] of Object.entries(expected)) {
    Array.from(data, Number).forEach((value, i) => {
      expect(Math.abs(Number(actual[name]!.data[i]) - value), `${name}[${i}]`).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)));
    });
  }
}

const inputs = () => ({
  xs: input("xs", [4, size], { dtype: "f64" }), a: input("a", [size], { dtype: "f64" }), b: input("b", [size], { dtype: "f64" }),
  w: input("w", [size, size], { dtype: "f64" }),
});

const feed = (seed: number, steps = 4) => ({
  xs: { data: Float64Array.from(numbers(steps * size, seed)), shape: [steps, size] }, a: numbers(size, seed + 1), b: numbers(size, seed + 2),
  w: { data: Float64Array.from(numbers(size * size, seed + 3)), shape: [size, size] },
});

/** Outputs of a loop's last state and stacks: the cost, its gradients, a derivative forward, and second derivatives. */
function outputsOf(last: { a: Vector; b: Vector }, ys: Matrix, given: ReturnType<typeof inputs>) {
  const cost = last.a.mul(last.a).sum().add(last.b.sum()).add(ys.mul(ys).sum());
  const wrt = { xs: given.xs, a: given.a, b: given.b, w: given.w };
  const options = { disconnectedInputs: "ignore" } as const;
  const g = grad(cost, wrt, options);
  const again = grad(g.a.mul(g.a).sum().add(g.w.sum()), { a: given.a, w: given.w }, options);
  return { a: last.a, b: last.b, ys, ga: g.a, gb: g.b, gw: g.w, gxs: g.xs, forward: jvp(cost, [given.w, given.xs], [given.w, given.xs]), hessianA: again.a, hessianW: again.w };
}

describe("a scan equals its unrolling", () => {
  test("random bodies: values, gradients, forward derivatives, second derivatives, checkpoints", async () => {
    await fc.assert(fc.asyncProperty(bodies, fc.boolean(), fc.integer({ min: 1, max: 100 }), async (make, reverse, seed) => {
      const given = inputs();
      const body = make(given.w as never);
      const init = { a: given.a as unknown as Vector, b: given.b as unknown as Vector };
      const xs = given.xs as unknown as Matrix;
      const expected = unroll(body, init, xs, 4, reverse);
      const [last, ys] = scan(body, init, xs, { reverse });
      const [lastChecked, ysChecked] = scan(body, init, xs, { reverse, checkpoint: 3 });
      const wanted = fn({ inputs: given, outputs: outputsOf(expected.last, expected.ys, given), onUnusedInput: "ignore" });
      const looped = fn({ inputs: given, outputs: outputsOf(last, ys as unknown as Matrix, given), onUnusedInput: "ignore" });
      const checked = fn({ inputs: given, outputs: outputsOf(lastChecked, ysChecked as unknown as Matrix, given), onUnusedInput: "ignore" });
      const reference = await compile({ wanted, looped }, { target: "reference" });
      const values = reference.wanted(feed(seed));
      expectClose(reference.looped(feed(seed)), values);
      const model = await compile({ looped, checked }, { mode: "debug" });
      expectClose(model.looped(feed(seed)), values);
      expectClose(model.checked(feed(seed)), values);
    }), { numRuns: 25 });
  }, 60_000);
});

describe("symbolic lengths", () => {
  const given = { xs: input("xs", ["n", 2]), a: input("a", [2]) };
  const [last, ys] = scan((carry, x) => [carry.mul(0.5).add(x), carry.sum()], given.a, given.xs);
  const f = fn({ inputs: given, outputs: { last, ys, gradient: grad(last.sum().add(ys.sum()), given.a) } });

  test.each(["reference", "wasm"] as const)("%s: one compilation runs every length, none included", async (target) => {
    const model = await compile(f, { target });
    const three = model({ xs: [[1, 2], [3, 4], [5, 6]], a: [1, 2] });
    expect(three.last.toArray()).toEqual([6.875, 8.75]);
    expect(three.ys.toArray()).toEqual([3, 4.5, 9.25]);
    expect(three.gradient.toArray()).toEqual([1.875, 1.875]);
    const none = model({ xs: { data: new Float32Array(0), shape: [0, 2] }, a: [1, 2] });
    expect([none.last.toArray(), none.ys.shape, none.gradient.toArray()]).toEqual([[1, 2], [0], [1, 1]]);
    const two = model({ xs: [[1, 2], [3, 4]], a: [0, 0] });
    expect(two.last.toArray()).toEqual([3.5, 5]);
  });
});

describe("carried values", () => {
  test.each(["reference", "wasm"] as const)("%s: are exchanged at once", async (target) => {
    const a = input("a", []);
    const b = input("b", []);
    const [{ a: x, b: y }, trace] = scan(({ a: p, b: q }) => [{ a: q, b: p.add(q) }, { p, q }], { a, b }, null, { length: 10 });
    const model = await compile(fn({ inputs: { a, b }, outputs: { x, y, p: trace.p, q: trace.q } }), { target });
    const out = model({ a: 0, b: 1 });
    expect([out.x.item(), out.y.item()]).toEqual([55, 89]);
    expect(out.p.toArray()).toEqual([0, 1, 1, 2, 3, 5, 8, 13, 21, 34]);
    expect(out.q.toArray()).toEqual([1, 1, 2, 3, 5, 8, 13, 21, 34, 55]);
  });

  test("are handed through, taken from slices and captures, and stacked twice", async () => {
    const xs = input("xs", [3, 2]);
    const w = input("w", [2]);
    const [last, ys] = scan((c, x) => [[c[0], x, w, c[1]], [x, c[1], c[1]]] as const, [w, w, w, w], xs);
    const model = await compile(fn({ inputs: { xs, w }, outputs: { a: last[0], b: last[1], c: last[2], d: last[3], x: ys[0], p: ys[1], q: ys[2] } }), { mode: "debug" });
    const out = model({ xs: [[1, 2], [3, 4], [5, 6]], w: [8, 9] });
    const lists = Object.fromEntries(Object.entries(out).map(([name, value]) => [name, value.toArray()]));
    expect(lists).toEqual({ a: [8, 9], b: [5, 6], c: [8, 9], d: [3, 4], x: [[1, 2], [3, 4], [5, 6]], p: [[8, 9], [1, 2], [3, 4]], q: [[8, 9], [1, 2], [3, 4]] });
  });

  test("of shared variables update them together", async () => {
    const w = shared("w", [1, 2]);
    const x = input("x", ["n", 2]);
    const [last] = scan((carry, slice) => [carry.add(slice), null], w, x);
    const model = await compile(fn({ inputs: { x }, outputs: { sum: last.sum() }, updates: [[w, last]] }));
    expect(model({ x: [[1, 1], [2, 2]] }).sum.item()).toBe(9);
    expect(model.state["w"]!.get().toArray()).toEqual([4, 5]);
    model({ x: { data: new Float32Array(0), shape: [0, 2] } });
    expect(model.state["w"]!.get().toArray()).toEqual([4, 5]);
  });
});

describe("loops in loops", () => {
  test("a table of sums, with its gradient", async () => {
    const x = input("x", [3, 4], { dtype: "f64" });
    const w = input("w", [], { dtype: "f64" });
    const [total, rows] = scan((sum, row) => {
      const [inner, trace] = scan((c, v) => [c.mul(w).add(v), c], sum, row);
      return [inner.tanh(), trace];
    }, constant(0, { dtype: "f64" }), x);
    const cost = total.add(rows.sum());
    const model = await compile(fn({ inputs: { x, w }, outputs: { cost, gx: grad(cost, x), gw: grad(cost, w) } }), { mode: "debug" });
    const data = numbers(12, 3);
    const value = (values: readonly number[], weight: number): number => {
      let [c, sum] = [0, 0];
      for (let i = 0; i < 3; i++) {
        for (let k = 0; k < 4; k++) {
          sum += c;
          c = c * weight + values[i * 4 + k]!;
        }
        c = Math.tanh(c);
      }
      return c + sum;
    };
    const out = model({ x: { data: Float64Array.from(data), shape: [3, 4] }, w: 0.7 });
    expect(out.cost.item()).toBeCloseTo(value(data, 0.7), 12);
    const h = 1e-6;
    expect(out.gw.item()).toBeCloseTo((value(data, 0.7 + h) - value(data, 0.7 - h)) / (2 * h), 7);
    data.forEach((_, i) => {
      const moved = (by: number): readonly number[] => data.with(i, data[i]! + by);
      expect(out.gx.data[i]).toBeCloseTo((value(moved(h), 0.7) - value(moved(-h), 0.7)) / (2 * h), 7);
    });
  });

  test("a gradient inside a body, and of that again", async () => {
    const x = input("x", [], { dtype: "f64" });
    // Newton's steps to the minimum of c^4/4 - 2c: c - f'(c) / f''(c), to the cube root of 2.
    const [root] = scan((c) => {
      const value = c.mul(c).mul(c).mul(c).div(4).sub(c.mul(2));
      const slope = grad(value, c);
      return [c.sub(slope.div(grad(slope, c))), null];
    }, x, null, { length: 8 });
    const model = await compile(fn({ inputs: { x }, outputs: { root, sensitivity: grad(root, x) } }), { mode: "debug" });
    const out = model({ x: 1.5 });
    expect(out.root.item()).toBeCloseTo(Math.cbrt(2), 14);
    expect(out.sensitivity.item()).toBeCloseTo(0, 12);
  });
});

describe("truncated gradients", () => {
  test("flow through the last steps only", async () => {
    const w = input("w", [], { dtype: "f64" });
    const xs = input("xs", ["n"], { dtype: "f64" });
    const [last, ys] = scan((c, x) => [c.mul(w).add(x), c], constant(1, { dtype: "f64" }), xs, { truncateGradient: 2 });
    const model = await compile(fn({ inputs: { w, xs }, outputs: { last, ys, gw: grad(last, w), gx: grad(last, xs) } }), { mode: "debug" });
    const out = model({ w: 0.5, xs: [1, 2, 3, 4] });
    // c: 1, 1.5, 2.75, 4.375, 6.1875; with c2 = 2.75 constant: last = (2.75 w + 3) w + 4
    expect(out.last.item()).toBe(6.1875);
    expect(out.ys.toArray()).toEqual([1, 1.5, 2.75, 4.375]);
    expect(out.gw.item()).toBe(2 * 2.75 * 0.5 + 3);
    expect(out.gx.toArray()).toEqual([0, 0, 0.5, 1]);
    expect(model({ w: 0.5, xs: [1] }).gw.item()).toBe(1);
  });
});

test("what is compiled does not grow with the number of steps", async () => {
  const bytes = async (length: number): Promise<number> => {
    const a = input("a", [3]);
    const [last] = scan((c) => [c.tanh(), null], a, null, { length });
    const { wasm } = await build(fn({ inputs: { a }, outputs: { last, g: grad(last.sum(), a) } }));
    return wasm.length;
  };
  // Longer immediates alone.
  expect(await bytes(100_000) - await bytes(1000)).toBeLessThan(64);
});

describe("mistakes", () => {
  const x = input("x", [3, 2]);
  const code = (build: () => unknown): string | undefined => {
    try {
      build();
      return undefined;
    } catch (error) {
      return error instanceof DamoError ? `${error.code} ${error.where?.replace(/:\d+$/, "")}` : String(error);
    }
  };
  test.each([
    ["a carried value changes its shape", "E211", () => scan((c) => [c.sum(), null], x, null, { length: 2 })],
    ["a carried value changes its dtype", "E211", () => scan((c) => [c.convert("f64") as never, null], x, null, { length: 2 })],
    ["the body gives another form", "E211", () => scan(((c: unknown) => [[c, c], null]) as never, x, null, { length: 2 })],
    ["the body gives no pair", "E209", () => scan(((c: unknown) => c) as never, x, null, { length: 2 })],
    ["no number of steps", "E205", () => scan((c) => [c, null], x, null)],
    ["sequences of different lengths", "E203", () => scan((c) => [c, null], x, [x, input("z", [4])])],
    ["a sequence without an axis", "E204", () => scan((c) => [c, null], x, input("s", []))],
    ["a fraction of a step", "E205", () => scan((c) => [c, null], x, x, { checkpoint: 0.5 })],
    ["the root of a size", "E205", () => scan((c) => [c, null], 0, input("v", ["n"]), { checkpoint: "sqrt" })],
  ] as const)("%s: %s", (_, expected, build) => {
    expect(code(build)).toBe(`${expected} scan.test.ts`);
  });
});
