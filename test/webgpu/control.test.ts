// Loops, branches and checks on the adapter against the evaluator: what decides how long a loop runs, which way it goes, what it carries and stacks, and
// its gradients.
import { afterAll, describe, expect, test } from "vitest";
import { constant, fn, grad, input, type Tensor } from "damo";
import { cond, scan, whileLoop } from "damo/loops";
import { check } from "damo/debug";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { TensorData } from "../../ir/data.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { readDefinitions } from "../../src/compile.ts";
import { firstDisagreement } from "../../src/testing/tolerance.ts";
import { traceModel } from "../../src/trace.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runBundled, runFunction } from "./run-graph.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "loops and branches are not tried");
const device = isMissing(found) ? undefined : found.device;

type Vector = Tensor<"f32", [3]>;
type Run<R> = (...args: readonly unknown[]) => R;
/** The forms of damo/loops without their types: what is held to each other here are targets. */
const scanOf = scan as unknown as Run<readonly [unknown, Tensor]>;
const condOf = cond as unknown as Run<Tensor>;
type Feeds = Readonly<Record<string, TensorData>>;

const f32 = (shape: readonly number[], seed: number): TensorData =>
  ({ dtype: "f32", shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 1.7 * i)) });
const i32 = (value: number): TensorData => ({ dtype: "i32", shape: [], data: Int32Array.of(value) });
const bool = (value: boolean): TensorData => ({ dtype: "bool", shape: [], data: Uint8Array.of(Number(value)) });

/** The function for these inputs, on the adapter and by the evaluator; the loader of bundles gives the bits of compiled models. */
async function compare(definition: unknown, feeds: Feeds, sizes: Readonly<Record<string, number>> = {}): Promise<void> {
  const { functions: [traced] } = traceModel(readDefinitions(definition));
  const inputs = traced!.inputs.map(({ name }) => feeds[name]!);
  const named = new Map(Object.entries(sizes));
  const expected = evaluateGraph(differentiate.run(traced!.graph, { control }), inputs, named);
  const actual = await runFunction(device!, traced!, inputs, named);
  expected.forEach((value, i) => {
    const largest = Math.max(1, ...Array.from(value.data as Float32Array, (element) => Math.abs(Number(element))));
    const fault = firstDisagreement(value, actual[i]!, value.dtype === "f32" ? largest * 2 ** -18 : 0);
    expect(fault, traced!.outputs[i]!.name).toBeUndefined();
  });
  expect(await runBundled(device!, traced!, inputs, named)).toEqual(actual);
}

const given = (rows: number | string = 5) => ({ xs: input("xs", [rows, 3]), a: input("a", [3]), b: input("b", [3]), w: input("w", [3, 3]) });
const feeds = (rows = 5): Feeds => ({ xs: f32([rows, 3], 1), a: f32([3], 2), b: f32([3], 3), w: f32([3, 3], 4) });

/** Two carried values, one of which takes the other's place, and a stack. */
const step = (w: Tensor) => ({ a, b }: { a: Vector; b: Vector }, x: Vector) => {
  const next = a.mul(0.5).add(x.dot(w as never) as never).tanh() as Vector;
  return [{ a: next, b: a.add(b.mul(0.25)) as Vector }, next.mul(b) as Vector] as const;
};

describe.skipIf(device === undefined)("a loop", () => {
  const looped = (inputs: ReturnType<typeof given>, options: object) => {
    const [last, ys] = scanOf(step(inputs.w), { a: inputs.a, b: inputs.b }, inputs.xs, options) as readonly [{ a: Vector; b: Vector }, Tensor];
    const cost = (last.a.mul(last.a).sum().add(last.b.sum()) as Tensor).add((ys.mul(ys) as Tensor).sum() as never) as Tensor;
    const g = grad(cost as never, { xs: inputs.xs, a: inputs.a, b: inputs.b, w: inputs.w } as never) as unknown as Record<string, Tensor>;
    return fn({ inputs, outputs: { a: last.a, b: last.b, ys, cost, ga: g["a"]!, gb: g["b"]!, gw: g["w"]!, gxs: g["xs"]! } } as never);
  };

  test.each([{}, { reverse: true }, { checkpoint: 2 }])("over a sequence, with its gradients: %o", async (options) => {
    await compare(looped(given(), options), feeds());
  });

  test("over a sequence whose length comes with the call, of no step, too", async () => {
    for (const rows of [0, 1, 2, 5]) await compare(looped(given("n") as never, {}), feeds(rows), { n: rows });
  });

  test("of a number of steps that is a value", async () => {
    const { xs, a, b, w } = given();
    const steps = input("steps", [], { dtype: "i32" });
    const [[as, bs, ys]] = scan({
      sequences: [xs], outputsInfo: [a, b, null], maxSteps: 5, nSteps: steps,
      fn: (x: unknown, stateA: unknown, stateB: unknown) => {
        const [next, y] = step(w)({ a: stateA as Vector, b: stateB as Vector }, x as Vector);
        return { outputs: [next.a, next.b, y] };
      },
    } as never) as unknown as readonly [readonly [Tensor, Tensor, Tensor]];
    const g = grad((ys.mul(ys) as Tensor).sum() as never, { a, w, xs } as never) as unknown as Record<string, Tensor>;
    const f = fn({ inputs: { xs, a, b, w, steps }, outputs: { as, bs, ys, ga: g["a"]!, gw: g["w"]!, gxs: g["xs"]! } } as never);
    for (const count of [0, 1, 2, 4, 5]) await compare(f, { ...feeds(), steps: i32(count) });
  });

  test("that its body ends, with a bound and without", async () => {
    const x = input("x", []);
    const most = input("most", []);
    const run = (options: object) => whileLoop(({ v }: { v: Tensor }) => v.lt(most as never) as never, ({ v, n }: { v: Tensor; n: Tensor }) => ({ v: v.mul(2), n: n.add(1) }) as never,
      { v: x, n: constant(0, { dtype: "i32" }) } as never, options) as unknown as { v: Tensor; n: Tensor };
    const [bounded, unbounded] = [run({ maxSteps: 40 }), run({})];
    const f = fn({ inputs: { x, most }, outputs: { v: bounded.v, n: bounded.n, freeV: unbounded.v, freeN: unbounded.n } } as never);
    const scalar = (value: number): TensorData => ({ dtype: "f32", shape: [], data: Float32Array.of(value) });
    for (const [first, end] of [[1, 1000], [1, 0], [3, 4], [1, 2e9]] as const) await compare(f, { x: scalar(first), most: scalar(end) });
  });

  test("whose values change places, in a loop that it ends and in a branch, after any number of steps", async () => {
    const [counts, a, takes] = [input("counts", [5], { dtype: "i32" }), input("a", [3]), input("takes", [], { dtype: "bool" })];
    // Each element comes from another place, so a step cannot write where it reads.
    const turn = (v: unknown, times: unknown) => whileLoop(({ n }: { n: Tensor }) => n.lt(times as never) as never, ({ v: now, n }: { v: Tensor; n: Tensor }) => ({ v: now.roll(1), n: n.add(1) }) as never,
      { v, n: constant(0, { dtype: "i32" }) } as never) as unknown as { v: Tensor };
    const [last, all] = scanOf((v: unknown, times: unknown) => {
      const next = turn(v, times).v.mul(2);
      return [next, next];
    }, a as never, counts as never) as readonly [Tensor, Tensor];
    const branch = condOf(takes as never, () => turn(a, constant(2, { dtype: "i32" })).v, () => a.mul(3));
    const f = fn({ inputs: { counts, a, takes }, outputs: { last, all, branch } } as never);
    for (const data of [[0, 1, 2, 3, 4], [5, 0, 0, 2, 1]]) {
      for (const taken of [true, false]) await compare(f, { counts: { dtype: "i32", shape: [5], data: Int32Array.from(data) }, a: f32([3], 2), takes: bool(taken) });
    }
  });

  test("for longer than is queued at once", async () => {
    const [x, most] = [input("x", []), input("most", [])];
    const run = (options: object) => whileLoop(({ v }: { v: Tensor }) => v.lt(most as never) as never, ({ v, n }: { v: Tensor; n: Tensor }) => ({ v: v.add(1), n: n.add(v as never) }) as never,
      { v: x, n: x } as never, options) as unknown as { v: Tensor; n: Tensor };
    const [bounded, unbounded] = [run({ maxSteps: 1000 }), run({})];
    const f = fn({ inputs: { x, most }, outputs: { n: bounded.n, freeN: unbounded.n, both: bounded.v.add(unbounded.v as never) } } as never);
    const scalar = (value: number): TensorData => ({ dtype: "f32", shape: [], data: Float32Array.of(value) });
    for (const end of [63, 64, 65, 128, 300]) await compare(f, { x: scalar(0), most: scalar(end) });
  });

  test("in a loop, over parts of a sequence of sequences", async () => {
    const xss = input("xss", [4, 5, 3]);
    const { a } = given();
    const [last, sums] = scanOf((outer: unknown, xs: unknown) => {
      const [inner, ys] = scanOf((state: unknown, x: unknown) => {
        const next = (state as Vector).mul(0.5).add(x as Vector) as Vector;
        return [next, next.mul(outer as Vector)];
      }, outer as never, xs as never, { reverse: true } as never) as unknown as readonly [Vector, Tensor];
      return [inner.tanh(), ys];
    }, a as never, xss as never) as unknown as readonly [Vector, Tensor];
    const g = grad((sums.mul(sums) as Tensor).sum().add(last.sum() as never) as never, { xss, a } as never) as unknown as Record<string, Tensor>;
    await compare(fn({ inputs: { xss, a }, outputs: { last, sums, gxss: g["xss"]!, ga: g["a"]! } } as never), { xss: f32([4, 5, 3], 7), a: f32([3], 2) });
  });

  test("with a product in each step", async () => {
    const xs = input("xs", [3, 8, 32]);
    const w = input("w", [32, 32]);
    const h = input("h", [8, 32]);
    const [last, hs] = scanOf((state: unknown, x: unknown) => {
      const next = (state as Tensor).dot(w as never).add(x as never).tanh() as Tensor;
      return [next, next];
    }, h as never, xs as never) as unknown as readonly [Tensor, Tensor];
    const g = grad((hs.mul(hs) as Tensor).sum().add(last.sum() as never) as never, { xs, w, h } as never) as unknown as Record<string, Tensor>;
    await compare(fn({ inputs: { xs, w, h }, outputs: { last, hs, gxs: g["xs"]!, gw: g["w"]!, gh: g["h"]! } } as never), { xs: f32([3, 8, 32], 1), w: f32([32, 32], 2), h: f32([8, 32], 3) });
  });

  test("whose carried values begin as one", async () => {
    const { xs, a } = given();
    const [last] = scanOf((state: unknown, x: unknown) => {
      const { p, q } = state as { p: Vector; q: Vector };
      return [{ p: q.add(x as Vector).add(a), q: p.mul(a) }, x];
    }, { p: a, q: a } as never, xs as never) as unknown as readonly [{ p: Vector; q: Vector }];
    await compare(fn({ inputs: { xs, a }, outputs: { p: last.p, q: last.q } } as never), feeds());
  });
});

describe.skipIf(device === undefined)("a branch", () => {
  test("takes one of two sides, with its gradient, in a loop, too", async () => {
    const { xs, a } = given();
    const p = input("p", [], { dtype: "bool" });
    const choose = (condition: unknown, v: Tensor) => condOf(condition, () => v.mul(v as never), () => v.sum().add(v as never));
    const one = choose(p, a as never);
    const [last] = scanOf((state: unknown, x: unknown) => [choose(((x as Tensor).sum() as Tensor).gt(0 as never), (state as Tensor).add(x as never) as Tensor), x], a as never, xs as never) as unknown as readonly [Tensor];
    const g = grad(one.sum().add(last.sum() as never) as never, { a, xs } as never) as unknown as Record<string, Tensor>;
    const f = fn({ inputs: { xs, a, p }, outputs: { one, last, ga: g["a"]!, gxs: g["xs"]! } } as never);
    for (const value of [true, false]) await compare(f, { ...feeds(), p: bool(value) });
  });
});

describe.skipIf(device === undefined)("a check", () => {
  test("ends the call with its message", async () => {
    const x = input("x", [3]);
    const f = fn({ inputs: { x }, outputs: { y: (check as unknown as Run<Tensor>)(x, x.gt(0).all(), "x must be positive").mul(2 as never) } } as never);
    const positive: TensorData = { dtype: "f32", shape: [3], data: Float32Array.of(1, 2, 3) };
    await compare(f, { x: positive });
    await expect(compare(f, { x: { ...positive, data: Float32Array.of(1, -2, 3) } })).rejects.toThrow("x must be positive");
  });
});

afterAll(() => device?.destroy());
