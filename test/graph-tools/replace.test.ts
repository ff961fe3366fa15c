// Expressions with parts replaced mean what the same expression means when it is built with the other part from the start:
// in loops, branches and gradients, too.
import { type Tensor, compile, constant, fn, grad, input, jvp, matrix, shared, valueAndGrad, zeros } from "damo";
import { cond, ifelse, scan } from "damo/loops";
import { customGradient } from "damo/custom-gradient";
import { replace } from "damo/graph";
import { describe, expect, test } from "vitest";
import { messageOf } from "../error-of.ts";

type X = Tensor<"f64", [3]>;
const f64 = { dtype: "f64" } as const;
const at = { x: [0.3, -1.2, 2], w: [1.5, 0.5, -0.25] };

/** Zero where nothing is left to depend on. */
const gradient = (cost: Tensor<"f64", []>, wrt: X): X => grad(cost, wrt, { disconnectedInputs: "ignore" });

/** An expression of x and w with an intermediate value that `part` makes, and that value. */
type Build = (x: X, w: X, part: (h: X) => X) => { readonly y: Tensor<"f64">; readonly h: X };

const remembering = (build: (x: X, w: X, part: (h: X) => X) => Tensor<"f64">): Build => (x, w, part) => {
  let h: X | undefined;
  const y = build(x, w, (value) => (h = part(value)));
  return { y, h: h! };
};

const builds: { readonly [name: string]: Build } = {
  "plain": remembering((x, w, part) => part(x.mul(w)).sin().mul(x)),
  "gradient through it": remembering((x, w, part) => gradient(part(x.mul(w)).square().mul(x).sum(), x)),
  "gradient by it": (x, w, part) => {
    const h = part(x.mul(w) as X);
    return { y: gradient(h.square().mul(w).sum(), h), h };
  },
  "second gradient": remembering((x, w, part) => gradient(gradient(part(x.mul(w)).sin().sum(), x).square().sum(), w)),
  "forward mode": remembering((x, w, part) => jvp(part(x.mul(w)).sin(), x, w)),
  "captured by a loop": remembering((x, w, part) => {
    const h = part(x.mul(w) as X);
    return scan((c, v) => [c.mul(0.5).add(h.mul(v)), null], zeros([3], f64), x)[0];
  }),
  "in a loop": remembering((x, w, part) => scan((c, v) => [part(c.mul(w).add(v) as X).tanh(), null], zeros([3], f64), x)[0]),
  "gradient of a loop": remembering((x, w, part) => gradient(scan((c, v) => [part(c.mul(w).add(v) as X).tanh(), null], zeros([3], f64), x)[0].sum(), w)),
  "in a loop in a loop": remembering((x, w, part) =>
    scan((c, v) => [scan((d, u) => [part(d.mul(w).add(u.mul(v)) as X).tanh(), null], c, x)[0], null], zeros([3], f64), x)[0]),
  "in a branch": remembering((x, w, part) => cond(x.sum().gt(0), () => part(x.mul(w) as X).exp(), () => w)),
  "in the other branch": remembering((x, w, part) => cond(x.sum().lt(0), () => w, () => part(x.mul(w) as X).exp().add(x))),
  "gradient of a branch by value": remembering((x, w, part) => gradient(ifelse(x.sum().gt(0), part(x.mul(w) as X).exp().sum(), w.sum()), w)),
  "in a function with its own gradient": remembering((x, w, part) => {
    const f = customGradient((u: X, v: X) => part(u.mul(v) as X).exp(), (d, [u, v], y) => [d.mul(v).mul(y), d.mul(u).mul(y)]);
    const y = f(x, w);
    return y.add(gradient(y.sum(), w));
  }),
};

const parts: { readonly [name: string]: readonly [before: (h: X) => X, after: (h: X, x: X) => X] } = {
  "a function of itself": [(h) => h.add(0.5) as X, (h) => h.add(0.5).mul(2).cos() as X],
  "another value": [(h) => h.mul(2) as X, (_, x) => x.sub(1) as X],
  "a constant": [(h) => h.neg() as X, () => constant([1, 2, 0.5], f64) as X],
};

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  describe.each(Object.entries(builds))("%s", (_, build) => {
    test.each(Object.entries(parts))("by %s", async (__, [before, after]) => {
      const x = input("x", [3], f64) as unknown as X & ReturnType<typeof input<[3], "f64">>;
      const w = input("w", [3], f64) as unknown as X & ReturnType<typeof input<[3], "f64">>;
      const first = build(x, w, before);
      // The new value is built of the old one, which it contains.
      const value = after(first.h, x);
      const replaced = replace(first.y, [[first.h, value]] as never);
      // Here the part is the new one from the start; where the old one is in it, that is built the same way.
      const wanted = build(x, w, (h) => after(before(h), x)).y;
      const options = { target, mode: target === "wasm" ? "debug" : "fast" } as const;
      const f = await compile(fn({ inputs: { x, w }, outputs: { replaced, wanted }, onUnusedInput: "ignore" }), options);
      const g = await compile(fn({ inputs: { x, w }, outputs: { replaced: first.y }, givens: [[first.h, value]] as never, onUnusedInput: "ignore" }), options);
      const got = f(at);
      Array.from(got.wanted.data).forEach((number, i) => {
        expect(Number(got.replaced.data[i]), `element ${i}`).toBeCloseTo(number, 12);
        expect(Number(g(at).replaced.data[i]), `element ${i} by givens`).toBeCloseTo(number, 12);
      });
      f.dispose();
      g.dispose();
    });
  });
});

test("a branch that is not taken stays unable to fail", async () => {
  const x = input("x", [3]);
  const i = input("i", [], { dtype: "i32" });
  const safe = input("safe", [], { dtype: "bool" });
  let picked: Tensor | undefined;
  const y = cond(safe, () => x.sum(), () => (picked = x.take(i)).mul(2));
  const z = replace(y, [[picked!, picked!.add(1)]] as never);
  const f = await compile(fn({ inputs: { x, i, safe }, outputs: { z } }));
  expect(f({ x: [1, 2, 3], i: 7, safe: true }).z.item()).toBe(6);
  expect(f({ x: [1, 2, 3], i: 1, safe: false }).z.item()).toBe(6);
  expect(() => f({ x: [1, 2, 3], i: 7, safe: false })).toThrow(/E601/);
});

test("what a derivative is taken by stays a variable, and takes its new value", async () => {
  const w = shared("w", 3, f64);
  const v = shared("v", 5, f64);
  const [cost, dw] = valueAndGrad(w.mul(w).mul(w), w);
  const moved = replace({ cost, dw }, [[w, v.mul(2)]]);
  const f = await compile(fn({ inputs: {}, outputs: { ...moved, old: dw } }), { target: "reference" });
  const got = f();
  // d w^3 by w is 3 w^2, at w = 10.
  expect([got.cost.item(), got.dw.item(), got.old.item()]).toEqual([1000, 300, 27]);
});

test("replacements are made at once, in any tree", async () => {
  const x = input("x", [2]);
  const y = input("y", [2]);
  const [difference, { sum }] = replace([x.sub(y), { sum: x.add(y.mul(10)) }], [[x, y], [y, x]]);
  const f = await compile(fn({ inputs: { x, y }, outputs: { difference, sum } }));
  const got = f({ x: [1, 2], y: [3, 5] });
  expect([got.difference.toArray(), got.sum.toArray()]).toEqual([[2, 3], [13, 25]]);
});

test("the original is what it was, and what is not replaced is shared", () => {
  const x = input("x", [2]);
  const h = x.exp();
  const y = h.mul(x.sin());
  expect(replace(y, [[input("z", [2]), x]]).toString()).toBe(y.toString());
  const again = replace({ y }, [[h, x]]);
  expect(again.y).not.toBe(y);
});

describe("types that differ", () => {
  const x = matrix("x", ["batch", 3]);
  const w = shared("w", [[1], [2], [3]]);
  const loss = x.dot(w).sub(1).square();
  const total = scan((c, row) => [c.add(row.dot(w).squeeze()), null], zeros([]), x)[0];

  test("named sizes become those of the value, in expressions, loops and gradients", async () => {
    const fixed = constant([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]);
    const { y, dw, sum } = replace({ y: loss, dw: grad(loss.mean(), w), sum: total }, [[x, fixed]], { strict: false });
    expect(y.shape).toEqual([4, 1]);
    const f = await compile(fn({ inputs: {}, outputs: { y, dw, sum } }));
    const got = f();
    expect(got.y.toArray()).toEqual([[0], [1], [4], [25]]);
    // The mean over 4 rows of 2 (x w - 1) x.
    expect(got.dw.toArray()).toEqual([[2.5], [3], [3.5]]);
    expect(got.sum.item()).toBe(12);
  });

  test("sizes may stay symbolic", async () => {
    const n = input("n", ["a", 3]);
    const y = replace(loss, [[x, n.at({ step: 2 })]] as never, { strict: false });
    const f = await compile(fn({ inputs: { n }, outputs: { y } }));
    expect((f as unknown as (feeds: object) => { y: { shape: number[] } })({ n: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }).y.shape).toEqual([2, 1]);
  });

  test("what does not fit is the operation's error, at its line", () => {
    expect(messageOf(() => replace(loss, [[x, zeros([2, 4])]], { strict: false }))).toMatch(/^E207 .*, replace\.test\.ts:\d+$/);
    expect(messageOf(() => replace(loss, [[x, zeros([2, 3], f64)]], { strict: false }))).toMatch(/^E202 /);
    const v = input("v", ["batch"]);
    expect(messageOf(() => replace(x.add(v.expandDims(1)), [[x, zeros([2, 3])], [v, zeros([4])]], { strict: false })))
      .toMatch(/^E407 replace: the size "batch" becomes 2 and, in the replacement of v f32\[batch\], 4/);
  });
});

describe("errors", () => {
  const x = input("x", [2]);
  const y = x.exp();
  test("E407, E401, E209", () => {
    expect(messageOf(() => replace(y, [[x, zeros([3])]] as never))).toMatch(/^E407 replace: the replacement of x f32\[2\] is f32\[3\], x f32\[2\] is needed, replace\.test\.ts:\d+$/);
    expect(messageOf(() => replace(y, [[x, y], [x, y]]))).toMatch(/^E407 replace: replacements replace the same expression twice/);
    expect(messageOf(() => replace(y, [x] as never))).toMatch(/^E401 replace: replacements must be a list of pairs/);
    expect(messageOf(() => replace("y" as never, []))).toMatch(/^E209 replace: /);
    expect(messageOf(() => replace(y, [["x", y]] as never))).toMatch(/^E209 /);
  });
});
