// Calls of routines as statements: what they are printed as, where results lie, how threads share them out, and what passes leave alone.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { parseGraph } from "../../ir/parse.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { printGraph } from "../../ir/print.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import { printProgram } from "../../ir/program/print.ts";
import type { Program } from "../../ir/program/program.ts";
import { type Dim, namedSize } from "../../ir/size.ts";
import { wasmTarget } from "../../codegen/wasm/whole-target.ts";
import { hoistInvariants } from "../../passes/control/hoist-invariants.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { placeBarriers } from "../../passes/threads/place-barriers.ts";
import { splitStatements } from "../../passes/threads/split-statements.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";
import { messageOf } from "../error-of.ts";
import { shareAll } from "../modes/share-all.ts";
import { order, roots } from "./line-ops.ts";

function graphOf(shape: readonly Dim[], build: (b: ReturnType<typeof createBuilder>, x: Node) => readonly Node[]): Graph {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype: "f64", shape });
  return { name: "f", parameters: [x], results: build(b, x) };
}

const rootsOf = (b: ReturnType<typeof createBuilder>, x: Node, on_error = "error"): Node => b.make(roots.name, [x], { limit: 100, on_error });
const lower = (graph: Graph, target = wasmTarget) => lowerModule([traceGraph(graph)], [], target);
const calls = ({ body }: Program) => body.filter((statement) => statement.kind === "call");

describe("a call", () => {
  it("is printed with its batch, strides, sizes and codes, and its failures are checks", () => {
    const { module, plans } = lower(graphOf([namedSize("n"), 3], (b, x) => [rootsOf(b, x)]));
    const text = printProgram(module.programs[0]!, plans[0]);
    expect(text).toMatch(/b1:3 = call n x roots_f64\(b0:3\) sizes \(3, 100\) status b2/);
    expect(text.match(/check b\d+ else \d+/g)!.length).toBe(2);
    expect(module.messages).toEqual(["E609 test_roots: a number is negative (element {0} of the batch)", "E609 test_roots: a number is too large (element {0} of the batch)"]);
  });

  it("takes over the place of an operand that dies, where the declaration allows it", () => {
    const placesOf = (op: (b: ReturnType<typeof createBuilder>, x: Node) => Node) => {
      const { module, plans } = lower(graphOf([4, 3], (b, x) => [b.neg(op(b, b.unary("exp", x)))]));
      const { operands, results } = calls(module.programs[0]!)[0]!;
      return [operands[0]!, results[0]!].map(({ buffer }) => plans[0]!.slotOf.get(buffer));
    };
    const [from, to] = placesOf((b, x) => rootsOf(b, x, "nan"));
    expect(from).toBeDefined();
    expect(to).toBe(from);
    const [other, apart] = placesOf((b, x) => b.result(b.make(order.name, [x]), 0));
    expect(other).not.toBe(apart);
  });

  it("is shared out over its batch, each thread with a workspace of its own, without a race", () => {
    const graph = graphOf([7, 3], (b, x) => {
      const ordered = b.make(order.name, [b.unary("abs", x)]);
      return [rootsOf(b, b.result(ordered, 0), "nan"), b.result(ordered, 1)];
    });
    const target = shareAll(wasmTarget);
    const { module } = lower(graph, target);
    const x = tensor("f64", [7, 3], Array.from({ length: 21 }, (_, i) => ((i * 8) % 21) - 10));
    const run = (threads: number) => {
      const split = splitStatements(module.programs[0]!, target, threads);
      const plan = planMemory(split, target);
      const program = placeBarriers(split, plan);
      expect(calls(program).map(({ split: how }) => how?.axis)).toEqual(["batch", "batch"]);
      const outcome = interpretProgram(program, { inputs: [x], state: [], sizes: new Map(), plan, threads, options: { races: true } });
      return outcome.kind === "done" ? outcome.outputs.map((output) => [...output]) : outcome;
    };
    const alone = run(1);
    for (const threads of [2, 3, 8]) expect(run(threads)).toEqual(alone);
    expect((alone as unknown[][])[1]!.slice(0, 3)).toEqual([1, 2, 0]);
  });

  it("is refused by name for a target that has no routines", () => {
    expect(messageOf(() => lower(graphOf([2, 3], (b, x) => [rootsOf(b, x)]), { ...wasmTarget, name: "webgpu" })))
      .toBe("E410 test_roots: the target webgpu does not have this routine; compile it for wasm");
  });
});

describe("passes", () => {
  it("take a routine out of a loop only if it cannot fail", () => {
    const loop = (body: string): Graph => parseGraph(`func @f(%h: f64[3], %w: f64[3]) -> (f64[3]) {
  %0: f64[3] = scan(%h, %w) {body=func @body(%carry0: f64[3], %capture0: f64[3]) -> (f64[3]) {
    ${body}
    %1: f64[3] = mul(%0, %carry0)
    return %1
  }, carried=1, sequences=0, length=[4], reverse=false, stops=false, counted=false, residuals=store}
  %1: f64[3] = result(%0) {index=0}
  return %1
}
`);
    const stays = loop("%0: f64[3] = test_roots(%capture0) {limit=100, on_error=error}");
    expect(hoistInvariants.run(stays, {})).toBe(stays);
    const leaves = printGraph(hoistInvariants.run(loop("%0: f64[3] = test_roots(%capture0) {limit=100, on_error=nan}"), {}));
    expect(leaves.split("\n")[1]).toContain("test_roots(%w)");
  });
});
