// The numeric promises: expressions that overflow or cancel as written are finite and right after optimisation, values and
// gradients, for |x| up to 1e4 in f32. The same expressions evaluated as written show why. Expected values are closed forms in f64.

import { describe, expect, it } from "vitest";
import { compile, fn, grad, input, where, type Tensor } from "damo";

const points = [-1e4, -200, -90, -20, -1, 0, 0.5, 3, 40, 89, 150, 1e4];
const x = input("x", ["n"]);
const X = x as unknown as Tensor<"f32">;

/** Values and gradients (of the sum) on a target. */
async function both(y: Tensor<"f32">, target: "wasm" | "reference", xs: readonly number[] = points) {
  const f = await compile(fn({ inputs: { x }, outputs: { y, g: grad(y.sum() as never, x) as never } } as never), { target }) as unknown as
    (feeds: { x: readonly number[] }) => { y: { toArray(): number[] }; g: { toArray(): number[] } };
  const { y: value, g } = f({ x: xs });
  return { value: value.toArray(), gradient: g.toArray() };
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expected.forEach((value, i) => {
    expect(Number.isFinite(actual[i]), `at ${points[i]}: ${actual[i]}`).toBe(true);
    // A few roundings of f32 relative to the value, and an absolute floor where f32 underflows.
    expect(Math.abs(actual[i]! - value), `at ${points[i]}: ${actual[i]} for ${value}`).toBeLessThanOrEqual(1e-6 * Math.abs(value) + 2e-38);
  });
}

const sigmoid = (v: number) => (v >= 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v)));
const softplus = (v: number) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));

describe.each([
  ["log(1 + exp(x))", X.exp().add(1).log(), softplus, sigmoid],
  ["log(sigmoid(x))", X.sigmoid().log(), (v: number) => -softplus(-v), (v: number) => sigmoid(-v)],
  ["log(1 / (1 + exp(-x)))", X.neg().exp().add(1).reciprocal().log(), (v: number) => -softplus(-v), (v: number) => sigmoid(-v)],
  ["log(1 - sigmoid(x))", X.sigmoid().neg().add(1).log(), (v: number) => -softplus(v), (v: number) => -sigmoid(v)],
] as const)("%s", (_, y, value, gradient) => {
  it("is finite and right", async () => {
    const result = await both(y as Tensor<"f32">, "wasm");
    expectClose(result.value, points.map(value));
    expectClose(result.gradient, points.map(gradient));
  });

  it("is not, as written", async () => {
    const { value: raw, gradient: slope } = await both(y as Tensor<"f32">, "reference");
    expect([...raw, ...slope].every(Number.isFinite)).toBe(false);
  });
});

describe("log(softmax(x))", () => {
  const rows = input("rows", ["n", 3]);
  const naive = rows.exp().div(rows.exp().sum(1, { keepDims: true }));
  const data = [[1e4, 0, -1e4], [500, 499, 498], [-800, -801, -900]];
  const expected = data.map((row) => {
    const most = Math.max(...row);
    const total = Math.log(row.reduce((sum, v) => sum + Math.exp(v - most), 0));
    return row.map((v) => v - most - total);
  });

  it.each([["of the library's softmax", rows.softmax().log()], ["of quotients of exponentials", naive.log()], ["of logSoftmax", rows.logSoftmax()]] as const)("%s is finite and right", async (_, y) => {
    const f = await compile(fn({ inputs: { rows }, outputs: y }));
    f({ rows: data }).toArray().forEach((row, i) => row.forEach((v, j) => expect(Math.abs(v - expected[i]![j]!)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected[i]![j]!)))));
  });

  it("is not, as written", async () => {
    const f = await compile(fn({ inputs: { rows }, outputs: naive.log() }), { target: "reference" });
    expect(f({ rows: data }).toArray().flat().every(Number.isFinite)).toBe(false);
  });
});

describe("logsumexp", () => {
  it("is finite and right from its naive form, with the softmax as its gradient", async () => {
    const data = [1e4, 9999, -1e4];
    const y = X.exp().sum().log();
    const f = await compile(fn({ inputs: { x }, outputs: { y, g: grad(y as never, x) as never } } as never)) as unknown as (feeds: { x: number[] }) => { y: { item(): number }; g: { toArray(): number[] } };
    const { y: value, g } = f({ x: data });
    expect(value.item()).toBeCloseTo(1e4 + Math.log1p(Math.exp(-1)), 2);
    const p = 1 / (1 + Math.exp(-1));
    g.toArray().forEach((v, i) => expect(v).toBeCloseTo([p, 1 - p, 0][i]!, 6));
  });
});

describe("cross-entropy of a softmax through label indexing", () => {
  const logits = input("logits", ["n", 3]);
  const labels = input("labels", ["n"], { dtype: "i32" });
  const p = logits.exp().div(logits.exp().sum(1, { keepDims: true }));
  const picked: Tensor<"f32"> = p.takeAlongAxis(labels.reshape(["n", 1]), 1);
  const cost = picked.log().neg().sum();
  const definition = fn({ inputs: { logits, labels }, outputs: { cost, g: grad(cost as never, logits) } } as never);
  const feeds = { logits: [[1e4, -1e4, 0], [200, 100, 100]], labels: [1, 0] };

  it("is finite and right", async () => {
    const f = await compile(definition) as unknown as (feeds: unknown) => { cost: { item(): number }; g: { toArray(): number[][] } };
    const { cost: value, g } = f(feeds);
    expect(value.item()).toBeCloseTo(2e4, 1);
    // softmax - one-hot
    expect(g.toArray()).toEqual([[1, -1, 0], [0, expect.closeTo(0, 30), expect.closeTo(0, 30)]]);
  });

  it("is not, as written", async () => {
    const f = await compile(definition, { target: "reference" }) as unknown as (feeds: unknown) => { cost: { item(): number } };
    expect(Number.isFinite(f(feeds).cost.item())).toBe(false);
  });
});

describe("gradients through where", () => {
  it.each([
    ["log", where(X.gt(0), X.log(), 0), (v: number) => (v > 0 ? 1 / v : 0)],
    ["sqrt", where(X.gt(0), X.sqrt(), 0), (v: number) => (v > 0 ? 0.5 / Math.sqrt(v) : 0)],
    ["1/x", where(X.ne(0), X.reciprocal(), 0), (v: number) => (v !== 0 ? -1 / (v * v) : 0)],
  ] as const)("%s: what is masked out does not spoil the rest", async (_, y, gradient) => {
    const { gradient: slope } = await both(y as Tensor<"f32">, "wasm");
    expectClose(slope, points.map(gradient));
  });

  it("are NaN at 0, as written", async () => {
    const { gradient } = await both(where(X.gt(0), X.log(), 0) as Tensor<"f32">, "reference", [0]);
    expect(gradient[0]).toBeNaN();
  });
});
