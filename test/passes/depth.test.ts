// A chain of 100,000 operations goes through the language, gradients, passes, scheduling, emission, text and evaluation: none
// of them recurses along the graph. y = y / 2 + x settles at 2 x, and its gradient at 2, whatever the depth.

import { compile, fn, grad, input, type Tensor } from "damo";
import { expect, test } from "vitest";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";
import { reachableNodes } from "../../ir/graph.ts";
import { assertSound } from "../../ir/verify.ts";
import { printProgram } from "../../ir/program/print.ts";
import { wasmTarget } from "../../codegen/wasm/index.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";

const steps = 50_000;

function defineChain() {
  const x = input("x", [3]);
  let y: Tensor = x;
  for (let i = 0; i < steps; i++) y = y.mul(0.5).add(x);
  return { x, y };
}

const given = [1, -2, 0.25];
const twice = [2, -4, 0.5];

test("a chain compiles and runs, and so does its gradient", { timeout: 240_000 }, async () => {
  const { x, y } = defineChain();
  using model = await compile(fn({ inputs: { x }, outputs: { y, g: grad(y.sum() as Tensor<"f32", []>, x) } }));
  const result = model({ x: given });
  expect(result.y.toArray()).toEqual(twice);
  expect(result.g.toArray()).toEqual([2, 2, 2]);
});

test("a chain is evaluated op by op", { timeout: 240_000 }, async () => {
  const { x, y } = defineChain();
  using model = await compile(fn({ inputs: { x }, outputs: { y } }), { target: "reference" });
  expect(model({ x: given }).y.toArray()).toEqual(twice);
});

test("a chain has a text that reads back, and its program has one", { timeout: 240_000 }, () => {
  const { x, y } = defineChain();
  const { functions, state } = traceModel(readDefinitions(fn({ inputs: { x }, outputs: { y } })));
  const { graph } = functions[0]!;
  expect(reachableNodes(graph.results).length).toBeGreaterThan(100_000);
  assertSound(graph, "the chain");
  const text = printGraph(graph);
  expect(printGraph(parseGraph(text))).toBe(text);
  const { module, plans } = lowerModule(functions, state, wasmTarget);
  expect(printProgram(module.programs[0]!, plans[0])).toContain("launch");
});
