// The lowering of the ops that move, reduce and contract: their programs, run by the interpreter with its checks of
// bounds and races, give what the evaluator gives; also with symbolic sizes, and for gradients.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Attributes, Graph } from "../../ir/node.ts";
import type { TensorType } from "../../ir/types.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { runProgram, traceGraph } from "../passes/run-program.ts";
import { vjpOf } from "./linearize.ts";
import { differences, readStructuralCases, typeOf, withNamedSizes } from "./structural-cases.ts";

const cases = readStructuralCases();

/** The results of the graph run as a program. */
function runLowered(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>) {
  const lowered = [expand, orderContractionAxes].reduce((from, pass) => pass.run(from, { verify: false }), graph);
  const { outcome } = runProgram(traceGraph(lowered), inputs, [], sizes);
  if (outcome.kind === "failed") throw new Error(`the program failed with error ${outcome.error}`);
  return outcome.outputs;
}

/** Values are exact, so the order of accumulation does not matter. */
function compare(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number> = new Map()): void {
  const wanted = evaluateGraph(graph, inputs, sizes);
  runLowered(graph, inputs, sizes).forEach((data, i) => {
    expect(differences({ ...wanted[i]!, data } as TensorData, wanted[i]!)).toEqual([]);
  });
}

function graphOf(op: string, types: readonly TensorType[], attributes: Attributes): Graph {
  const b = createBuilder();
  const parameters = types.map((type, i) => b.parameter(i, `p${i}`, type));
  return { name: "f", parameters, results: [b.make(op, parameters, attributes)] };
}

describe("programs give what the evaluator gives", () => {
  for (const entry of cases) {
    it(`${entry.op}: ${entry.name}`, () => {
      compare(graphOf(entry.op, entry.inputs.map(typeOf), entry.attributes), entry.inputs);
    });
  }
});

describe("programs of gradients give what the evaluator gives", () => {
  for (const entry of cases) {
    const { gradient } = entry;
    if (gradient === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      const b = createBuilder();
      const inputs = [...entry.inputs, gradient.cotangent];
      const parameters = inputs.map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
      const node = b.make(entry.op, parameters.slice(0, -1), entry.attributes);
      const cotangents = vjpOf(b, node, parameters[parameters.length - 1]!);
      compare({ name: "f", parameters, results: gradient.wrt.map((i) => cotangents[i]!).filter((x) => x !== undefined) }, inputs);
    });
  }
});

describe("programs with symbolic sizes give what the evaluator gives", () => {
  for (const entry of cases) {
    const named = withNamedSizes(entry);
    if (named === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      compare(graphOf(entry.op, named.types, named.attributes), entry.inputs, named.sizes);
    });
  }
});
