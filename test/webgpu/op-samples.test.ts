// Every op of the table on WebGPU: its samples give the evaluator's values on the adapter, or are refused for what the target does not have. An op
// that neither runs nor is refused fails here.
import { afterAll, describe, expect, it } from "vitest";
import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { opOf, opTable } from "../../ir/table.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { errorOf } from "../error-of.ts";
import { allSamples, resultNodes } from "../ir/gradient-check.ts";
import { expectAgreement, untargeted } from "../ops/agreement.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { planOf } from "./plan-of.ts";
import { runOnWebgpu } from "./run-graph.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "ops are not tried");
const device = isMissing(found) ? undefined : found.device;

/** Only what scheduling needs: simplifying rules would hide the op under test. */
const passes = [expand, orderContractionAxes];

const target = describeWebgpu(leastLimits);

/** The sample in f32 where it is in f64: most are. */
function narrow(sample: Sample): Sample {
  const { inputs, attributes } = sample;
  const one = (tensor: TensorData): TensorData => (tensor.dtype === "f64" ? { dtype: "f32", shape: tensor.shape, data: Float32Array.from(tensor.data as Float64Array) } : tensor);
  if (sample.op === "bitcast") return sample;
  return { ...sample, inputs: inputs.map(one), ...(attributes?.["dtype"] === "f64" ? { attributes: { ...attributes, dtype: "f32" } } : {}) };
}

function graphOf({ op, inputs, attributes }: Sample): Graph {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
}

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

/** Whether the target has the op and all dtypes that occur. */
const isTaken = ({ parameters, results }: Graph): boolean => [...parameters, ...results].every(({ type }) => target.dtypes.includes(type.dtype));

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
