// What loops and their surroundings know of each other: stable forms across the border, work that leaves, stacks that are not kept.

import { compile, fn, grad, input, map, scan, type Tensor } from "damo";
import { describe, expect, test } from "vitest";
import { wasmTarget } from "../../codegen/wasm/index.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";

/** Rules that fired while the function was compiled. */
function rulesOf(f: Parameters<typeof readDefinitions>[0]): ReadonlySet<string> {
  const traced = traceModel(readDefinitions(f));
  return new Set(lowerModule(traced.functions, traced.state, wasmTarget).reports.flatMap((reports) => reports.flatMap(({ rules }) => [...rules.keys()])));
}

const extremes = [-1e4, -80, -1, 0, 1, 80, 1e4];
const logSigmoid = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

describe("a logarithm on one side of a loop's border and what it is of on the other", () => {
  const x = input("x", [extremes.length]);
  test.each([
    ["outside, of what is stacked", map((item: Tensor<"f32", []>) => item.sigmoid(), x).log()],
    ["outside, of what is carried last", scan((carry) => [carry.mul(0).add(x).sigmoid(), []], x, [], { length: 2 })[0].log()],
    ["in the body, of a sequence", map((item: Tensor<"f32", []>) => item.log(), x.sigmoid())],
    ["in the body, of a capture", scan((carry) => [carry.mul(0).add(x.sigmoid().log()), []], x, [], { length: 2 })[0]],
  ])("%s", async (_, y) => {
    const f = await compile(fn({ inputs: { x }, outputs: { y, slope: grad(y.sum(), x) } }));
    const { y: value, slope } = f({ x: extremes });
    extremes.forEach((at, i) => {
      expect(value.data[i]).toBeCloseTo(logSigmoid(at), 3);
      expect(slope.data[i]).toBeCloseTo(1 - sigmoid(at), 6);
    });
  });
});

test("what the steps of a gradient have in common is computed once", async () => {
  const [x, w] = [input("x", [], { dtype: "f64" }), input("w", [], { dtype: "f64" })];
  const [y] = scan((carry) => [carry.pow(w), []], x, [], { length: 3 });
  const f = fn({ inputs: { x, w }, outputs: { y, slope: grad(y, x) } });
  expect(rulesOf(f)).toContain("hoist-invariant");
  const { y: value, slope } = (await compile(f))({ x: 1.1, w: 1.5 });
  expect(value.item()).toBeCloseTo(1.1 ** 1.5 ** 3, 12);
  expect(slope.item()).toBeCloseTo(1.5 ** 3 * 1.1 ** (1.5 ** 3 - 1), 12);
});

test("a reduction of what a loop would stack is carried", async () => {
  const xs = input("xs", ["n", 3]);
  const f = fn({ inputs: { xs }, outputs: { y: map((item: Tensor<"f32", [3]>) => item.sin(), xs).max(0) } });
  expect(rulesOf(f)).toContain("accumulate");
  const model = await compile(f);
  const { data } = model({ xs: [[1, 2, 3], [4, 5, 6]] }).y;
  [[1, 4], [2, 5], [3, 6]].forEach(([a, b], i) => expect(data[i]).toBeCloseTo(Math.max(Math.sin(a!), Math.sin(b!)), 6));
  // No step, no element.
  expect([...model({ xs: { data: new Float32Array(0), shape: [0, 3], dtype: "f32" } }).y.data]).toEqual([-Infinity, -Infinity, -Infinity]);
});
