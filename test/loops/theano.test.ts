// What Theano's documentation shows of its scan, with its numbers or closed forms.
import { compile, constant, fn, grad, input, shared } from "damo";
import { scan } from "damo/loops";
import { describe, expect, test } from "vitest";
import { codeOf } from "../error-of.ts";

const f64 = { dtype: "f64" } as const;

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test("powers: A^k, with a number of steps that is a value", async () => {
    const a = input("a", ["n"], f64);
    const k = input("k", [], { dtype: "i32" });
    const [result, , steps] = scan({ fn: (prior, base) => prior.mul(base), outputsInfo: a.mul(0).add(1), nonSequences: a, nSteps: k, maxSteps: 10 });
    const power = result.at(0);
    const model = await compile(fn({ inputs: { a, k }, outputs: { all: result, first: power, steps: steps! } }), { target });
    const out = model({ a: [0, 1, 2, 3], k: 3 });
    expect(out.steps.item()).toBe(3);
    expect((out.all.toArray() as number[][]).slice(0, 4)).toEqual([[0, 1, 2, 3], [0, 1, 4, 9], [0, 1, 8, 27], [0, 0, 0, 0]]);
    expect(() => model({ a: [1], k: 11 })).toThrow(/E606/);
    expect(model({ a: [2], k: 0 }).steps.item()).toBe(0);
  });

  test("a polynomial from its coefficients", async () => {
    const coefficients = input("c", ["n"], f64);
    const exponents = input("e", ["n"], f64);
    const x = input("x", [], f64);
    const [parts] = scan({ fn: (c, e, value) => c.mul(value.pow(e)), sequences: [coefficients, exponents], nonSequences: x });
    const model = await compile(fn({ inputs: { coefficients, exponents, x }, outputs: { y: parts.sum() } }), { target });
    expect(model({ coefficients: [1, 0, 2], exponents: [0, 1, 2], x: 3 }).y.item()).toBe(19);
  });

  test("taps of sequences and outputs", async () => {
    const u = input("u", ["n"], f64);
    const start = input("start", [2], f64);
    // x[t] = 0.5 x[t-1] + x[t-2] + u[t-1] + 2 u[t+1]
    const [x] = scan({
      fn: (before, after, two, one) => one.mul(0.5).add(two).add(before).add(after.mul(2)),
      sequences: { input: u, taps: [-1, 1] }, outputsInfo: { initial: start, taps: [-2, -1] },
    });
    const model = await compile(fn({ inputs: { u, start }, outputs: { x, g: grad(x.sum(), start) } }), { target });
    const [us, xs] = [[1, 2, 3, 4, 5, 6], [0.25, -1]];
    for (let t = 1; t < us.length - 1; t++) xs.push(0.5 * xs.at(-1)! + xs.at(-2)! + us[t - 1]! + 2 * us[t + 1]!);
    const out = model({ u: us, start: [0.25, -1] });
    expect(out.x.toArray()).toEqual(xs.slice(2));
    // d/dstart: the same recurrence without u, from the unit vectors.
    const sumFrom = (a: number, b: number): number => {
      const list = [a, b];
      for (let t = 0; t < 4; t++) list.push(0.5 * list.at(-1)! + list.at(-2)!);
      return list.slice(2).reduce((sum, value) => sum + value, 0);
    };
    expect(out.g.toArray()).toEqual([sumFrom(1, 0), sumFrom(0, 1)]);
  });

  test("an output read three steps back alone", async () => {
    const [x] = scan({ fn: (old) => old.add(1), outputsInfo: { initial: constant([1, 10, 100]), taps: [-3] }, nSteps: 5 });
    const model = await compile(fn({ inputs: {}, outputs: { x } }), { target });
    expect(model().x.toArray()).toEqual([2, 11, 101, 3, 12]);
  });

  test("an early stop: powers of two up to a limit, and their gradient", async () => {
    const limit = input("limit", [], f64);
    const x = input("x", [], f64);
    const [values, , steps] = scan({
      fn: (value, most) => ({ outputs: value.mul(2), until: value.mul(2).gt(most) }), outputsInfo: x, nonSequences: limit, maxSteps: 12,
    });
    const total = values.sum();
    const model = await compile(fn({ inputs: { limit, x }, outputs: { values, steps: steps!, g: grad(total, x) } }), { target });
    const out = model({ limit: 45, x: 1 });
    expect(out.steps.item()).toBe(6);
    expect(out.values.toArray()).toEqual([2, 4, 8, 16, 32, 64, 0, 0, 0, 0, 0, 0]);
    expect(out.g.item()).toBe(126);
    // Theano's scan just ends at the last step if the condition never holds.
    expect(model({ limit: 1e9, x: 1 }).steps.item()).toBe(12);
  });

  test("backwards, with taps", async () => {
    const u = input("u", ["n"], f64);
    const [x] = scan({ fn: (now, next, sum) => now.add(next.mul(10)).add(sum), sequences: { input: u, taps: [0, 1] }, outputsInfo: constant(0, f64), goBackwards: true });
    const model = await compile(fn({ inputs: { u }, outputs: { x } }), { target });
    // Steps see (3, 4), (2, 3), (1, 2).
    expect(model({ u: [1, 2, 3, 4] }).x.toArray()).toEqual([43, 75, 96]);
  });

  test("shared variables updated in a loop", async () => {
    const state = shared("state", 5);
    const [seen, updates] = scan({ fn: () => ({ outputs: state, updates: [[state, state.add(1)]] }), nSteps: 4 });
    const model = await compile(fn({ inputs: {}, outputs: { seen }, updates }), { target });
    expect(model().seen.toArray()).toEqual([5, 6, 7, 8]);
    expect(model.state["state"]!.get().item()).toBe(9);
  });

  test("a Jacobian by scan, and a Hessian of that kind", async () => {
    const x = input("x", [3], f64);
    const y = x.mul(x).mul(x.sum());
    const index = constant({ data: Int32Array.of(0, 1, 2), shape: [3] });
    const [jacobian] = scan({ fn: (i) => grad(y.take(i), x), sequences: index });
    const cost = x.pow(3).sum().mul(x.sum());
    const slope = grad(cost, x);
    const [hessian] = scan({ fn: (i) => grad(slope.take(i), x), sequences: index });
    const model = await compile(fn({ inputs: { x }, outputs: { jacobian, hessian } }), { target });
    const [values, sum] = [[1, 2, -0.5], 2.5];
    const out = model({ x: values });
    values.forEach((a, i) => values.forEach((b, k) => {
      expect(out.jacobian.data[i * 3 + k]).toBeCloseTo(a * a + (i === k ? 2 * a * sum : 0), 12);
      expect(out.hessian.data[i * 3 + k]).toBeCloseTo(3 * a * a + 3 * b * b + (i === k ? 6 * a * sum : 0), 12);
    }));
  });
});

describe("mistakes", () => {
  const x = input("x", [3]);
  test.each([
    ["a number of steps without a bound", "E205", () => scan({ fn: (a) => a, outputsInfo: 0, nSteps: input("k", [], { dtype: "i32" }) })],
    ["an end without a bound", "E205", () => scan({ fn: (a) => ({ outputs: a, until: a.gt(1) }), outputsInfo: 0 })],
    ["checkpoints of a loop that ends by itself", "E205", () => scan({ fn: (a) => ({ outputs: a, until: a.gt(1) }), outputsInfo: 0, nSteps: 9, checkpoint: 3 })],
    ["a truncated gradient of a loop that runs as long as a value says", "E205", () => scan({ fn: (a) => a, outputsInfo: 0, nSteps: input("k", [], { dtype: "i32" }), maxSteps: 9, truncateGradient: 3 })],
    ["a tap of an output that lies ahead", "E205", () => scan({ fn: (a) => a, outputsInfo: { initial: x, taps: [1] }, nSteps: 2 })],
    ["too few values before the first step", "E203", () => scan({ fn: (a) => a, outputsInfo: { initial: x, taps: [-4] }, nSteps: 2 })],
    ["too short a sequence", "E203", () => scan({ fn: (a) => a, sequences: x, nSteps: 4 })],
    ["a strict body that reads something else", "E402", () => scan({ fn: (a) => a.mul(x.sum()), sequences: x, strict: true })],
    ["an output of another type", "E211", () => scan({ fn: (a) => a.convert("f64"), outputsInfo: 0, nSteps: 2 })],
    ["an update of what is no variable", "E401", () => scan({ fn: (a) => ({ outputs: a, updates: [[x as never, x]] }), sequences: x })],
  ] as const)("%s: %s", (_, code, build) => {
    expect(codeOf(build)).toBe(code);
  });

  test("a strict body may read its non-sequences and constants", () => {
    expect(codeOf(() => scan({ fn: (a, b) => a.mul(b).add(constant([1, 2, 3])), sequences: x, nonSequences: x, strict: true }))).toBe("none");
  });
});
