// Every optimizer, schedule and clipping takes the steps that its paper says, in f64 and in a compiled module.
// fixtures/optimizer_steps.py made the expected paths.
import { readFileSync } from "node:fs";
import {
  adadelta, adaGrad, adam, adamW, clipByGlobalNorm, clipByValue, compile, constant, cosineDecay, exponentialDecay, fn, grad, rmsProp, sgd,
  shared, type Tensor, type Update, warmUp,
} from "damo";
import { describe, expect, test } from "vitest";

const paths = JSON.parse(readFileSync(new URL("fixtures/optimizer-steps.json", import.meta.url), "utf8")) as { readonly [name: string]: readonly (readonly number[])[] };

const a = constant([1, 3, 0.5], { dtype: "f64" });
const b = constant([-1, 2, 0.25], { dtype: "f64" });

function problem() {
  const w = shared("w", [1, -2, 3], { dtype: "f64" });
  return { w, cost: a.mul(w).mul(w).div(2).add(b.mul(w)).sum() as Tensor<"f64", []> };
}
type Problem = ReturnType<typeof problem>;

const optimizers: { readonly [name: string]: (problem: Problem) => Update[] } = {
  sgd: ({ w, cost }) => sgd(cost, [w], { learningRate: 0.1 }),
  momentum: ({ w, cost }) => sgd(cost, [w], { learningRate: 0.1, momentum: 0.9 }),
  nesterov: ({ w, cost }) => sgd(cost, [w], { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adam: ({ w, cost }) => adam(cost, [w], { learningRate: 0.1 }),
  adamw: ({ w, cost }) => adamW(cost, [w], { learningRate: 0.1 }),
  adagrad: ({ w, cost }) => adaGrad(cost, [w], { learningRate: 0.1 }),
  rmsprop: ({ w, cost }) => rmsProp(cost, [w], { learningRate: 0.1 }),
  adadelta: ({ w, cost }) => adadelta(cost, [w]),
  clipped: ({ w, cost }) => sgd(clipByValue(grad(cost, [w]), 0.5), [w], { learningRate: 0.1 }),
  normed: ({ w, cost }) => sgd(clipByGlobalNorm(grad(cost, [w]), 1), [w], { learningRate: 0.1 }),
};

// Schedules are computed in f32, so that their paths agree to its precision only.
const scheduled: { readonly [name: string]: (problem: Problem) => Update[] } = {
  exponential: ({ w, cost }) => sgd(cost, [w], { learningRate: exponentialDecay(0.1, { every: 2, factor: 0.5 }) }),
  cosine: ({ w, cost }) => sgd(cost, [w], { learningRate: cosineDecay(0.1, { steps: 4, final: 0.01 }) }),
  warmed: ({ w, cost }) => sgd(cost, [w], { learningRate: warmUp(0.1, { steps: 3 }) }),
};

async function walk(updatesOf: (problem: Problem) => Update[], target: "reference" | "wasm"): Promise<number[][]> {
  const given = problem();
  const model = await compile({ step: fn({ inputs: {}, outputs: { cost: given.cost }, updates: updatesOf(given) }) }, { target });
  return Array.from({ length: 5 }, () => {
    model.step();
    return [...(model.state["w"]!.get().data as Float64Array)];
  });
}

function farthest(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  return Math.max(...actual.flatMap((step, t) => step.map((value, i) => Math.abs(value - expected[t]![i]!))));
}

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test.each(Object.keys(optimizers))("%s", async (name) => {
    expect(farthest(await walk(optimizers[name]!, target), paths[name]!)).toBeLessThan(1e-12);
  });

  test.each(Object.keys(scheduled))("the schedule %s", async (name) => {
    expect(farthest(await walk(scheduled[name]!, target), paths[name]!)).toBeLessThan(1e-6);
  });
});

test("two optimizers share a model without sharing state", async () => {
  const [p, q] = [shared("p", 1), shared("q", 1)];
  const model = await compile({
    first: fn({ inputs: {}, outputs: { p }, updates: adam(p.mul(p), [p], { learningRate: 0.5 }) }),
    second: fn({ inputs: {}, outputs: { q }, updates: adam(q.mul(q), [q], { learningRate: 0.25 }) }),
  }, { target: "reference" });
  model.first();
  model.second();
  // The first step of Adam has the length of the rate.
  expect(model.state["p"]!.get().item()).toBeCloseTo(0.5, 6);
  expect(model.state["q"]!.get().item()).toBeCloseTo(0.75, 6);
  expect(Object.keys(model.state).sort()).toEqual(["p", "p_adam_m", "p_adam_step", "p_adam_v", "q", "q_adam_m", "q_adam_step", "q_adam_v"]);
});
