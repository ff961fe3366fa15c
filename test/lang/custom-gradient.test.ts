// Gradients that the user gives: true ones against finite differences, at any order and in loops and branches; untrue
// ones as they are given; and what is refused.
import { type Tensor, compile, fn, grad, input, jvp, scalar, stopGradient, vjp, zeros } from "damo";
import { cond, scan } from "damo/loops";
import { customGradient } from "damo/custom-gradient";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";
import { messageOf } from "../error-of.ts";
import { printGraph } from "../../ir/print.ts";
import { control } from "../../passes/control/index.ts";
import { optimizeGraph } from "../../passes/pipeline.ts";
import { watchGraph } from "../../passes/watch-graph.ts";
import type { FunctionDefinition } from "../../src/fn.ts";
import { traceModel } from "../../src/trace.ts";

type X = Tensor<"f64">;

/** x * y with its true derivatives, by hand. */
const times = customGradient((x: X, y: X) => x.mul(y), (d, [x, y]) => [d.mul(y), d.mul(x)], { tangent: ([dx, dy], [x, y]) => dx.mul(y).add(dy.mul(x)) });
/** exp with a gradient that reads the result. */
const exp = customGradient((x: X) => x.exp(), (d, _, y) => d.mul(y), { tangent: ([dx], _, y) => dx.mul(y) });
/** Its gradient is ten times what it should be. */
const tenfold = customGradient((x: X) => x.mul(1), (d) => d.mul(10));

const f64 = { dtype: "f64" } as const;
describe("a true gradient", () => {
  const functions: { readonly [name: string]: (x: X) => X } = {
    "first": (x) => times(exp(x), x.sin()).sum() as X,
    "second": (x) => grad(times(exp(x), x.sin()).sum(), x).square().sum() as X,
    "third": (x) => grad(grad(exp(times(x, x)).sum(), x).sin().sum(), x).sum() as X,
    "of itself, within another": (x) => customGradient((u: X) => exp(u.mul(2)), (d, [u]) => d.mul(exp(u.mul(2))).mul(2))(x).sum() as X,
    "in a loop": (x) => scan((h, u) => [times(h, u).add(exp(h.neg())), null], zeros([], f64), x)[0] as X,
    "second, in a loop": (x) => grad(scan((h, u) => [times(h, u).add(exp(h.neg())), null], zeros([], f64), x)[0], x).square().sum() as X,
    "in a branch": (x) => cond(x.sum().gt(0), () => exp(x.mul(0.5)).sum(), () => x.sum()) as X,
    "forward over reverse": (x) => jvp(grad(times(exp(x), x).sum(), x), x, x.mul(0.5)).sum() as X,
  };
  test.each(Object.entries(functions))("%s", async (_, f) => {
    await checkGradient(f, [[0.3, -0.7, 0.9]], { tolerance: 1e-5 });
  });
});

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  const options = { target, mode: target === "wasm" ? "debug" : "fast" } as const;

  test("an untrue gradient is used as it is given", async () => {
    const x = input("x", [3], f64);
    const straightThrough = customGradient((u: X) => u.round(), (d) => d);
    const clipped = customGradient((u: X) => u, (d) => d.clip(-1, 1));
    const outputs = {
      round: straightThrough(x), through: grad(straightThrough(x).mul(x).sum(), x),
      clipped: grad(clipped(x).square().sum(), x), ten: grad(tenfold(tenfold(x)).sum(), x),
    };
    const f = await compile(fn({ inputs: { x }, outputs }), options);
    const got = f({ x: [0.4, -1.75, 3] });
    expect(got.round.toArray()).toEqual([0, -2, 3]);
    // d (r(x) x) = x + r(x)
    expect(got.through.toArray()).toEqual([0.4, -3.75, 6]);
    expect(got.clipped.toArray()).toEqual([0.8, -1, 1]);
    expect(got.ten.toArray()).toEqual([100, 100, 100]);
  });

  test("several outputs, an argument without a gradient, and a capture", async () => {
    const x = input("x", [3], f64);
    const i = input("i", [2], { dtype: "i32" });
    const scale = scalar("scale", f64);
    const pick = customGradient(
      (u: X, at: Tensor<"i32", [2]>) => ({ picked: u.take(at).mul(scale), total: u.sum() }),
      (d) => [d.total.mul(scale).broadcastTo([3]).add(d.picked.sum()), null],
    );
    const { picked, total } = pick(x, i);
    const f = await compile(fn({ inputs: { x, i, scale }, outputs: { picked, total, both: grad(picked.sum().add(total.mul(5)), x), one: grad(total, x) } }), options);
    const got = f({ x: [1, 2, 4], i: [2, 0], scale: 3 });
    expect(got.picked.toArray()).toEqual([12, 3]);
    expect(got.total.item()).toBe(7);
    expect(got.both.toArray()).toEqual([17, 17, 17]);
    expect(got.one.toArray()).toEqual([3, 3, 3]);
  });

  test("vjp and jvp take the pullback and the tangent", async () => {
    const x = input("x", [2], f64);
    const y = times(x, x.mul(2));
    const f = await compile(fn({ inputs: { x }, outputs: { back: vjp(y, x, x), forward: jvp(y, x, x) } }), options);
    const got = f({ x: [3, 5] });
    // y = 2 x^2: both are 4 x * x.
    expect(got.back.toArray()).toEqual([36, 100]);
    expect(got.forward.toArray()).toEqual([36, 100]);
  });
});

test("what it computes is put in line: the passes make the graph that the plain expression gives", () => {
  const x = input("x", ["n"], f64);
  /** The nodes, without their numbers. */
  const optimized = (y: X): string[] => {
    const definition = fn({ inputs: { x }, outputs: { y } }) as unknown as FunctionDefinition;
    const [traced] = traceModel(new Map([["f", definition]])).functions;
    return printGraph(optimizeGraph(traced!.graph, { control, watch: watchGraph }).ir).replace(/%\d+/g, "%").split("\n").sort();
  };
  expect(optimized(customGradient((u: X) => u.exp().sum().log(), (d, [u]) => d.mul(u))(x.mul(2)) as X)).toEqual(optimized(x.mul(2).exp().sum().log()));
});

describe("errors", () => {
  const x = input("x", [3], f64);
  const w = input("w", [3], f64);
  const lower = async (y: Tensor<"f64">) => messageOfAsync(compile(fn({ inputs: { x, w }, outputs: { y }, onUnusedInput: "ignore" }), { target: "reference" }));
  const messageOfAsync = async (promise: Promise<unknown>): Promise<string> => promise.then(() => "none", (error: unknown) => (error as Error).message);
  const failing = async (y: Tensor<"f64">): Promise<string> => {
    const message = await lower(y);
    if (message !== "none") return message;
    const f = await compile(fn({ inputs: { x, w }, outputs: { y }, onUnusedInput: "ignore" }));
    return messageOf(() => f({ x: [1, 2, 3], w: [1, 2, 3] }));
  };

  test("forward mode without a tangent names the user's line", async () => {
    await expect(failing(jvp(tenfold(x), x, x))).resolves.toMatch(/^E304 customGradient: .*reverse mode only; .*tangent.*, custom-gradient.test.ts:\d+$/);
  });

  test("a gradient by a capture is refused, by one that is stopped it is not asked for", async () => {
    const captured = customGradient((u: X) => u.mul(w), (d) => d)(x);
    await expect(failing(grad(captured.sum(), w))).resolves.toMatch(/^E304 customGradient: .*beside its arguments; make it an argument/);
    await expect(failing(grad(captured.sum(), x))).resolves.toBe("none");
    const stopped = customGradient((u: X) => u.mul(stopGradient(w)), (d) => d)(x.mul(w));
    await expect(failing(grad(stopped.sum(), w))).resolves.toBe("none");
  });

  test("values of the wrong form or type", () => {
    expect(messageOf(() => customGradient((u: X) => u, (() => [x, x]) as never)(x))).toMatch(/^E305 customGradient: the gradient gives 2 values for 1 arguments/);
    expect(messageOf(() => customGradient((u: X) => u, (d) => d.sum())(x))).toMatch(/^E305 customGradient: the gradient of argument 0 is f64\[\], argument 0 f64\[3\] is needed, custom-gradient.test.ts:\d+$/);
    expect(messageOf(() => customGradient((u: X) => u, (d) => d, { tangent: ([t]) => t.sum() })(x))).toMatch(/^E305 .*tangent 0/);
    expect(messageOf(() => customGradient((u: X) => u.gt(0), () => null)(x))).toMatch(/^E302 .*bool\[3\], which has no gradient/);
    const i = input("i", [3], { dtype: "i32" });
    expect(messageOf(() => customGradient((u: Tensor<"i32">) => u.convert("f64"), ((d: X) => d) as never)(i))).toMatch(/^E302 .*only floats have a gradient/);
    expect(messageOf(() => customGradient((_: X) => [], () => null)(x))).toMatch(/^E209 .*gives no tensor/);
    expect(messageOf(() => customGradient(3 as never, (d) => d))).toMatch(/^E209 customGradient: f is 3/);
    expect(messageOf(() => customGradient((u: X) => u, 3 as never))).toMatch(/^E209 customGradient: gradient is 3/);
    expect(messageOf(() => (tenfold as unknown as () => unknown)())).toMatch(/^E201 /);
  });
});
