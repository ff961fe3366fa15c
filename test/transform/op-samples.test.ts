// The batching rule of every op, on its samples: for each way to batch some of the operands, the batched op gives, bit for
// bit, what the op gives member by member; and on WebAssembly what it gives on the evaluator.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { namedSize } from "../../ir/size.ts";
import { isFloat } from "../../ir/types.ts";
import { findFault } from "../../ir/verify.ts";
import { batchingRules } from "../../passes/batch/rules.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { firstDisagreement, smoothFactor } from "../../src/testing/tolerance.ts";
import { allSamples, resultNodes } from "../ir/gradient-check.ts";
import { batchGraph, batchInputs, choices, evaluateMembers, membersOf } from "./batched.ts";

function graphOf({ op, inputs, attributes }: Sample): Graph {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
}

/** The bound of checkTargetsAgree: math functions differ by units in the last place, sums by their order. */
function allowedError({ dtype, data }: TensorData): number {
  if (!isFloat(dtype)) return 0;
  const largest = Math.max(1, ...Array.from(data as Float64Array, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  return 4 * smoothFactor * largest * (dtype === "f32" ? 2 ** -23 : 2 ** -52);
}

const elements = ({ dtype, shape, data }: TensorData) => ({ dtype, shape, data: [...data] });

const batchable = allSamples.filter(({ inputs }) => inputs.length > 0);

describe("every op with operands has a rule and samples that try it", () => {
  // Loops and branches are held by loops.test.ts, given gradients by vmap.test.ts.
  const untried = new Set(["scan", "cond", "custom_gradient"]);
  const withRule = Object.entries(batchingRules).filter(([name, { kind }]) => kind !== "none" && !untried.has(name)).map(([name]) => name);
  it.each(withRule)("%s", (name) => {
    expect(batchable.some(({ op }) => op === name)).toBe(true);
  });
});

describe.each(batchable.map((sample) => [`${sample.op}: ${sample.name}`, sample] as const))("%s", (_, sample) => {
  const graph = graphOf(sample);
  it.each(choices(sample.inputs.length).map((way) => [way.map((is) => (is ? "batched" : "shared")).join(", "), way] as const))("%s", (_way, isBatched) => {
    const members = membersOf(sample.inputs, isBatched, 3);
    const together = batchInputs(members, isBatched);
    const values = evaluateMembers(graph, members);
    const expected = values.map(elements);
    for (const size of [3, namedSize("n")]) {
      const whole = batchGraph(graph, isBatched, size);
      expect(findFault(whole)).toBeUndefined();
      expect(evaluateGraph(whole, together).map(elements)).toEqual(expected);
    }
    const actual = runOnWasm(batchGraph(graph, isBatched, namedSize("n")), together, new Map([["n", 3]]));
    values.forEach((value, i) => expect(firstDisagreement(value, actual[i]!, allowedError(value))).toBeUndefined());
  });
});
