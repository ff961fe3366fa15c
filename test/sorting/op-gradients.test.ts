// Derivatives of the ops of sorting at ten random points, reverse mode against central differences of the evaluator in f64, forward mode
// against reverse mode; and of quantiles.
import { median, quantile } from "damo/sorting";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Attributes } from "../../ir/node.ts";
import { namedSize } from "../../ir/size.ts";
import "../../ir/routines/sorting/index.ts";
import { gradientFault } from "../ir/gradient-check.ts";
import { generatedInput } from "../ir/random-graph.ts";

const points = Array.from({ length: 10 }, (_, i) => i);
/** No two elements are so close that a difference would exchange them. */
const apart = (shape: readonly number[], seed: number) => {
  const input = generatedInput("f64", shape as number[], seed);
  (input.data as Float64Array).forEach((value, i, data) => (data[i] = value + 1e-2 * Math.sin(i + seed)));
  return input;
};

describe("derivatives at ten random points", () => {
  test.each<readonly [string, readonly number[], Attributes]>([
    ["sort", [7], { descending: false }], ["sort", [2, 3, 4], { descending: true }],
    ["top_k", [9], { count: [4], smallest: false }], ["top_k", [2, 5], { count: [5], smallest: true }], ["top_k", [2, 5], { count: [0], smallest: true }],
  ])("%s of %j %j", (op, shape, attributes) => {
    const b = createBuilder();
    const parameters = [b.parameter(0, "x", { dtype: "f64", shape })];
    const value = b.result(b.make(op, parameters, attributes), 0);
    for (const point of points) expect(gradientFault({ parameters, values: [value], inputs: [apart(shape, point)], wrt: parameters }), `point ${point}`).toBeUndefined();
  });

  test("quantiles", async () => {
    for (const point of points) {
      const { data } = apart([3, 5], point);
      await checkGradient((x) => quantile(x, 0.37, { axis: 1 }).square().sum().add(median(x, 0).prod()), [{ data: data as Float64Array, shape: [3, 5] }]);
    }
  });
});

test("types of ops with sizes of any value", () => {
  const b = createBuilder();
  const n = namedSize("n");
  const node = b.make("top_k", [b.parameter(0, "x", { dtype: "f32", shape: [n, 7] })], { count: [7], smallest: false });
  expect(node.results.map(({ shape }) => shape)).toEqual([[n, 7], [n, 7]]);
});
