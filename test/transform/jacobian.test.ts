// Jacobians, Hessians and products with them: JAX's values (fixtures/jacobians.py), in every mode and on every target, central
// differences, and what is wrong said.

import { readFileSync } from "node:fs";
import { compile, conv2d, DamoError, fn, grad, input, softmax, type Tensor, zeros } from "damo";
import { scan } from "damo/loops";
import { hessian, hessianVectorProduct, jacobian, type JacobianOptions, Lop, Rop, vmap } from "damo/transform";
import { describe, expect, test } from "vitest";

interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const { inputs, results } = JSON.parse(readFileSync(new URL("fixtures/jacobians.json", import.meta.url), "utf8")) as {
  readonly inputs: { readonly [name: string]: Dense };
  readonly results: { readonly [name: string]: Dense };
};

const f64 = { dtype: "f64" } as const;
const x = input("x", [3], f64);
const y = input("y", [4], f64);
const w = input("w", [3, 4], f64);
const xs = input("xs", ["n", 3], f64);
const images = input("images", ["members", 2, 6, 5, 4], f64);
const filters = input("filters", [3, 2, 4, 6], f64);
const t = input("t", [3], f64);
const u = input("u", [4], f64);
const feeds = { x, y, w, xs, images, filters, t, u };

type Vector = Tensor<"f64", [3]>;
const layer = (v: Vector) => v.dot(w).tanh();
const energy = x.outer(y).sin().sum().add(x.logSumExp().mul(y.prod()));
const rosenbrock = (v: Vector) => {
  const [head, tail] = [v.slice(0, 0, 2), v.slice(0, 1, 3)];
  return tail.sub(head.mul(head)).pow(2).mul(100).add(head.mul(-1).add(1).pow(2)).sum();
};
const loop = scan((h: Vector, e: Tensor<"f64", []>) => {
  const next = h.mul(e).add(x).tanh();
  return [next, next.sum()];
}, zeros([3], f64), y)[1];
type Image = Tensor<"f64", [2, 6, 5, 4]>;
const convolved = (image: Image) => conv2d(image, filters, { stride: [2, 1], padding: [[1, 0], [1, 1]] }).sin().sum();

const blocks = (options: JacobianOptions) => {
  const h = hessian(energy, { x, y }, options);
  return { "hessian xx": h.x.x, "hessian xy": h.x.y, "hessian yx": h.y.x, "hessian yy": h.y.y };
};
const byMode = (options: JacobianOptions): { readonly [name: string]: Tensor } => ({
  "jacobian by x": jacobian(layer(x), x, options),
  "jacobian by w": jacobian(layer(x), [w], options)[0],
  "jacobian of a softmax": jacobian(softmax(y), y, options),
  "jacobian of a loop by x": jacobian(loop, { x, y }, options).x,
  "jacobian of a loop by y": jacobian(loop, { x, y }, options).y,
  ...blocks(options),
  "hessian of rosenbrock": hessian(rosenbrock(x), x, options),
  "hessian of each": vmap((v) => hessian(rosenbrock(v), v, options), xs),
  "jacobian of each": vmap((v) => jacobian(layer(v), v, options), xs),
});
const products = hessianVectorProduct(energy, [x, y], [t, u]);
const others: { readonly [name: string]: Tensor } = {
  "hessian times a vector": hessianVectorProduct(rosenbrock(x), x, t),
  "hessian times vectors, x": products[0], "hessian times vectors, y": products[1],
  "R-operator": Rop(layer(x), [x, w], [t, w.mul(0.5)]),
  "L-operator": Lop([layer(x), x.mul(x)], x, [u, t]),
  "gradient of each": vmap((v) => grad(layer(v).sum(), w), xs),
  "convolution of each": vmap(convolved, images),
  "filter gradient of each": vmap((image) => grad(convolved(image), filters), images),
  "image gradient of each": vmap((image) => grad(convolved(image), image), images),
};

const ways: readonly (readonly [string, { readonly [name: string]: Tensor }])[] = [
  ["as it comes", byMode({})],
  ["reverse mode", byMode({ mode: "reverse" })], ["forward mode", byMode({ mode: "forward" })],
  ["reverse mode, one by one", byMode({ mode: "reverse", by: "scan" })], ["forward mode, one by one", byMode({ mode: "forward", by: "scan" })],
  ["other derivatives", others],
];

test("every fixture is asked for", () => {
  expect([...Object.keys(ways[0]![1]), ...Object.keys(others)].sort()).toEqual(Object.keys(results).sort());
});

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test.each(ways)("%s", async (_, asked) => {
    const names = Object.keys(asked);
    const outputs = Object.fromEntries(names.map((name, i) => [`r${i}`, asked[name]!]));
    const model = await compile(fn({ inputs: feeds, outputs, onUnusedInput: "ignore" }), { target });
    const feed = Object.fromEntries(Object.entries(inputs).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
    const out = model(feed as never);
    names.forEach((name, i) => {
      const { shape, data } = results[name]!;
      const value = out[`r${i}`]!;
      expect(value.shape, name).toEqual(shape);
      const scale = Math.max(1, ...data.map(Math.abs));
      // Sums of up to a hundred terms in another order than JAX's, and other libraries' sines.
      data.forEach((wanted, j) => expect(Math.abs(Number(value.data[j]) - wanted) / scale, `${name} ${j}`).toBeLessThanOrEqual(1e-13));
    });
  });
});

test("central differences agree", async () => {
  const value = layer(x);
  const model = await compile({ f: fn({ inputs: { x, w }, outputs: { value } }), j: fn({ inputs: { x, w }, outputs: { j: jacobian(value, [x, w])[1] } }) });
  const [at, weights, h] = [inputs["x"]!.data as number[], inputs["w"]!.data, 1e-5];
  const evaluate = (data: readonly number[]) => model.f({ x: at, w: { data: Float64Array.from(data), shape: [3, 4] } }).value.data;
  const found = model.j({ x: at, w: { data: Float64Array.from(weights), shape: [3, 4] } }).j.data;
  for (let i = 0; i < 12; i++) {
    const [up, down] = [evaluate(weights.with(i, weights[i]! + h)), evaluate(weights.with(i, weights[i]! - h))];
    for (let row = 0; row < 4; row++) expect(found[row * 12 + i]).toBeCloseTo((up[row]! - down[row]!) / (2 * h), 8);
  }
});

test("scalars and sizes that are names", async () => {
  const v = input("v", ["k"], f64);
  const s = input("s", [], f64);
  const [byVector, byScalar] = jacobian(v.mul(s), [v, s]);
  const outputs = { byVector, byScalar, second: hessian(v.pow(3).sum().mul(s), v), slope: jacobian(s.sin(), s), row: jacobian(v.sum(), v) };
  const model = await compile(fn({ inputs: { v, s }, outputs }));
  const out = model({ v: [1, 2, 4], s: 0.5 });
  expect(out.byVector.toArray()).toEqual([[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]]);
  expect(out.byScalar.toArray()).toEqual([1, 2, 4]);
  expect(out.second.toArray()).toEqual([[3, 0, 0], [0, 6, 0], [0, 0, 12]]);
  expect(out.slope.item()).toBeCloseTo(Math.cos(0.5), 15);
  expect(out.row.toArray()).toEqual([1, 1, 1]);
});

describe("what is wrong is said", () => {
  const whole = input("whole", [3], { dtype: "i32" }) as unknown as Tensor<"f64", [3]>;
  const cases: readonly (readonly [string, () => unknown])[] = [
    ["E202 jacobian: whole i32[3] is not of a float dtype", () => jacobian(whole, x)],
    ["E302 jacobian: whole i32[3] is not of a float dtype", () => jacobian(layer(x), whole)],
    ["E303 jacobian: the cost does not depend on y", () => jacobian(layer(x), y)],
    ["E209 jacobian: mode is sideways", () => jacobian(layer(x), x, { mode: "sideways" as "reverse" })],
    ["E209 jacobian: by is hand", () => jacobian(layer(x), x, { by: "hand" as "scan" })],
    ["E209 jacobian: takes a tensor", () => jacobian(layer(x), 3 as never)],
    ["E301 hessian: the cost is f64[4]", () => hessian(layer(x) as unknown as Tensor<"f64", []>, x)],
    ["E303 hessian: the cost does not depend on y", () => hessian(rosenbrock(x), y)],
    ["E305 hessianVectorProduct: u f64[4] is given for x f64[3]", () => hessianVectorProduct(rosenbrock(x), x, u as unknown as Vector)],
    ["E305 hessianVectorProduct: 1 differentials for 2 values", () => hessianVectorProduct(energy, [x, y], [t] as never)],
    ["E305 Rop: u f64[4] is given for x f64[3]", () => Rop(layer(x), x, u as unknown as Vector)],
    ["E303 Rop: f64[4] depends on none of the variables", () => Rop(y.mul(2), x, t)],
    ["E305 Lop: t f64[3] is given for f64[4]", () => Lop(layer(x), x, t as unknown as Tensor<"f64", [4]>)],
    ["E303 Lop: the cost does not depend on y", () => Lop(layer(x), y, u)],
  ];

  test.each(cases)("%s", (message, make) => {
    expect(make).toThrow(DamoError);
    expect(make).toThrow(message);
    expect(make).toThrow(/jacobian\.test\.ts:\d+/);
  });

  test("or what is not there is zero, if that is meant", async () => {
    const outputs = { j: jacobian(layer(x), y, { disconnectedInputs: "ignore" }), r: Rop(y.mul(2), x, t, { disconnectedOutputs: "ignore" }), h: hessian(x.sum(), x) };
    const model = await compile(fn({ inputs: { x, y, w, t }, outputs, onUnusedInput: "ignore" }));
    const out = model({ x: [1, 2, 3], y: [1, 2, 3, 4], w: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], t: [1, 1, 1] });
    expect([out.j.shape, out.r.shape, out.h.shape]).toEqual([[4, 4], [4], [3, 3]]);
    expect([...out.j.data, ...out.r.data, ...out.h.data].every((value) => value === 0)).toBe(true);
  });
});
