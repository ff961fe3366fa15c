// Loops over random bodies equal their unrolling whatever decides how long they run, and whatever shapes their gradients: values,
// gradients, forward derivatives. Branches equal a choice between values.
import { compile, constant, fn, grad, input, jvp, stack, stopGradient, sum, type Tensor, where, zeros } from "damo";
import { cond, scan, whileLoop } from "damo/loops";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodies, type Body, type Matrix, type State, unroll, type Vector } from "./unroll.ts";

const [size, most] = [3, 5];
const f64 = { dtype: "f64" } as const;
type Scalar = Tensor<"f64", []>;

const given = () => ({ xs: input("xs", [most, size], f64), a: input("a", [size], f64), b: input("b", [size], f64), w: input("w", [size, size], f64) });
type Given = ReturnType<typeof given>;

const numbers = (shape: readonly number[], seed: number) => {
  const length = shape.reduce((product, dim) => product * dim, 1);
  return { shape, data: Float64Array.from({ length }, (_, i) => Math.sin(seed + 1.7 * i)) };
};
const feed = (seed: number) => ({ xs: numbers([most, size], seed), a: numbers([size], seed + 1), b: numbers([size], seed + 2), w: numbers([size, size], seed + 3) });

/** What a loop gives: its last state, and its stack, or that stack's part that counts. */
interface Outcome { readonly last: State; readonly ys: Matrix }

const initOf = ({ a, b }: Given): State => ({ a, b }) as unknown as State;
const costOf = ({ last, ys }: Outcome): Scalar => last.a.mul(last.a).sum().add(last.b.sum()).add(ys.mul(ys).sum());

function outputsOf(outcome: Outcome, inputs: Given) {
  const cost = costOf(outcome);
  const g = grad(cost, inputs, { disconnectedInputs: "ignore" });
  const again = grad(sum(g.a.mul(g.a)).add(sum(g.w)), { a: inputs.a, w: inputs.w }, { disconnectedInputs: "ignore" });
  return { a: outcome.last.a, b: outcome.last.b, cost, gxs: g.xs, ga: g.a, gb: g.b, gw: g.w, forward: jvp(cost, [inputs.w, inputs.xs], [inputs.w, inputs.xs]), again: again.w };
}

const define = (outcome: Outcome, inputs: Given, more: object = {}) => fn({ inputs: { ...inputs, ...more }, outputs: outputsOf(outcome, inputs), onUnusedInput: "ignore" });

type Values = Readonly<Record<string, { readonly data: ArrayLike<number> }>>;

/** Sums of a loop and of its unrolling may be added in different orders. */
function expectClose(actual: Values, expected: Values, what: string): void {
  for (const [name, { data }] of Object.entries(expected)) {
    Array.from(data).forEach((value, i) => {
      expect(Math.abs(actual[name]!.data[i]! - value), `${what}: ${name}[${i}]`).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)));
    });
  }
}

/** The unrolling of the first `steps`; of no step the stack is empty, and adds nothing to the cost. */
function unrolled(body: Body, inputs: Given, steps: number): Outcome {
  if (steps === 0) return { last: initOf(inputs), ys: zeros([1, size], f64) as unknown as Matrix };
  return unroll(body, initOf(inputs), inputs.xs as unknown as Matrix, steps);
}

const runs = { numRuns: 12 };
const seeds = fc.integer({ min: 1, max: 100 });

describe("how long a loop runs", () => {
  test("is a size, a value, or what the body decides", async () => {
    await fc.assert(fc.asyncProperty(bodies, seeds, async (make, seed) => {
      const inputs = given();
      const body = make(inputs.w as never);
      const steps = input("steps", [], { dtype: "i32" });
      const init = initOf(inputs);

      const rows = { ...inputs, xs: input("xs", ["n", size], f64) } as unknown as Given;
      const [lastOfSize, ysOfSize] = scan(body, init, rows.xs as unknown as Matrix);
      const counted = (until: boolean): Outcome => {
        const counter = constant(Int32Array.from({ length: most }, (_, i) => i));
        const [[a, b, ys]] = scan({
          sequences: [inputs.xs, counter], outputsInfo: [init.a, init.b, null], maxSteps: most, ...(until ? {} : { nSteps: steps }),
          fn(x, i, stateA, stateB) {
            const [next, y] = body({ a: stateA, b: stateB }, x as unknown as Vector);
            return { outputs: [next.a, next.b, y], ...(until ? { until: i.add(1).ge(steps) } : {}) };
          },
        });
        const at = steps.sub(1).maximum(0);
        const last = (states: Matrix, first: Vector): Vector => where(steps.gt(0), states.take(at, 0), first) as Vector;
        return { last: { a: last(a, init.a), b: last(b, init.b) }, ys };
      };
      const while0 = whileLoop(({ i }) => i.lt(steps), ({ i, state }) => {
        const [next] = body(state, (inputs.xs as unknown as Matrix).take(i, 0) as Vector);
        return { i: i.add(1), state: next };
      }, { i: constant(0, { dtype: "i32" }), state: init }, { maxSteps: most });

      const model = await compile({
        ...Object.fromEntries(Array.from({ length: most + 1 }, (_, n) => [`unrolled${n}`, define(unrolled(body, inputs, n), inputs)])),
        ofSize: define({ last: lastOfSize, ys: ysOfSize as unknown as Matrix }, rows),
        ofValue: define(counted(false), inputs, { steps }), untilThen: define(counted(true), inputs, { steps }),
        whileSo: define({ last: while0.state, ys: zeros([1, size], f64) as unknown as Matrix }, inputs, { steps }),
        stateAlone: define({ last: unrolled(body, inputs, 3).last, ys: zeros([1, size], f64) as unknown as Matrix }, inputs),
      } as never) as unknown as Readonly<Record<string, (values: object) => Values>>;
      const values = feed(seed);
      for (let n = 0; n <= most; n++) {
        const expected = model[`unrolled${n}`]!(values);
        const { gxs, ...others } = model["ofSize"]!({ ...values, xs: { shape: [n, size], data: values.xs.data.subarray(0, n * size) } });
        const { gxs: gradient, ...rest } = expected;
        expectClose(others, rest, `a size of ${n}`);
        expectClose({ gxs: gxs! }, { gxs: { data: Array.from(gradient!.data).slice(0, n * size) } }, `a size of ${n}`);
        expectClose(model["ofValue"]!({ ...values, steps: n }), expected, `${n} steps`);
        // A body that ends the loop has run once.
        if (n > 0) expectClose(model["untilThen"]!({ ...values, steps: n }), expected, `until step ${n}`);
      }
      expectClose(model["whileSo"]!({ ...values, steps: 3 }), model["stateAlone"]!(values), "while");
    }), runs);
  }, 120_000);
});

describe("what shapes gradients", () => {
  test("checkpoints change nothing but memory", async () => {
    const checkpoints = fc.oneof(fc.constant("sqrt" as const), fc.integer({ min: 1, max: most + 2 }));
    await fc.assert(fc.asyncProperty(bodies, checkpoints, fc.boolean(), seeds, async (make, checkpoint, reverse, seed) => {
      const inputs = given();
      const body = make(inputs.w as never);
      const run = (options: object): Outcome => {
        const [last, ys] = scan(body, initOf(inputs), inputs.xs as unknown as Matrix, { reverse, ...options });
        return { last, ys: ys as unknown as Matrix };
      };
      const model = await compile({ stored: define(run({}), inputs), checkpointed: define(run({ checkpoint }), inputs) });
      expectClose(model.checkpointed(feed(seed)) as unknown as Values, model.stored(feed(seed)) as unknown as Values, `checkpoint ${checkpoint}`);
    }), runs);
  }, 120_000);

  test("a truncated gradient stops where the unrolling is told to", async () => {
    await fc.assert(fc.asyncProperty(bodies, fc.integer({ min: 1, max: most + 1 }), fc.boolean(), seeds, async (make, truncateGradient, reverse, seed) => {
      const inputs = given();
      const body = make(inputs.w as never);
      const [last, ys] = scan(body, initOf(inputs), inputs.xs as unknown as Matrix, { reverse, truncateGradient });
      let state = initOf(inputs);
      const rows: Vector[] = [];
      for (let step = 0; step < most; step++) {
        const at = reverse ? most - 1 - step : step;
        const isCut = step < most - truncateGradient;
        const [next, y] = body(state, (inputs.xs as unknown as Matrix).at(at) as Vector);
        state = isCut ? { a: stopGradient(next.a) as Vector, b: stopGradient(next.b) as Vector } : next;
        rows[at] = isCut ? stopGradient(y) as Vector : y;
      }
      // Forward derivatives are cut in the same place.
      const expected = { last: state, ys: stack(rows as [Vector, ...Vector[]]) as unknown as Matrix };
      const model = await compile({ looped: define({ last, ys: ys as unknown as Matrix }, inputs), expected: define(expected, inputs) });
      expectClose(model.looped(feed(seed)) as unknown as Values, model.expected(feed(seed)) as unknown as Values, `the last ${truncateGradient} steps`);
    }), runs);
  }, 120_000);
});

describe("branches", () => {
  test("equal a choice between values, in and out of loops", async () => {
    await fc.assert(fc.asyncProperty(bodies, bodies, seeds, async (one, other, seed) => {
      const inputs = given();
      const [then, otherwise] = [one(inputs.w as never), other(inputs.w as never)];
      const lazy: Body = (state, x) => {
        const { next, y } = cond(x.sum().add(state.a.sum()).gt(0), () => named(then(state, x)), () => named(otherwise(state, x)));
        return [next, y] as unknown as readonly [State, Vector];
      };
      const both: Body = (state, x) => {
        const test = x.sum().add(state.a.sum()).gt(0);
        const [[p, y], [q, z]] = [then(state, x), otherwise(state, x)];
        return [{ a: where(test, p.a, q.a) as Vector, b: where(test, p.b, q.b) as Vector }, where(test, y, z) as Vector];
      };
      const looped = (body: Body): Outcome => {
        const [last, ys] = scan(body, initOf(inputs), inputs.xs as unknown as Matrix);
        return { last, ys: ys as unknown as Matrix };
      };
      const model = await compile({ lazy: define(looped(lazy), inputs), unrolled: define(unrolled(lazy, inputs, 2), inputs), both: define(looped(both), inputs), bothUnrolled: define(unrolled(both, inputs, 2), inputs) });
      const values = feed(seed);
      expectClose(model.lazy(values) as unknown as Values, model.both(values) as unknown as Values, "in a loop");
      expectClose(model.unrolled(values) as unknown as Values, model.bothUnrolled(values) as unknown as Values, "written out");
    }), runs);
  }, 120_000);
});

const named = ([next, y]: readonly [State, Vector]) => ({ next, y });
