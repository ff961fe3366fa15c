// Random graphs keep their meaning through scheduling: the program, run by the interpreter with its bounds, race and
// uninitialised-read checks, gives the evaluator's bits.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { printGraph } from "../../ir/print.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { mergeEqualNodes } from "../../passes/cse.ts";
import { randomGraph } from "../../src/testing/random-graph.ts";
import { runProgram, traceGraph } from "./run-program.ts";

describe("programs of random graphs", () => {
  it("equal the evaluator bit for bit on exact values", () => {
    fc.assert(fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 120 }), (numbers) => {
      const { graph, inputs, sizes } = randomGraph(numbers, { regime: "exact", steps: 25 });
      const expected = evaluateGraph(graph, inputs);
      const optimized = mergeEqualNodes(orderContractionAxes.run(expand.run(graph, {}), {}));
      const { outcome } = runProgram(traceGraph(optimized), inputs, [], sizes);
      if (outcome.kind !== "done") throw new Error(`failed: ${JSON.stringify(outcome)}`);
      outcome.outputs.forEach((data, i) => expect(Array.from(data as Float32Array), printGraph(graph)).toEqual(Array.from(expected[i]!.data as Float32Array)));
    }), { numRuns: Number(process.env["DAMO_RUNS"] ?? 300) });
  });
});
