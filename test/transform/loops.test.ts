// Loops and branches under vmap: what they give for a batch, and their gradients, are those of each member by itself, also
// where members take different numbers of steps and different sides. The members one by one are the oracle: their loops are held by test/loops.

import { compile, constant, fn, grad, input, type Tensor, zeros } from "damo";
import { cond, fori, scan, switchCase, whileLoop } from "damo/loops";
import { vmap } from "damo/transform";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "f64" } as const;
type Row = Tensor<"f64", [3]>;
type Scalar = Tensor<"f64", []>;

const rows = [[0.5, 1.25, -0.75], [2, -0.125, 0.25], [3.5, 1, 1.5], [-1, -2, -3]];
const weights = constant([0.5, -0.25, 1], f64);

/** Each takes a row and gives a scalar, as differentiable as its loops are. */
const bodies: { readonly [name: string]: (row: Row) => Scalar } = {
  "a loop over the row": (row) => scan((c: Scalar, e) => [c.mul(e).add(1), null], constant(0.5, f64), row)[0],
  "stacked values, in reverse": (row) => scan((c: Scalar, e) => [c.sin().add(e), c.mul(e)], constant(0.5, f64), row, { reverse: true })[1].dot(weights),
  "a carried value that becomes one of each member": (row) => scan((c: Scalar, e) => [c.add(row.sum()).mul(e), null], zeros([], f64), weights)[0],
  "values that stay the same for all": (row) => scan((c: Scalar, e) => [c.add(e), c.sin()], zeros([], f64), weights)[1].dot(row),
  "a checkpointed loop": (row) => scan((c: Scalar, e) => [c.mul(e).add(row.sum()).tanh(), null], zeros([], f64), weights, { checkpoint: 2 })[0],
  "as long as a value says": (row) => whileLoop((x) => x.sum().lt(10), (x) => x.abs().mul(1.5).add(0.5), row, { maxSteps: 20 }).sum(),
  "a number of steps for each": (row) => fori(0, row.sum().abs().ceil().convert("i32"), (i, x) => x.mul(0.5).add(row.at(0)).sin().add(i.convert("f64").mul(0.1)), row, { maxSteps: 8 }).dot(weights),
  "a loop in a loop": (row) => whileLoop((x) => x.sum().lt(8), (x) => fori(0, 2, (_, y) => y.abs().add(0.5), x), row, { maxSteps: 12 }).dot(weights),
  "a branch": (row) => cond(row.sum().gt(0.5), () => row.exp().sum(), () => row.mul(row).sum()),
  "a branch that all take": (row) => cond(weights.sum().gt(0), () => row.sin().sum(), () => row.cos().sum()),
  "one of several": (row) => switchCase(row.at(0).floor().convert("i32"), [() => row.sum(), () => row.exp().sum(), () => row.sin().dot(row)]),
  "a branch in a loop": (row) => scan((c: Scalar, e) => [cond(c.gt(e), () => c.mul(0.5), () => c.add(e).sin()), null], constant(0.1, f64), row)[0],
  "a loop in a branch": (row) => cond(row.at(1).gt(0), () => whileLoop((x) => x.lt(5), (x) => x.mul(2).add(1), row.at(1), { maxSteps: 9 }), () => row.at(0)),
  "a root of what is positive only on the side taken": (row) => cond(row.at(0).gt(1), () => row.at(0).sub(1).sqrt(), () => row.at(0)),
};

/** The largest difference relative to 1 + |expected|. */
function farthest(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>): number {
  return Array.from(expected, (value, i) => Math.abs(Number(actual[i]) - Number(value)) / (1 + Math.abs(Number(value)))).reduce((a, b) => (a >= b ? a : b));
}

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test.each(Object.entries(bodies))("%s", async (_, body) => {
    const xs = input("xs", ["n", 3], f64);
    const x = input("x", [3], f64);
    const whole = vmap(body, xs);
    const model = await compile({
      whole: fn({ inputs: { xs }, outputs: { y: whole, outer: grad(whole.mul(whole).sum(), xs), inner: vmap((row) => grad(body(row), row), xs) } }),
      one: fn({ inputs: { x }, outputs: { y: body(x), outer: grad(body(x).mul(body(x)), x), inner: grad(body(x), x) } }),
    }, { target });
    const out = model.whole({ xs: rows });
    const each = rows.map((row) => model.one({ x: row }));
    for (const name of ["y", "outer", "inner"] as const) {
      const expected = each.flatMap((result) => [...result[name].data as Float64Array]);
      expect(out[name].data.length).toBe(expected.length);
      // Equal sums, whose terms the two programs may add in different orders.
      expect(farthest(out[name].data, expected), name).toBeLessThanOrEqual(1e-13);
    }
    // A batch of none.
    expect(model.whole({ xs: { data: new Float64Array(0), shape: [0, 3] } }).y.shape).toEqual([0]);
  });

  test("what no member would do, no member fails at", async () => {
    const table = input("table", ["m"], f64);
    const indices = input("indices", ["n"], { dtype: "i32" });
    const guarded = vmap((i) => cond(i.lt(3), () => table.take(i), () => constant(-1, f64)), indices);
    const walk = vmap((from) => whileLoop(({ i }) => i.lt(3), ({ i, sum }) => ({ i: i.add(1), sum: sum.add(table.take(i)) }), { i: from, sum: zeros([], f64) }).sum, indices);
    const model = await compile(fn({ inputs: { table, indices }, outputs: { guarded, walk } }), { target });
    const result = model({ table: [1, 2, 4], indices: [5, 1, 3, 0] });
    expect(result.guarded.toArray()).toEqual([-1, 2, -1, 1]);
    expect(result.walk.toArray()).toEqual([0, 6, 0, 7]);
    const nobody = model({ table: { data: new Float64Array(0), shape: [0] }, indices: [5, 3] });
    expect([nobody.guarded.toArray(), nobody.walk.toArray()]).toEqual([[-1, -1], [0, 0]]);
    // What one member does, fails.
    expect(() => model({ table: [1, 2], indices: [5, 1] })).toThrow(/E601/);
  });

  test("a bound fails the call if one member needs more steps, and only then", async () => {
    const xs = input("xs", ["n"], f64);
    const y = vmap((x) => whileLoop((s) => s.lt(100), (s) => s.mul(2), x, { maxSteps: 7 }), xs);
    const model = await compile(fn({ inputs: { xs }, outputs: { y } }), { target });
    expect(model({ xs: [1, 50, 200] }).y.toArray()).toEqual([128, 100, 200]);
    expect(() => model({ xs: [50, 0.5] })).toThrow(/E606/);
  });

  test("gradients are free of what the other side would bring in", async () => {
    const xs = input("xs", ["n"], f64);
    const y = vmap((x) => cond(x.gt(0), () => x.log(), () => x.mul(3)), xs);
    const model = await compile(fn({ inputs: { xs }, outputs: { y, g: grad(y.sum(), xs) } }), { target });
    expect(model({ xs: [0, 2, -1, 0.5] }).g.toArray()).toEqual([3, 0.5, 3, 2]);
    expect(model({ xs: [0, -1] }).g.toArray()).toEqual([3, 3]);
  });
});
