// Every op of the table on the WebAssembly target: its samples give the evaluator's values. An op without a sample that
// runs fails here, so that a new op is tested with no further work.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { opTable } from "../../ir/table.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { allSamples, resultNodes } from "../ir/gradient-check.ts";
import { expectAgreement, untargeted } from "./agreement.ts";

/** Only what scheduling needs: simplifying rules would hide the op under test. */
const targetPasses = [expand, orderContractionAxes];

function graphOf({ op, inputs, attributes }: Sample) {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
}

describe.each([...opTable.keys()].filter((op) => !untargeted.has(op)))("%s", (op) => {
  const samples = allSamples.filter((sample) => sample.op === op);
  it("gives the evaluator's values on its samples", () => {
    expect(samples.length, "samples").toBeGreaterThan(0);
    for (const sample of samples) {
      const graph = graphOf(sample);
      const expected = evaluateGraph(graph, sample.inputs);
      const actual = runOnWasm(graph, sample.inputs, new Map(), { passes: targetPasses });
      expected.forEach((value, i) => expectAgreement(op, value, actual[i]!));
    }
  });
});
