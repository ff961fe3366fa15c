// Routine ops under batching: for every way to batch some of the operands, also one that elements share, what each member gives by itself.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { namedSize } from "../../ir/size.ts";
import { findFault } from "../../ir/verify.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { resultNodes } from "../ir/gradient-check.ts";
import { batchGraph, batchInputs, choices, evaluateMembers, membersOf } from "../transform/batched.ts";
import { order, scale } from "./line-ops.ts";

const line = (shape: readonly number[]) => tensor("f64", shape, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 5) % 7) - 2));

describe.each([
  ["a shared operand", scale, [line([2, 3]), line([3])]],
  ["no batch of its own", scale, [line([3]), line([3])]],
  ["operands of one batch", scale, [line([2, 3]), line([2, 3])]],
  ["several results", order, [line([2, 2, 3])]],
] as const)("%s", (_, op, inputs) => {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  const graph = { name: "f", parameters, results: resultNodes(b.make(op.name, parameters)) };

  it.each(choices(inputs.length).map((way) => [way.join(), way] as const))("%s", (_way, isBatched) => {
    const members = membersOf(inputs, isBatched, 3);
    const expected = evaluateMembers(graph, members).map(({ data }) => [...data]);
    const together = batchInputs(members, isBatched);
    for (const size of [3, namedSize("n")]) {
      const whole = batchGraph(graph, isBatched, size);
      expect(findFault(whole)).toBeUndefined();
      expect(evaluateGraph(whole, together).map(({ data }) => [...data])).toEqual(expected);
      expect(runOnWasm(whole, together, new Map([["n", 3]])).map(({ data }) => [...data])).toEqual(expected);
    }
  });
});
