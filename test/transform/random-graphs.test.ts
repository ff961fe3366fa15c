// Random graphs of the testing kit: batched over some of their inputs they give, bit for bit, what they give member by
// member, and on WebAssembly what they give on the evaluator.

import fc from "fast-check";
import { expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { namedSize } from "../../ir/size.ts";
import { findFault } from "../../ir/verify.ts";
import { randomGraph, type Regime } from "../../src/testing/random-graph.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { firstDisagreement } from "../../src/testing/tolerance.ts";
import { batchGraph, batchInputs, evaluateMembers, membersOf } from "./batched.ts";

const elements = ({ dtype, shape, data }: TensorData) => ({ dtype, shape, data: [...data] });
const members = 3;

function checkBatching(numbers: readonly number[], chosen: readonly boolean[], regime: Regime): void {
  const { graph, inputs, sizes } = randomGraph(numbers, { regime, steps: 12 });
  const isBatched = graph.parameters.map((_, i) => i === 0 || chosen[i]!);
  const given = membersOf(inputs, isBatched, members);
  const expected = evaluateMembers(graph, given, sizes);
  const whole = batchGraph(graph, isBatched, namedSize("batch"));
  expect(findFault(whole)).toBeUndefined();
  const allSizes = new Map([...sizes, ["batch", members]]);
  const together = batchInputs(given, isBatched);
  expect(evaluateGraph(whole, together, allSizes).map(elements)).toEqual(expected.map(elements));
  // Sums in another order have the same bits where all is exact.
  if (regime === "smooth") return;
  runOnWasm(whole, together, allSizes).forEach((value, i) => expect(firstDisagreement(expected[i]!, value, 0)).toBeUndefined());
}

it.each(["exact", "smooth"] as const)("%s", (regime) => {
  const seed = Number(process.env["DAMO_SEED"] ?? 1);
  fc.assert(fc.property(fc.array(fc.nat(2 ** 16), { minLength: 8, maxLength: 80 }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    (numbers, chosen) => checkBatching(numbers, chosen, regime)), { numRuns: 400, seed });
});
