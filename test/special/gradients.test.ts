// Derivatives of special functions against differences, up to the third where a function's derivative needs another special function.
import { compile, constant, fn, grad, jvp, ones, type Tensor, vector, zeros } from "damo";
import * as special from "damo/special";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";

type F64 = Tensor<"f64">;
type Function1 = (x: F64) => F64;

const anywhere = [-11.3, -4.2, -0.7, 0, 1e-3, 1.3, 4.9, 7.7, 13.1];
const ofOne: { readonly [name: string]: readonly [f: Function1, at: readonly number[]] } = {
  j0: [special.j0, anywhere], j1: [special.j1, anywhere],
  i0: [special.i0, [-2.3, -0.7, 0, 1e-3, 1.3, 3.1]], i1: [special.i1, [-2.3, -0.7, 0, 1e-3, 1.3, 3.1]],
  i0e: [special.i0e, [-11.3, -2.3, 1.3, 13.1]], i1e: [special.i1e, [-11.3, -2.3, 1.3, 13.1]],
  erfcx: [special.erfcx, [-1.3, -0.2, 0, 0.4, 3.3, 9.8, 10, 12.1]],
  ndtr: [special.ndtr, [-5.2, -1.3, 0, 0.4, 3.3]], logNdtr: [special.logNdtr, [-15.2, -1.3, 0, 0.4, 3.3]],
  gamma: [special.gamma, [-1.4, 0.3, 1.7, 4.2]], "gamma of large numbers": [special.gamma, [11.3, 12.1]], zeta: [(x) => special.zeta(x) as F64, [-3.3, -0.4, 0.5, 2.2, 5.1]],
  "polygamma 1": [(x) => special.polygamma(1, x) as F64, [-1.4, 1.7, 4.2, 11.3]], "polygamma 4": [(x) => special.polygamma(4, x) as F64, [1.7, 4.2, 11.3]],
  logit: [special.logit, [0.1, 0.3, 0.5, 0.7, 0.9]], entr: [special.entr, [0.3, 1, 2.5]],
};

/** The derivative, as a function of the same kind. */
const derivative = (f: Function1): Function1 => (x) => grad(f(x).sum() as Tensor<"f64", []>, x) as F64;

describe.each(Object.entries(ofOne))("%s", (_, [f, at]) => {
  test("first derivative", () => checkGradient((x) => f(x).sum() as F64, [at]));
  test("second derivative", () => checkGradient((x) => derivative(f)(x).sum() as F64, [at]));
  test("third derivative", () => checkGradient((x) => derivative(derivative(f))(x).sum() as F64, [at]));
  test("forward mode", () => checkGradient((x) => jvp(f(x), x as never, ones(x.shape, { dtype: "f64" }) as never).sum() as F64, [at]));
});

type Function2 = (x: F64, y: F64) => F64;
const ofTwo: { readonly [name: string]: readonly [f: Function2, x: readonly number[], y: readonly number[]] } = {
  xlogy: [special.xlogy as never, [-2, 0, 1.5], [0.3, 2, 3]], xlog1py: [special.xlog1py as never, [-2, 0, 1.5], [-0.3, 2, 3]],
  relEntr: [special.relEntr as never, [0.5, 1.2, 3], [0.7, 1.2, 0.4]], klDiv: [special.klDiv as never, [0.5, 1.2, 3], [0.7, 1.2, 0.4]],
  beta: [special.beta as never, [0.5, 3.2, 12], [0.7, 1.2, 11]], betaln: [special.betaln as never, [0.5, 3.2, 12], [0.7, 1.2, 11]],
  hurwitz: [special.zeta as never, [1.5, 3.2, 7], [0.7, 1.2, 11]],
  logAddExp: [special.logAddExp as never, [-2, 0.5, 3], [-2, 1.5, -30]],
};

describe.each(Object.entries(ofTwo))("%s", (_, [f, x, y]) => {
  test("first derivatives", () => checkGradient((a, b) => f(a, b).sum() as F64, [x, y]));
  test("second derivatives", () => checkGradient((a, b) => {
    const [da, db] = grad(f(a, b).sum() as Tensor<"f64", []>, [a, b]) as unknown as [F64, F64];
    return da.mul(db).sum() as F64;
  }, [x, y]));
});

describe("incomplete functions", () => {
  const shapes = [0.3, 1.2, 4, 30, 150, 260];
  const at = [0.4, 1.1, 6, 27, 155, 262];
  test.each(["gammainc", "gammaincc"] as const)("%s by both operands", (name) => checkGradient((a, x) => (special[name] as unknown as Function2)(a, x).sum() as F64, [shapes, at]));
  test.each(["gammainc", "gammaincc"] as const)("%s twice by x", (name) => checkGradient((x) => {
    const a = constant(shapes, { dtype: "f64" }) as unknown as F64;
    return grad((special[name] as unknown as Function2)(a, x).sum() as Tensor<"f64", []>, x).sum() as F64;
  }, [at]));
  test("betainc by all operands", () => checkGradient((a, b, x) => special.betainc(a, b as never, x as never).sum() as F64, [[0.5, 2, 15, 40, 10], [0.7, 3, 30, 12, 10], [0.1, 0.6, 0.3, 0.8, 0.4]]));
  test("betainc twice by x", () => checkGradient((x) => {
    const [a, b] = [[0.5, 2, 15], [0.7, 3, 30]].map((values) => constant(values, { dtype: "f64" })) as unknown as [F64, F64];
    return grad(special.betainc(a, b as never, x as never).sum() as Tensor<"f64", []>, x).sum() as F64;
  }, [[0.1, 0.6, 0.3]]));
  test("a second derivative by a shape is refused by name", async () => {
    const a = vector("a", [2], { dtype: "f64" });
    const twice = derivative((x) => special.gammainc(x, 1.5) as F64);
    await expect((async () => compile(fn({ inputs: { a }, outputs: derivative(twice)(a as F64) })))()).rejects.toThrow(/^E304 gammainc: .*first derivatives only/);
  });
});

test("0 log 0 has the derivatives 0 by y and log(y) by x", async () => {
  const [x, y] = [vector("x", [2]), vector("y", [2])];
  const f = await compile(fn({ inputs: { x, y }, outputs: grad(special.xlogy(x, y).sum(), { x, y }) }));
  const { x: byX, y: byY } = f({ x: [0, 0], y: [0, 1] });
  expect([...byX.data]).toEqual([-Infinity, 0]);
  expect([...byY.data]).toEqual([0, 0]);
});

test("a derivative of too high an order is refused by name", async () => {
  const x = vector("x", [2], { dtype: "f64" });
  const fourth = [1, 2, 3, 4].reduce<Function1>(derivative, special.j0 as Function1)(x as F64);
  await expect((async () => compile(fn({ inputs: { x }, outputs: fourth })))()).rejects.toThrow(/^E304 j1: .*up to order 3/);
});

test("f32 and integers", async () => {
  const n = vector("n", [3], { dtype: "i32" });
  const f = await compile(fn({ inputs: { n }, outputs: special.i0(n) }));
  expect([...f({ n: [0, 1, 2] }).data]).toEqual([1, 1.2660658777520084, 2.279585302336067].map(Math.fround));
  expect(special.i0(zeros([2])).dtype).toBe("f32");
});
