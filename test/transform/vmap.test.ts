// vmap and vectorize as users meet them: axes, trees, nesting, gradients on both sides, and what is wrong said.

import { compile, constant, DamoError, fn, grad, input, shared, type Tensor } from "damo";
import { customGradient } from "damo/custom-gradient";
import { check } from "damo/debug";
import { map } from "damo/loops";
import { vectorize, vmap } from "damo/transform";
import { describe, expect, test } from "vitest";
import { uniform } from "damo/random";
import * as random from "damo/random";

const f64 = { dtype: "f64" } as const;
const x = input("x", ["n", 3], f64);
const table = [[1, 2, 3], [4, 5, 6]];

/** Runs a function of `x` alone. */
async function run(y: Tensor, feed: unknown = table): Promise<unknown> {
  const model = await compile(fn({ inputs: { x }, outputs: { y }, onUnusedInput: "ignore" }));
  return model({ x: feed as number[][] }).y.toArray();
}

describe("vmap", () => {
  test("maps over the first axis of a tensor, and reads others", async () => {
    const w = constant([1, 10, 100], f64);
    expect(await run(vmap((row) => row.dot(w), x))).toEqual([321, 654]);
    expect(await run(vmap((row) => row.mul(2), x))).toEqual([[2, 4, 6], [8, 10, 12]]);
  });

  test("takes lists and records, and gives them", async () => {
    const scale = constant([10, 100], f64);
    const pair = vmap(([row, by]) => ({ scaled: row.mul(by), by }), [x, scale]);
    expect(await run(pair.scaled)).toEqual([[10, 20, 30], [400, 500, 600]]);
    expect(await run(pair.by)).toEqual([10, 100]);
    const record = vmap(({ row, by }) => row.sum().mul(by), { row: x, by: scale });
    expect(await run(record)).toEqual([60, 1500]);
  });

  test("maps over any axis, and leaves what is shared", async () => {
    const y = constant([[1, 2], [3, 4], [5, 6]], f64);
    expect(await run(vmap((column) => column.sum(), y, { inAxes: 1 }))).toEqual([9, 12]);
    expect(await run(vmap((column) => column.sum(), y, { inAxes: -1 }))).toEqual([9, 12]);
    expect(await run(vmap(([row, column]) => row.dot(column), [x, y], { inAxes: [0, 1] }))).toEqual([22, 64]);
    expect(await run(vmap(({ row, all }) => row.dot(all), { row: x, all: y }, { inAxes: { all: null } }))).toEqual([[22, 28], [49, 64]]);
    expect(await run(vmap((row) => row.mul(2), x, { outAxes: 1 }))).toEqual([[2, 8], [4, 10], [6, 12]]);
    const both = vmap((row) => [row, row.sum()] as const, x, { outAxes: [-1, 0] });
    expect(await run(both[0])).toEqual([[1, 4], [2, 5], [3, 6]]);
    expect(await run(both[1])).toEqual([6, 15]);
  });

  test("repeats what is the same for all", async () => {
    expect(await run(vmap(() => constant([7, 8], f64), x))).toEqual([[7, 8], [7, 8]]);
    expect(await run(vmap(() => 1, x))).toEqual([1, 1]);
  });

  test("nests", async () => {
    expect(await run(vmap((a) => vmap((b) => a.dot(b), x), x))).toEqual([[14, 32], [32, 77]]);
    expect(await run(vmap((row) => vmap((e) => e.mul(row.sum()), row), x))).toEqual([[6, 12, 18], [60, 75, 90]]);
  });

  test("of a gradient gives one for each member; a gradient of it gives their sum", async () => {
    const w = shared("w", { data: Float64Array.of(1, 2, 3), shape: [3] });
    const loss = (row: Tensor<"f64", [3]>) => row.dot(w).tanh();
    const each = vmap((row) => grad(loss(row), w), x);
    const sum = grad(vmap(loss, x).sum(), w);
    const model = await compile(fn({ inputs: { x }, outputs: { each, sum, total: each.sum(0) } }));
    const feed = [[0.1, 0.2, -0.1], [0.3, -0.1, 0]];
    const out = model({ x: feed });
    feed.forEach((row, i) => {
      const slope = 1 - Math.tanh(row[0]! + 2 * row[1]! + 3 * row[2]!) ** 2;
      row.forEach((value, j) => expect(out.each.toArray()[i]![j]).toBeCloseTo(value * slope, 14));
    });
    out.sum.toArray().forEach((value, j) => expect(out.total.toArray()[j]).toBeCloseTo(value, 14));
  });

  test("draws the same for the same keys", async () => {
    const keys = random.split(random.key(3), 4);
    const model = await compile(fn({ inputs: {}, outputs: { together: vmap((k) => uniform(k, [5]), keys), apart: map((k) => uniform(k, [5]), keys) } }));
    const { together, apart } = model({});
    expect(together.shape).toEqual([4, 5]);
    expect([...together.data]).toEqual([...apart.data]);
    expect(new Set(together.data).size).toBe(20);
  });

  test("does not batch what does not depend on a member", () => {
    const w = input("w", [3], f64);
    const heavy = w.exp();
    let inner: Tensor | undefined;
    const y = vmap((row) => (inner = row.mul(heavy)), x);
    expect((y as unknown as { node: { inputs: { inputs: unknown[] }[] } }).node.inputs[1]!.inputs[0]).toBe((heavy as unknown as { node: unknown }).node);
    expect(inner).toBeDefined();
  });
});

describe("vectorize", () => {
  const v = input("v", [3], f64);
  const cost = v.mul(v).sum();

  test("replaces an input by many", async () => {
    expect(await run(vectorize(cost, [[v, x]]))).toEqual([14, 77]);
    expect(await run(vectorize({ cost, slope: grad(cost, v) }, [[v, x]]).slope)).toEqual([[2, 4, 6], [8, 10, 12]]);
  });

  test("of several inputs, some shared", async () => {
    const w = input("w", [3], f64);
    const y = v.dot(w);
    const other = constant([[1, 0, 0], [0, 0, 1]], f64);
    expect(await run(vectorize(y, [[v, x], [w, other]]))).toEqual([1, 6]);
    expect(await run(vectorize(y, [[v, x], [w, constant([1, 1, 1], f64)]]))).toEqual([6, 15]);
    expect(await run(vectorize(y, [[v, constant([1, 2, 3], f64)], [w, constant([1, 1, 1], f64)]]))).toBe(6);
  });

  test("with several axes at once", async () => {
    const grid = x.expandDims(1).mul(constant([[1], [2]], f64));
    expect(await run(vectorize(cost, [[v, grid]]))).toEqual([[14, 56], [77, 308]]);
  });

  test("variables and intermediate values, too", async () => {
    const w = shared("w", { data: Float64Array.of(1, 1, 1), shape: [3] });
    const hidden = v.mul(w);
    const model = await compile(fn({ inputs: { x, v }, outputs: { ensemble: vectorize(hidden.sum(), [[w, x]]), given: vectorize(hidden.sum(), [[hidden, x]]) } }));
    const out = model({ x: table, v: [1, 10, 100] });
    expect([out.ensemble.toArray(), out.given.toArray()]).toEqual([[321, 654], [6, 15]]);
  });
});

describe("what is wrong is said", () => {
  const loose = x as unknown as Tensor;
  const vector = constant([1, 2], f64) as unknown as Tensor;
  const f = (value: Tensor): Tensor => value;
  const cases: readonly (readonly [string, () => unknown])[] = [
    ["E203 vmap: mapped axes differ in size: f64[2] and f64[3]", () => vmap((list) => list, [vector, constant([1, 2, 3], f64)] as unknown as Tensor[])],
    ["E204 vmap: axis 2 is out of range for rank 2", () => vmap(f, loose, { inAxes: 2 })],
    ["E204 vmap: axis 0 is out of range for rank 0", () => vmap(f, loose.sum() as unknown as Tensor)],
    ["E204 vmap: axis 3 is out of range for rank 2", () => vmap(f, loose, { outAxes: 3 })],
    ["E209 vmap: 0.5 is not an axis", () => vmap(f, loose, { inAxes: 0.5 })],
    ["E205 vmap: no axis is mapped", () => vmap(f, loose, { inAxes: null })],
    ["E205 vmap: inAxes does not have the form", () => vmap((list) => list, [loose, loose], { inAxes: [0] as unknown as [0, 0] })],
    ["E205 vmap: inAxes does not have the form", () => vmap((record) => record, { a: loose }, { inAxes: { b: 0 } as unknown as { a: 0 } })],
    ["E205 vmap: outAxes does not have the form", () => vmap(f, loose, { outAxes: [0] as unknown as 0 })],
    ["E209 vmap: text is not a tensor", () => vmap(() => "text" as unknown as Tensor, loose)],
    ["E407 vectorize: f64[2] cannot replace x f64[n,3]", () => vectorize(loose, [[loose, vector]])],
    ["E407 vectorize: f32[4] cannot replace f64[2]", () => vectorize(vector, [[vector, constant([1, 2, 3, 4]) as unknown as Tensor]])],
    ["E407 vectorize: f64[2] is replaced twice", () => vectorize(vector, [[vector, vector], [vector, vector]])],
    ["E203 vectorize: leading axes differ: [2] and [3]", () => {
      const [a, b] = [constant(1, f64), constant(2, f64)] as unknown as [Tensor, Tensor];
      return vectorize(a.add(b), [[a, vector], [b, constant([1, 2, 3], f64) as unknown as Tensor]]);
    }],
    ["E209 vectorize: takes a list of pairs", () => vectorize(vector, { vector } as unknown as [])],
  ];

  test.each(cases)("%s", (message, make) => {
    expect(make).toThrow(DamoError);
    expect(make).toThrow(message);
    // The line at fault is the user's.
    expect(make).toThrow(/vmap\.test\.ts:\d+/);
  });

  test("sizes that only turn out to differ fail the call", async () => {
    const y = input("y", ["m"], f64);
    const model = await compile(fn({ inputs: { x, y }, outputs: { z: vmap(([row, by]) => row.sum().mul(by), [x, y]) } }));
    expect(model({ x: table, y: [1, 2] }).z.toArray()).toEqual([6, 30]);
    expect(() => model({ x: table, y: [1, 2, 3] })).toThrow(/E604/);
  });

  test("a member that leaves its function is not an input", async () => {
    let kept: Tensor | undefined;
    vmap((row) => (kept = row), x);
    expect(() => fn({ inputs: { x }, outputs: { y: kept! } })).toThrow(/E402.*element 0/);
  });
});

describe("functions that say what derivatives do", () => {
  const tenfold = customGradient((u: Tensor<"f64">) => u.mul(u), (d, [u]) => d.mul(u).mul(20));

  test("a given gradient is that of each member, on either side", async () => {
    const slopes = table.map((row) => row.map((value) => 20 * value));
    expect(await run(grad(vmap((row) => tenfold(row).sum(), x).sum() as Tensor<"f64", []>, x))).toEqual(slopes);
    expect(await run(vmap((row) => grad(tenfold(row).sum() as Tensor<"f64", []>, row), x))).toEqual(slopes);
    expect(await run(vmap((row) => tenfold(row), x))).toEqual(table.map((row) => row.map((value) => value * value)));
  });

  test("a check holds for every member", async () => {
    const checked = vmap((row) => check(row, row.sum().gt(0), "member {0} of {1}"), x);
    expect(await run(checked)).toEqual(table);
    await expect(run(checked, [[1, 2, 3], [-9, 1, 1]])).rejects.toThrow("E607 check: member 1 of 2");
  });
});
