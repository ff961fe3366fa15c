// Gradients as users ask for them: composites against finite differences in f64, the forms that grad and its kin take,
// and what is held constant.
import {
  avgPool2d, batchNormTrain, binaryCrossEntropy, binaryCrossEntropyWithLogits, categoricalCrossEntropy, compile, constant, conv1d, conv2d,
  convTranspose2d, cumprod, einsum, elu, fn, gelu, grad, hardSigmoid, huber, incSubtensor, input, jvp, layerNorm, leakyRelu, logSigmoid,
  maxPool2d, mse, scalar, selu, setSubtensor, silu, softmaxCrossEntropy, softplus, softsign, stopGradient, type Tensor, valueAndGrad, vjp,
} from "damo";
import { describe, expect, test, vi } from "vitest";

type X = Tensor<"f64">;
const target = "reference";

// 2 x 3 values away from the kinks of the functions below.
const point = [[0.7, -1.3, 2.1], [-0.4, 1.6, 0.25]];
const labels = constant([2, 0], { dtype: "i32" });
const other = constant([[0.3, 0.9, -0.5], [1.1, -0.8, 0.6]], { dtype: "f64" });
const weights = constant([[0.5, -1, 2], [1.5, 0.25, -0.75]], { dtype: "f64" });

const functions: { readonly [name: string]: (x: X) => Tensor } = {
  "leakyRelu": (x) => leakyRelu(x, 0.2),
  "elu": (x) => elu(x, 1.5),
  "selu": (x) => selu(x),
  "gelu": (x) => gelu(x),
  "gelu by tanh": (x) => gelu(x, { approximate: true }),
  "silu": (x) => silu(x),
  "softplus": (x) => softplus(x),
  "logSigmoid": (x) => logSigmoid(x),
  "softsign": (x) => softsign(x),
  "hardSigmoid": (x) => hardSigmoid(x.mul(2)),
  "softmax": (x) => x.softmax(),
  "softmax over all": (x) => x.softmax(null),
  "logSoftmax": (x) => x.logSoftmax(0),
  "logSumExp": (x) => x.logSumExp(1),
  "mean and var": (x) => x.mean(0).mul(x.var(0)),
  "std": (x) => x.std(1, { ddof: 1 }),
  "norm": (x) => x.norm(1),
  "prod": (x) => x.prod(1),
  "cumprod": (x) => cumprod(x, 1),
  "cummax": (x) => x.cummax(1),
  "layerNorm": (x) => layerNorm(x, weights, other),
  "batchNorm": (x) => batchNormTrain(x, constant([1, 2, 3], { dtype: "f64" }), 0.5).output,
  "softmaxCrossEntropy": (x) => softmaxCrossEntropy(x, labels),
  "categoricalCrossEntropy": (x) => categoricalCrossEntropy(x, other.softmax()),
  "binaryCrossEntropy": (x) => binaryCrossEntropy(x.sigmoid(), other.sigmoid()),
  "binaryCrossEntropyWithLogits": (x) => binaryCrossEntropyWithLogits(x, other.sigmoid()),
  "mse": (x) => mse(x, other),
  "huber": (x) => huber(x.mul(2), other, 1.25),
  "einsum": (x) => einsum("ij,kj,ik->k", x, other, x.dot(other.transpose())),
  "indexing": (x) => x.at({ step: -1 }, constant([2, 0, 2], { dtype: "i32" })),
  "setSubtensor": (x) => setSubtensor(x, [0, { start: 1 }], x.at(1, { stop: 2 }).mul(3)),
  "incSubtensor": (x) => incSubtensor(x, [constant([1, 1], { dtype: "i32" })], x.exp()),
  "takeAlongAxis": (x) => x.takeAlongAxis(constant([[2, 1], [0, 0]], { dtype: "i32" }), 1),
  "conv1d": (x) => conv1d(x.expandDims(-1), weights.reshape([2, 1, 3]), { padding: "same" }),
  "conv2d": (x) => conv2d(x.reshape([1, 2, 3, 1]), weights.reshape([2, 1, 1, 3]), { padding: [[1, 0], [1, 1]], stride: [1, 2] }),
  "convTranspose2d": (x) => convTranspose2d(x.reshape([1, 2, 1, 3]), weights.reshape([2, 1, 1, 3]), { stride: 2 }),
  "maxPool2d": (x) => maxPool2d(x.reshape([1, 2, 3, 1]), 2, { stride: 1 }),
  "avgPool2d": (x) => avgPool2d(x.reshape([1, 2, 3, 1]), 2, { padding: "same", stride: 1 }),
};

/** A scalar that weighs every element of the result differently. */
function weigh(y: Tensor): Tensor<"f64", []> {
  const flat = y.flatten() as unknown as Tensor<"f64", [number]>;
  const ramp = constant(Array.from({ length: flat.shape[0] }, (_, i) => Math.cos(i + 1)), { dtype: "f64" });
  return flat.mul(ramp).sum() as unknown as Tensor<"f64", []>;
}

describe("against finite differences", () => {
  test.each(Object.keys(functions))("%s", async (name) => {
    const x = input("x", [2, 3], { dtype: "f64" });
    const cost = weigh(functions[name]!(x as unknown as X));
    const f = await compile(fn({ inputs: { x }, outputs: { cost, dx: grad(cost, x) } }), { target });
    const at = (values: readonly (readonly number[])[]) => f({ x: values }).cost.item();
    const { dx } = f({ x: point });
    const step = 1e-5;
    point.forEach((row, i) => row.forEach((_, j) => {
      const moved = (by: number) => point.map((r, k) => r.map((value, l) => (k === i && l === j ? value + by : value)));
      // Fourth order: the error is of order step^4, below rounding in the cost over the step.
      const difference = (8 * (at(moved(step)) - at(moved(-step))) - (at(moved(2 * step)) - at(moved(-2 * step)))) / (12 * step);
      const value = dx.toArray()[i]![j]!;
      expect(Math.abs(value - difference)).toBeLessThan(1e-8 * Math.max(1, Math.abs(difference)));
    }));
  });
});

describe("the forms of a gradient", () => {
  const x = scalar("x", { dtype: "f64" });
  const y = scalar("y", { dtype: "f64" });
  const cost = x.mul(x).mul(y).add(y.exp());

  test("one, a list, a record", async () => {
    const one = grad(cost, x);
    const [dx, dy] = grad(cost, [x, y]);
    const named = grad(cost, { x, y });
    const f = await compile(fn({ inputs: { x, y }, outputs: { one, dx, dy, x2: named.x, y2: named.y } }), { target });
    const out = f({ x: 3, y: 0.5 });
    expect([out.one, out.dx, out.x2].map((value) => value.item())).toEqual([3, 3, 3]);
    expect(out.dy.item()).toBeCloseTo(9 + Math.exp(0.5), 14);
    expect(out.y2.item()).toBe(out.dy.item());
  });

  test("gradients of gradients", async () => {
    const first = grad(x.pow(4), x);
    const second = grad(first, x);
    const third = grad(second, x);
    const f = await compile(fn({ inputs: { x }, outputs: { first, second, third } }), { target });
    const out = f({ x: 2 });
    expect([out.first.item(), out.second.item(), out.third.item()]).toEqual([32, 48, 48]);
  });

  test("the value with its gradient", async () => {
    const [value, dx] = valueAndGrad(cost, x);
    const f = await compile(fn({ inputs: { x, y }, outputs: { value, dx } }), { target });
    expect(f({ x: 3, y: 0 }).value.item()).toBe(1);
  });

  test("the products with a Jacobian, and that they are transposes", async () => {
    const u = input("u", [3], { dtype: "f64" });
    const t = input("t", [3], { dtype: "f64" });
    const c = input("c", [2], { dtype: "f64" });
    const image = constant([[1, 2, 3], [4, 5, 6]], { dtype: "f64" }).dot(u.mul(u));
    const backward = vjp(image, u, c);
    const forward = jvp(image, u, t);
    const f = await compile(fn({ inputs: { u, t, c }, outputs: { backward, forward, left: backward.dot(t), right: forward.dot(c) } }), { target });
    const out = f({ u: [1, -1, 2], t: [1, 0, 2], c: [1, -1] });
    // The Jacobian is [[2, -4, 12], [8, -10, 24]].
    expect(out.forward.toArray()).toEqual([26, 56]);
    expect(out.backward.toArray()).toEqual([-6, 6, -12]);
    expect(out.left.item()).toBe(out.right.item());
  });

  test("by a value in between, and by what it depends on", async () => {
    const h = x.mul(3);
    const [dx, dh] = grad(h.mul(h), [x, h]);
    const f = await compile(fn({ inputs: { x }, outputs: { dx, dh } }), { target });
    const out = f({ x: 2 });
    expect([out.dx.item(), out.dh.item()]).toEqual([36, 12]);
  });

  test("givens do not change what it is taken by", async () => {
    const dx = grad(x.mul(x), x);
    const f = await compile(fn({ inputs: { y }, outputs: { dx }, givens: [[x, y.add(1)]] }), { target });
    expect(f({ y: 4 }).dx.item()).toBe(10);
  });
});

describe("what is held constant", () => {
  const x = scalar("x", { dtype: "f64" });
  const y = scalar("y", { dtype: "f64" });
  const evaluate = async (output: Tensor<"f64", []>): Promise<number> => (await compile(fn({ inputs: { x }, outputs: output, onUnusedInput: "ignore" }), { target }))({ x: 3 }).item();

  test("stopGradient", async () => {
    expect(await evaluate(grad(x.mul(stopGradient(x)), x))).toBe(3);
  });

  test("considerConstant", async () => {
    const square = x.mul(x);
    expect(await evaluate(grad(square.mul(x), x, { considerConstant: [square] }))).toBe(9);
  });

  test("knownGrads stand for the paths beyond", async () => {
    const h = x.mul(x);
    const known = constant(5, { dtype: "f64" });
    expect(await evaluate(grad(null, x, { knownGrads: [[h, known]] }))).toBe(30);
    // The cost reads h, whose gradient is known, and x by itself.
    expect(await evaluate(grad(h.exp().add(x), x, { knownGrads: [[h, known]] }))).toBe(31);
  });

  test("disconnected inputs raise, warn or give zero", async () => {
    expect(() => grad(x.mul(2), y)).toThrow(/^E303 grad: the cost does not depend on y f64\[\]; .*, gradients\.test\.ts:\d+$/);
    expect(await evaluate(grad(x.mul(2), y, { disconnectedInputs: "ignore" }))).toBe(0);
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    grad(x.mul(2), y, { disconnectedInputs: "warn" });
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});
