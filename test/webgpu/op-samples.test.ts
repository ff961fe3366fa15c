// Every op of the table on WebGPU: its samples give the evaluator's values on the adapter, or are refused for what the target does not have. An op
// that neither runs nor is refused fails here.
import { afterAll, describe, expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { opOf, opTable } from "../../ir/table.ts";
import { errorOf } from "../error-of.ts";
import { allSamples } from "../ir/gradient-check.ts";
import { expectAgreement, untargeted } from "../ops/agreement.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { graphOf, isTaken, narrow, passes, target } from "./op-samples.ts";
import { planOf } from "./plan-of.ts";
import { runOnWebgpu } from "./run-graph.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "ops are not tried");
const device = isMissing(found) ? undefined : found.device;

/** What arithmetic makes of subnormals is the adapter's affair (docs/adr/0027): where an operand or the result is one, the expected value stands for the actual one. */
function withoutSubnormals(inputs: readonly TensorData[], expected: TensorData, actual: TensorData): TensorData {
  const isSubnormal = (value: number | bigint | undefined): boolean => value !== 0 && Math.abs(Number(value)) < 2 ** -126;
  const floats = inputs.filter(({ dtype, data }) => dtype === "f32" && data.length === actual.data.length);
  const data = actual.data.slice() as Float32Array;
  if (actual.dtype === "f32") data.forEach((_, i) => {
    if (isSubnormal(expected.data[i]) || floats.some((input) => isSubnormal(input.data[i]))) data[i] = Number(expected.data[i]);
  });
  return { ...actual, data } as TensorData;
}

describe.each([...opTable.keys()].filter((op) => !untargeted.has(op)))("%s", (op) => {
  const samples = allSamples.filter((sample) => sample.op === op);
  const lacking = target.lacks!(opOf(op));

  it("is refused by name where the target lacks it or its dtype", () => {
    for (const sample of samples) {
      const graph = graphOf(sample);
      if (!lacking && isTaken(graph)) continue;
      const error = errorOf(() => planOf([traceGraph(graph)], [], { passes }));
      expect(error.code).toBe(lacking ? "E214" : "E101");
      expect(error.message).toContain("WebAssembly");
    }
  });

  it.skipIf(device === undefined || lacking)("gives the evaluator's values on its samples", async () => {
    let run = 0;
    for (const sample of samples.map(narrow)) {
      const graph = graphOf(sample);
      if (!isTaken(graph)) continue;
      const expected = evaluateGraph(graph, sample.inputs);
      const actual = await runOnWebgpu(device!, graph, sample.inputs, new Map(), { passes });
      expected.forEach((value, i) => expectAgreement(op, value, withoutSubnormals(sample.inputs, value, actual[i]!)));
      run++;
    }
    expect(run, "samples that run").toBeGreaterThan(0);
  });
});

afterAll(() => device?.destroy());
