// Gradients of draws by the parameters of their distributions, at a fixed key: against differences where a draw is a smooth function of
// them, against the derivatives of moments where it is made by rejection; and the draws that have none.
import { compile, constant, fn, grad, input, jvp, scalar, stopGradient, type Tensor } from "damo";
import { map } from "damo/loops";
import * as random from "damo/random";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";

const key = random.key(6);
const f64 = { dtype: "f64" } as const;

test("gradients pass to location and scale, and a draw is no function of its key", async () => {
  const [mean, std] = [scalar("mean", { dtype: "f64" }), scalar("std", { dtype: "f64" })];
  const value = random.normal(random.key(3), [4], { mean, std, dtype: "f64" });
  const [dMean, dStd] = grad(value.sum(), [mean, std]);
  const f = await compile(fn({ inputs: { mean, std }, outputs: { value, dMean, dStd } }));
  const at = f({ mean: 2, std: 3 });
  expect(at.dMean.item()).toBe(4);
  // value = mean + std * z, so that d value / d std = z.
  expect(at.dStd.item()).toBeCloseTo(Array.from(at.value.data).reduce((sum, x) => sum + (x - 2) / 3, 0), 12);
});

test.each<readonly [string, (a: Tensor<"f64">, b: Tensor<"f64">) => Tensor<"f64">, readonly [number, number]]>([
  ["uniform", (low, high) => random.uniform(key, [20], { low, high, ...f64 }), [-1, 3]],
  ["normal", (mean, std) => random.normal(key, [20], { mean, std, ...f64 }), [2, 0.7]],
  ["truncatedNormal", (mean, std) => random.truncatedNormal(key, [20], { mean, std, ...f64 }), [2, 0.7]],
  ["truncatedNormal between bounds", (low, high) => random.truncatedNormal(key, [20], { low, high, ...f64 }), [-0.5, 1.5]],
  ["exponential", (mean) => random.exponential(key, [20], { mean, ...f64 }), [2, 0]],
  ["gumbel", (location, scale) => random.gumbel(key, [20], { location, scale, ...f64 }), [2, 0.7]],
  ["laplace", (location, scale) => random.laplace(key, [20], { location, scale, ...f64 }), [2, 0.7]],
  ["studentT", (location, scale) => random.studentT(key, [20], 5, { location, scale, ...f64 }), [2, 0.7]],
  ["gamma", (scale) => random.gamma(key, [20], 1.3, { scale, ...f64 }), [2, 0]],
  ["gaussianNoise", (x, std) => random.gaussianNoise(key, x.broadcastTo([20]) as Tensor<"f64">, std), [2, 0.7]],
])("%s", async (_, draw, point) => {
  await checkGradient((a, b) => draw(a, b).square().sum(), point);
});

test("multivariateNormal by its covariance", async () => {
  await checkGradient(
    (mean, covariance) => random.multivariateNormal(key, mean, { covariance }, [4]).square().sum() as Tensor<"f64">, [[1, -2, 0.5], [[1, 0.3, -0.5], [0.3, 4.1, 0], [-0.5, 0, 0.8]]],
  );
});

test("multivariateNormal by a factor", async () => {
  await checkGradient(
    (mean, scaleTril) => random.multivariateNormal(key, mean, { scaleTril }, [4]).square().sum() as Tensor<"f64">, [[1, -2, 0.5], [[1, 0, 0], [0.3, 2, 0], [-0.5, 0.1, 0.7]]],
  );
});

/** d E f(draw) / d parameter is the mean of the gradients of f(draw). */
describe("means of gradients are gradients of means", () => {
  const n = 200_000;
  const average = async (draw: (p: Tensor<"f64", []>) => Tensor<"f64">, at: number): Promise<{ mean: number; error: number }> => {
    const p = input("p", [n], f64);
    const values = draw(p as never);
    const f = await compile(fn({ inputs: { p }, outputs: grad(values.sum() as Tensor<"f64", []>, p) }));
    const { data } = f({ p: { data: new Float64Array(n).fill(at), shape: [n] } });
    const mean = data.reduce((sum, x) => sum + x, 0) / n;
    return { mean, error: Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n / n) };
  };

  test.each<readonly [string, (p: Tensor<"f64">) => Tensor<"f64">, number, number]>([
    ["gamma: mean a", (a) => random.gamma(key, [n], a, f64), 0.7, 1],
    ["gamma: square a^2 + a", (a) => random.gamma(key, [n], a, f64).square(), 3, 7],
    ["gamma: logarithm digamma(a)", (a) => random.gamma(key, [n], a, f64).log(), 2, Math.PI ** 2 / 6 - 1],
    ["gamma, large: square a^2 + a", (a) => random.gamma(key, [n], a, f64).square(), 1000, 2001],
    ["beta: mean a / (a + b) by a", (a) => random.beta(key, [n], a, 2, f64), 0.5, 2 / 2.5 ** 2],
    ["beta: mean a / (a + b) by b", (b) => random.beta(key, [n], 1.5, b, f64), 3, -1.5 / 4.5 ** 2],
    ["studentT: square v / (v - 2)", (v) => random.studentT(key, [n], v, f64).square(), 12, -2 / 100],
  ])("%s", async (_, draw, at, expected) => {
    const { mean, error } = await average(draw as never, at);
    expect(Math.abs(mean - expected)).toBeLessThan(5 * error);
    // It would be no test if the error were large.
    expect(error).toBeLessThan(0.02 * Math.abs(expected));
  });

  test("dirichlet: mean a_i / sum a", async () => {
    const a = input("a", [n, 3], f64);
    const first = random.dirichlet(key, a).slice(1, 0, 1);
    const f = await compile(fn({ inputs: { a }, outputs: grad(first.sum() as Tensor<"f64", []>, a) }));
    const { data } = f({ a: { data: Float64Array.from({ length: 3 * n }, (_, i) => [0.5, 2, 1.5][i % 3]!), shape: [n, 3] } });
    const means = [0, 1, 2].map((k) => data.reduce((sum, x, i) => sum + (i % 3 === k ? x : 0), 0) / n);
    const expected = [3.5 / 16, -0.5 / 16, -0.5 / 16];
    // Derivatives of the first probability are of order 1: their deviation is below 1/2.
    means.forEach((mean, k) => expect(Math.abs(mean - expected[k]!)).toBeLessThan(5 * 0.5 / Math.sqrt(n)));
  });
});

describe("draws that jump have no gradients", () => {
  const p = input("p", [3]);
  const number = (draw: Tensor): Tensor => draw.convert("f32") as Tensor;
  const refused: readonly (readonly [string, (p: Tensor) => Tensor])[] = [
    ["bernoulli", (q) => number(random.bernoulli(key, [3], q))],
    ["poisson", (q) => number(random.poisson(key, [3], q))],
    ["binomial", (q) => number(random.binomial(key, [3], 5, q))],
    ["categorical", (q) => number(random.categorical(key, q, [3]))],
    ["categoricalWithoutReplacement", (q) => number(random.categoricalWithoutReplacement(key, q, 2))],
    ["multinomial", (q) => number(random.multinomial(key, 5, q))],
    ["choice", (q) => number(random.choice(key, 3, [3], { p: q }))],
  ];
  const gradient = (draw: (q: Tensor) => Tensor, wrap = (q: Tensor): Tensor => q, after = wrap) =>
    compile(fn({ inputs: { p }, outputs: grad(p.sum().add(after(draw(wrap(p as Tensor))).sum()) as Tensor<"f32", []>, p) }));
  const keep = (q: Tensor): Tensor => q;

  test.each(refused)("%s", async (name, draw) => {
    await expect(gradient(draw)).rejects.toThrow(new RegExp(`^E304 ${name}: a gradient is asked for along a path through ${name}.*jump.*stopGradient.*gradients\\.test\\.ts`));
    // Stopped before or after the draw, the other paths count.
    for (const f of [await gradient(draw, stopGradient as never, keep), await gradient(draw, keep, stopGradient as never)]) {
      expect(f({ p: [0.2, 0.3, 0.5] }).toArray()).toEqual([1, 1, 1]);
    }
  });

  test("in forward mode neither", async () => {
    const cost = number(random.poisson(key, [3], p));
    await expect(compile(fn({ inputs: { p }, outputs: jvp(cost, p, p) }))).rejects.toThrow("E304 poisson");
  });

  test("nor where a loop draws", async () => {
    const drawn = map((q) => number(random.bernoulli(random.foldIn(key, 1), [], q) as Tensor).mul(q), p);
    await expect(compile(fn({ inputs: { p }, outputs: grad(drawn.sum() as Tensor<"f32", []>, p) }))).rejects.toThrow("E304 bernoulli");
  });

  test("parameters that are no variables of the gradient do not matter", async () => {
    const q = input("q", [3]);
    const f = await compile(fn({ inputs: { p, q }, outputs: grad(number(random.bernoulli(key, [3], q)).mul(p).sum() as Tensor<"f32", []>, p) }));
    expect(f({ p: [1, 1, 1], q: [0, 1, 1] }).toArray()).toEqual([0, 1, 1]);
  });
});

test("gamma draws have first derivatives only", async () => {
  const a = scalar("a", f64);
  const first = grad(random.gamma(key, [5], a, f64).sum(), a);
  await expect(compile(fn({ inputs: { a }, outputs: grad(first, a) }))).rejects.toThrow("E304 gamma: a gradient is asked for along a path through gamma, which is not differentiable there: its draws have first derivatives only");
});

test("a function that asks for no gradient of a gamma draw does not compute one", async () => {
  const f = await compile(fn({ inputs: {}, outputs: random.gamma(key, [4], constant(2, f64), f64) }));
  const plain = f();
  const a = scalar("a", f64);
  const x = random.gamma(key, [4], a, f64);
  const both = await compile(fn({ inputs: { a }, outputs: { x, slope: grad(x.sum(), a) } }));
  expect([...both({ a: 2 }).x.data]).toEqual([...plain.data]);
});
