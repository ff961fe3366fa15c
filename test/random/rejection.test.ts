// Draws that are made by rejection are functions of the key, the position and the parameters of each element, as others are.
import { build, compile, type CompileOptions, concat, constant, fn, grad, input, shared, type Tensor, zeros } from "damo";
import { map, scan } from "damo/loops";
import { load } from "damo/load";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";
import { draws } from "./goodness.ts";

const key = random.key(77);
const values = async (tensor: Tensor, options?: CompileOptions): Promise<number[]> => Array.from(await draws(tensor, options), Number);

const kinds: readonly (readonly [string, (shape: readonly number[], parameter: Tensor | number) => Tensor])[] = [
  ["gamma", (shape, a) => random.gamma(key, shape, a) as Tensor],
  ["gamma in f64", (shape, a) => random.gamma(key, shape, a, { dtype: "f64" }) as Tensor],
  ["beta", (shape, a) => random.beta(key, shape, a, 2) as Tensor],
  ["studentT", (shape, freedom) => random.studentT(key, shape, freedom) as Tensor],
  ["poisson", (shape, rate) => random.poisson(key, shape, rate) as Tensor],
  ["binomial", (shape, rate) => random.binomial(key, shape, 1000, typeof rate === "number" ? rate / 1000 : rate.mul(0.001)) as Tensor],
];

describe.each(kinds)("%s", (_, draw) => {
  test("what its neighbours reject shifts no element", async () => {
    const first = await values(draw([500], constant([0.4, 2, 11, 60, 300]).tile([100])));
    const second = await values(draw([500], constant([0.4, 25, 11, 0.01, 300]).tile([100])));
    for (const place of [0, 2, 4]) {
      const own = (of: readonly number[]): number[] => of.filter((_value, i) => i % 5 === place);
      expect(own(second)).toEqual(own(first));
    }
  });

  test("the first ones are the same however many are drawn, in whatever shape", async () => {
    const few = await values(draw([7], 12));
    expect((await values(draw([90, 10], 12))).slice(0, 7)).toEqual(few);
    expect(await values(draw([0], 12))).toEqual([]);
  });

  test("threads change no bit", async () => {
    const tensor = draw([3000], constant([0.4, 30]).tile([1500]));
    const model = await compile({ f: fn({ inputs: {}, outputs: tensor }) }, { threads: 2 });
    expect(Array.from(model.f().data as Float32Array, Number)).toEqual(await values(tensor));
    model.dispose();
  });

  test("the evaluator draws the same, up to the rounding of its functions", async () => {
    const tensor = draw([2000], constant([0.4, 3, 11, 60, 300]).tile([400]));
    const [compiled, evaluated] = [await values(tensor), await values(tensor, { target: "reference" })];
    const tolerance = tensor.dtype === "f64" ? 1e-12 : tensor.dtype === "f32" ? 3e-5 : 0;
    compiled.forEach((value, i) => expect(Math.abs(value - evaluated[i]!)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(value), 1e-3)));
  });

  test("in the body of a loop it is what it is outside", async () => {
    // Values of a call: those that are known beforehand may be computed in other bits.
    const p = input("p", [3]);
    const [, inside] = scan((carry, x) => [carry, draw([4], x)], [], p);
    const f = await compile(fn({ inputs: { p }, outputs: { inside: inside.flatten(), outside: concat([0, 1, 2].map((i) => draw([4], p.at(i) as never)), 0) } }));
    const { inside: looped, outside } = f({ p: [0.4, 30, 11] });
    expect(Array.from(looped.data, Number)).toEqual(Array.from(outside.data, Number));
  });
});

test("parameters that are not valid give NaN, or -1 where draws are counts", async () => {
  const bad = constant([-1, 0, Number.NaN, Infinity, 2], { dtype: "f64" });
  expect((await values(random.gamma(key, [5], bad, { dtype: "f64" }))).map(Number.isNaN)).toEqual([true, true, true, true, false]);
  expect((await values(random.beta(key, [5], bad, 2, { dtype: "f64" }))).map(Number.isNaN)).toEqual([true, true, true, true, false]);
  const rates = await values(random.poisson(key, [5], bad));
  expect(rates.slice(0, 4)).toEqual([-1, 0, -1, -1]);
  expect(rates[4]).toBeGreaterThanOrEqual(0);
  expect(await values(random.binomial(key, [5], 7, constant([-0.1, 0, 1, 1.1, Number.NaN])))).toEqual([-1, 0, 7, -1, -1]);
  expect(await values(random.binomial(key, [3], constant([-1, 0, 3], { dtype: "i32" }), 1))).toEqual([-1, 0, 3]);
});

test("counts of more than 2^31 are i64", async () => {
  const [count] = await values(random.binomial(key, [1], constant(2n ** 40n, { dtype: "i64" }), 0.5, { dtype: "i64" }));
  expect(Math.abs(count! - 2 ** 39)).toBeLessThan(5 * 2 ** 19);
});

test.each([
  ["counts of another dtype", () => random.poisson(key, [2], 1, { dtype: "f32" as never }), "E101 poisson: f32 is not i32 or i64"],
  ["a number of tries with a fraction", () => random.binomial(key, [2], 2.5, 0.5), "E209 binomial: 2.5 is not a value of i64"],
  ["a number of tries of floats", () => random.binomial(key, [2], constant([2, 3]), 0.5), "E202 binomial: f32[2] must be an integer"],
  ["concentrations of integers", () => random.dirichlet(key, constant([1, 2], { dtype: "i32" }) as never), "E101 dirichlet: i32 is not a float dtype"],
  ["concentrations without an axis", () => random.dirichlet(key, constant(1)), "E203 dirichlet: [] has no axis of classes"],
  ["neither a covariance nor its factor", () => random.multivariateNormal(key, zeros([2]), {} as never), "E205 multivariateNormal: takes a covariance or its Cholesky factor; pass { covariance } or { scaleTril }"],
  ["a factor of another size", () => random.multivariateNormal(key, zeros([2]), { scaleTril: zeros([3, 3]) }), "E203 multivariateNormal: f32[3,3] is no square matrix for a mean f32[2]"],
] as const)("%s is refused", (_, make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrow("rejection.test.ts");
});

test("such draws are initial values, and run in artifacts", async () => {
  const weights = shared("weights", random.gamma(key, [6], 2));
  const x = input("x", []);
  const model = { f: fn({ inputs: { x }, outputs: { counts: random.poisson(key, [6], x), weights } }) };
  const compiled = await compile(model);
  const { functions } = await load((await build(model)).wasm);
  const [here, there] = [compiled.f({ x: 12 }), functions["f"]!({ x: 12 })];
  expect([...there["counts"]!.data]).toEqual([...here.counts.data]);
  expect([...there["weights"]!.data]).toEqual([...here.weights.data]);
  expect(here.weights.toArray().every((value) => value > 0)).toBe(true);
});

test("a model that samples a gamma latent trains: its gradient is right in a function with loops around", async () => {
  const a = input("a", [2], { dtype: "f64" });
  const total = map((own) => random.gamma(own, [2], a, { dtype: "f64" }), random.split(key, 3)).sum();
  const unrolled = [0, 1, 2].map((i) => random.gamma(random.split(key, 3).at(i), [2], a, { dtype: "f64" }).sum()).reduce((sum, x) => sum.add(x) as never);
  const f = await compile(fn({ inputs: { a }, outputs: { looped: grad(total as never, a), straight: grad(unrolled as never, a) } }));
  const { looped, straight } = f({ a: [0.5, 20] }) as unknown as { looped: { data: Float64Array }; straight: { data: Float64Array } };
  looped.data.forEach((value, i) => expect(value).toBeCloseTo(straight.data[i]!, 11));
});
