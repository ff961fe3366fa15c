// What Theano's tutorial does with its scan, as it is documented, on data of our own: recurrences and reductions, each held to the
// same loop in JavaScript or to a closed form.
import { compile, constant, fn, grad, input, shared, type Tensor, zeros } from "damo";
import { scan } from "damo/loops";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "f64" } as const;

type Rows = readonly (readonly number[])[];
const table = (rows: number, columns: number, seed: number): number[][] => Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(seed + 2.1 * (i * columns + j))));
const times = (row: readonly number[], matrix: Rows): number[] => matrix[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * matrix[k]![j]!, 0));
const plus = (...rows: Rows): number[] => rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0));
const close = (actual: unknown, expected: readonly unknown[]): void =>
  (actual as number[]).flat(2).forEach((value, i) => expect(value).toBeCloseTo((expected as number[]).flat(2)[i]!, 12));

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test("tanh(v W + b) row by row", async () => {
    const [x, w, b] = [input("x", ["n", 2], f64), input("w", [2, 3], f64), input("b", [3], f64)];
    const [rows] = scan({ fn: (v) => v.dot(w).add(b).tanh(), sequences: x });
    const f = await compile(fn({ inputs: { x, w, b }, outputs: { rows } }), { target });
    const [xs, weights] = [table(4, 2, 1), table(2, 3, 2)];
    close(f({ x: xs, w: weights, b: [0.1, 0.2, 0.3] }).rows.toArray(), xs.map((row) => plus(times(row, weights), [0.1, 0.2, 0.3]).map(Math.tanh)));
  });

  test("x(t) = tanh(x(t-1) W + y(t) U + p(T-t) V), with its gradient", async () => {
    const [x0, y, p] = [input("x0", [2], f64), input("y", ["n", 2], f64), input("p", ["n", 2], f64)];
    const [w, u, v] = [input("w", [2, 2], f64), input("u", [2, 2], f64), input("v", [2, 2], f64)];
    const [xs] = scan({
      fn: (now, late, before) => before.dot(w).add(now.dot(u)).add(late.dot(v)).tanh(), sequences: [y, p.flip(0)], outputsInfo: x0,
    });
    const f = await compile(fn({ inputs: { x0, y, p, w, u, v }, outputs: { xs, g: grad(xs.sum(), x0) } }), { target });
    const given = { x0: [0.2, -0.3], y: table(5, 2, 3), p: table(5, 2, 4), w: table(2, 2, 5), u: table(2, 2, 6), v: table(2, 2, 7) };
    const run = (start: readonly number[]): number[][] => given.y.reduce<number[][]>((rows, now, t) =>
      [...rows, plus(times(rows.at(-1) ?? start, given.w), times(now, given.u), times(given.p[4 - t]!, given.v)).map(Math.tanh)], []);
    const out = f(given);
    close(out.xs.toArray(), run(given.x0));
    const total = (start: readonly number[]): number => run(start).flat().reduce((sum, value) => sum + value, 0);
    [0, 1].forEach((i) => {
      const moved = (by: number): number[] => given.x0.with(i, given.x0[i]! + by);
      expect(out.g.data[i]).toBeCloseTo((total(moved(1e-6)) - total(moved(-1e-6))) / 2e-6, 8);
    });
  });

  test("norms of rows and of columns", async () => {
    const x = input("x", ["n", "m"], f64);
    const norm = (v: Tensor<"f64", [number]> | Tensor<"f64", ["m"]> | Tensor<"f64", ["n"]>) => (v as Tensor<"f64", [number]>).square().sum().sqrt();
    const [rows] = scan({ fn: (v) => norm(v), sequences: x });
    const [columns] = scan({ fn: (v) => norm(v), sequences: x.transpose() });
    const f = await compile(fn({ inputs: { x }, outputs: { rows, columns } }), { target });
    const out = f({ x: [[3, 4], [0, 5], [4, 0]] });
    close(out.rows.toArray(), [5, 5, 4]);
    close(out.columns.toArray(), [5, Math.sqrt(41)]);
  });

  test("the trace: a row, a column and what there is so far", async () => {
    const x = input("x", [4, 4], f64);
    const places = constant(Int32Array.of(0, 1, 2, 3));
    const [sums] = scan({ fn: (i, j, sum) => sum.add(x.take(i, 0).take(j, 0)), sequences: [places, places], outputsInfo: constant(0, f64) });
    const f = await compile(fn({ inputs: { x }, outputs: { trace: sums.at(-1), g: grad(sums.at(-1), x) } }), { target });
    const values = table(4, 4, 8);
    const out = f({ x: values });
    expect(out.trace.item()).toBeCloseTo(values.reduce((sum, row, i) => sum + row[i]!, 0), 12);
    close(out.g.toArray(), values.map((row, i) => row.map((_, j) => Number(i === j))));
  });

  test("x(t) = x(t-2) U + x(t-1) V + tanh(x(t-1) W + b)", async () => {
    const start = input("start", [2, 2], f64);
    const [w, u, v] = [input("w", [2, 2], f64), input("u", [2, 2], f64), input("v", [2, 2], f64)];
    const b = input("b", [2], f64);
    const [xs] = scan({
      fn: (two, one) => two.dot(u).add(one.dot(v)).add(one.dot(w).add(b).tanh()), outputsInfo: { initial: start, taps: [-2, -1] }, nSteps: 6,
    });
    const f = await compile(fn({ inputs: { start, w, u, v, b }, outputs: { xs } }), { target });
    const given = { start: [[1, 0], [0, -1]], w: table(2, 2, 1), u: table(2, 2, 2), v: table(2, 2, 3), b: [0.5, -0.5] };
    const rows = [...given.start];
    for (let t = 0; t < 6; t++) rows.push(plus(times(rows.at(-2)!, given.u), times(rows.at(-1)!, given.v), plus(times(rows.at(-1)!, given.w), given.b).map(Math.tanh)));
    close(f(given).xs.toArray(), rows.slice(2));
  });

  test("the Jacobian of tanh(v A)", async () => {
    const [v, a] = [input("v", [3], f64), input("a", [3, 2], f64)];
    const y = v.dot(a).tanh();
    const [jacobian] = scan({ fn: (i) => grad(y.take(i), v), sequences: constant(Int32Array.of(0, 1)) });
    const f = await compile(fn({ inputs: { v, a }, outputs: { jacobian } }), { target });
    const [at, matrix] = [[0.3, -0.2, 0.5], table(3, 2, 9)];
    const expected = times(at, matrix).map((sum, i) => at.map((_, j) => matrix[j]![i]! * (1 - Math.tanh(sum) ** 2)));
    close(f({ v: at, a: matrix }).jacobian.toArray(), expected);
  });

  test("steps counted in a shared variable, from call to call", async () => {
    const k = shared("k", 0, { dtype: "i32" });
    const steps = input("steps", [], { dtype: "i32" });
    const [, updates] = scan({ fn: () => ({ outputs: [], updates: [[k, k.add(1)]] }), nSteps: steps, maxSteps: 100 });
    const model = await compile(fn({ inputs: { steps }, outputs: {}, updates }), { target });
    model({ steps: 5 });
    model({ steps: 0 });
    model({ steps: 15 });
    expect(model.state["k"]!.get().item()).toBe(20);
  });

  test("rows masked by draws that are made in the loop", async () => {
    const x = input("x", ["n", 50], f64);
    const counter = shared("counter", 0, { dtype: "i32" });
    const [masked, updates] = scan({
      fn: (row) => ({ outputs: row.mul(random.bernoulli(random.foldIn(random.key(5), counter), [50]).convert("f64")), updates: [[counter, counter.add(1)]] }), sequences: x,
    });
    const model = await compile(fn({ inputs: { x }, outputs: { masked }, updates }), { target });
    const ones = Array.from({ length: 20 }, () => new Array<number>(50).fill(1));
    const [first, second] = [model({ x: ones }).masked.toArray(), model({ x: ones }).masked.toArray()];
    const all = [...first, ...second];
    // Each row, of both calls, has a mask of its own: about half of it is kept (five standard deviations).
    expect(new Set(all.map(String)).size).toBe(40);
    expect(Math.abs(all.flat().reduce((sum, value) => sum + value, 0) - 1000)).toBeLessThan(5 * Math.sqrt(2000 / 4));
    expect(model.state["counter"]!.get().item()).toBe(40);
  });

  test("powers of a matrix, as many as a size says", async () => {
    const a = input("a", [2, 2], f64);
    const [powers] = scan({ fn: (power) => power.dot(a), outputsInfo: a, nSteps: "more" });
    const f = await compile(fn({ inputs: { a }, sizes: ["more"], outputs: { powers } }), { target });
    // A shear: its powers add up what it shears by.
    expect(f({ a: [[1, 3], [0, 1]], more: 3 }).powers.toArray()).toEqual([2, 3, 4].map((n) => [[1, 3 * n], [0, 1]]));
    expect(f({ a: [[1, 3], [0, 1]], more: 0 }).powers.shape).toEqual([0, 2, 2]);
  });

  test("a sum over all values, kept from step to step alone", async () => {
    const x = input("x", ["n", 2], f64);
    const [sums] = scan({ fn: (row, sum) => sum.add(row.sum()), sequences: x, outputsInfo: zeros([], f64) });
    const f = await compile(fn({ inputs: { x }, outputs: { sums } }), { target });
    expect(f({ x: [[1, 2], [3, 4], [5, 6]] }).sums.toArray()).toEqual([3, 10, 21]);
  });
});
