// Every op of the table on the WebAssembly target: its samples give the evaluator's values. An op without a sample that
// runs fails here, so that a new op is tested with no further work.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { elementCount, type TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { mathOps } from "../../ir/kernel/scalar.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { opTable } from "../../ir/table.ts";
import { isFloat } from "../../ir/types.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { allSamples, resultNodes } from "../ir/gradient-check.ts";

/** Ops that a target never sees, or that mean nothing alone. */
// Loops and branches are held by test/loops, gradients that are given by test/lang/custom-gradient.
const untargeted = new Set(["parameter", "result", "vjp", "jvp", "scan", "cond", "custom_gradient"]);

/** Only what scheduling needs: simplifying rules would hide the op under test. */
const targetPasses = [expand, orderContractionAxes];

const math: ReadonlySet<string> = new Set(mathOps);
/** Distances in ULP from the evaluator, which rounds a libm value: the promised bounds (docs/accuracy.md) and one for the evaluator. */
const ulps: { readonly [op: string]: number } = { lgamma: 5, digamma: 5, erfinv: 5 };
/** Sums in another order: terms are of order 1 to 100 in these samples. */
const sums: ReadonlySet<string> = new Set(["reduce_sum", "reduce_prod", "dot_general", "conv_general", "cumsum", "cumprod", "reduce_window", "overlap_add"]);

function graphOf({ op, inputs, attributes }: Sample) {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
}

/** Numbers in the order of their bits, so that neighbours differ by 1. */
function ordinal(value: number, dtype: "f32" | "f64"): number {
  if (dtype === "f32") {
    const bits = new Int32Array(Float32Array.of(value).buffer)[0]!;
    return bits < 0 ? -(bits & 0x7fffffff) : bits;
  }
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0]!;
  return Number(bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits);
}

function expectAgreement(op: string, expected: TensorData, actual: TensorData): void {
  const { dtype } = expected;
  const scale = Math.max(1, ...Array.from(expected.data as Float64Array, (value) => (Number.isFinite(Number(value)) ? Math.abs(Number(value)) : 0)));
  for (let i = 0; i < elementCount(expected.shape); i++) {
    const [a, b] = [expected.data[i]!, actual.data[i]!];
    if (Object.is(a, b) || (typeof a === "number" && typeof b === "number" && Number.isNaN(a) && Number.isNaN(b))) continue;
    const where = `${op}, element ${i}: ${b}, not ${a}`;
    if (!isFloat(dtype)) expect(b, where).toBe(a);
    else if (math.has(op)) expect(Math.abs(ordinal(Number(a), dtype) - ordinal(Number(b), dtype)), where).toBeLessThanOrEqual(ulps[op] ?? 3);
    else if (sums.has(op)) expect(Math.abs(Number(a) - Number(b)), where).toBeLessThanOrEqual(64 * scale * (dtype === "f32" ? 2 ** -24 : 2 ** -53));
    else expect(b, where).toBe(a);
  }
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
