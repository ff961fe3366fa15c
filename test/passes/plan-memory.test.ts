// Memory plans of random programs: buffers that share bytes never live at the same time, but for the statement in which one
// is taken over by its only heir.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Graph } from "../../ir/node.ts";
import { accessOf } from "../../ir/program/access.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { BufferId, Program } from "../../ir/program/program.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { gradientGraph } from "../../src/testing/check-graph.ts";
import { randomGraphs } from "damo/testing";
import { runProgram, scheduleFunction, traceGraph } from "./run-program.ts";

function livesOf(program: Program): Map<BufferId, { first: number; last: number }> {
  const lives = new Map<BufferId, { first: number; last: number }>();
  program.body.forEach((statement, at) => {
    const { reads, writes } = accessOf(statement, program.buffers);
    for (const buffer of [...reads, ...writes]) {
      const life = lives.get(buffer) ?? { first: at, last: at };
      lives.set(buffer, { first: life.first, last: at });
    }
  });
  return lives;
}

function clash(program: Program, plan: MemoryPlan): string | undefined {
  const lives = livesOf(program);
  const placed = [...plan.slotOf].map(([buffer, slot]) => ({ buffer, slot, ...lives.get(buffer)! })).sort((a, b) => a.first - b.first || a.last - b.last);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      const together = a.first <= b.last && b.first <= a.last;
      const [from, to] = [plan.placement!.offsets[a.slot]!, plan.placement!.offsets[b.slot]!];
      const [aEnd, bEnd] = [from + Number(plan.slots[a.slot]!.bytes), to + Number(plan.slots[b.slot]!.bytes)];
      if (!together || from >= bEnd || to >= aEnd) continue;
      if (a.slot === b.slot && a.last === b.first && a.first < b.first) continue;
      return `b${a.buffer} [${a.first},${a.last}] and b${b.buffer} [${b.first},${b.last}]`;
    }
  }
  return undefined;
}

function prepared(graph: Graph): Graph {
  return orderContractionAxes.run(expand.run(graph, {}), {});
}

describe("memory plans", () => {
  it("keep what lives together apart", () => {
    let checked = 0;
    fc.assert(fc.property(randomGraphs({ regime: "smooth", steps: 25 }), ({ graph }) => {
      for (const candidate of [graph, gradientGraph(graph)]) {
        if (candidate === undefined) continue;
        const { program, plan } = scheduleFunction(traceGraph(prepared(candidate)));
        if (plan.placement === undefined) continue;
        checked++;
        expect(clash(program, plan)).toBeUndefined();
      }
    }), { numRuns: 300 });
    expect(checked).toBeGreaterThan(100);
  });

  it("give the bytes of a dying operand to one result only", () => {
    // In the gradient of tanh(p) . softmax(p), two results of one kernel could take the place of the same operand.
    const b = createBuilder();
    const p = b.parameter(0, "p", { dtype: "f32", shape: [3] });
    const tanh = b.unary("tanh", p);
    const e = b.unary("exp", b.sub(p, b.broadcast(b.make("reduce_max", [p], { axes: [0] }), [3], [])));
    const softmax = b.div(e, b.broadcast(b.sum(e, [0]), [3], []));
    const result = b.make("dot_general", [tanh, softmax], { lhs_contract: [0], rhs_contract: [0], lhs_batch: [], rhs_batch: [] });
    const graph = gradientGraph({ name: "f", parameters: [p], results: [result] })!;
    const { program, plan } = scheduleFunction(traceGraph(graph));
    expect(clash(program, plan)).toBeUndefined();
    const inputs = [{ dtype: "f32" as const, shape: [3], data: Float32Array.from([-0.9722599983215332, 0.3514823913574219, -1.3826971054077148]) }];
    const { outcome } = runProgram(traceGraph(graph), inputs);
    // Central differences in f64.
    const differences = [-0.05527441797, 0.85657260554, -0.07912424246];
    if (outcome.kind !== "done") throw new Error(`failed with ${outcome.error}`);
    differences.forEach((value, i) => expect(outcome.outputs[0]![i]).toBeCloseTo(value, 6));
  });
});
