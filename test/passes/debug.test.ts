// Debug mode accepts the compiler's own passes, and catches one that is wrong, by name.

import { describe, expect, it } from "vitest";
import { compile, fn, grad, input, shared, softmaxCrossEntropy, zeros } from "damo";
import { createBuilder } from "../../ir/build.ts";
import { rebuild, withInputs } from "../../ir/graph.ts";
import { GraphChecker } from "../../src/debug/checked-backend.ts";
import { traceGraph } from "./run-program.ts";

describe("mode debug", () => {
  it("accepts a training step", async () => {
    const x = input("x", ["batch", 6]);
    const y = input("y", ["batch"], { dtype: "i32" });
    const w = shared("w", zeros([6, 4]));
    const cost = softmaxCrossEntropy(x.dot(w).tanh(), y).mean();
    const step = fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.5))]] });
    const model = await compile({ step }, { mode: "debug" });
    expect(model.step({ x: [[1, 2, 3, 4, 5, 6]], y: [1] }).cost.item()).toBeCloseTo(Math.log(4), 6);
  });

  it("names a pass that changes the meaning", () => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f32", shape: [3] });
    const graph = { name: "f", parameters: [x], results: [b.sub(x, b.full(2, "f32", [3]))] };
    const wrong = { name: "commute-sub", summary: "swaps the operands of sub", after: [], run: (g: typeof graph) => rebuild(g, (node, inputs) =>
      (node.op === "sub" ? b.sub(inputs[1]!, inputs[0]!) : withInputs(node, inputs))) as typeof graph };
    expect(() => new GraphChecker(traceGraph(graph)).observe(wrong as never, graph, wrong.run(graph))).toThrow(/pass commute-sub changed the meaning/);
  });
});
