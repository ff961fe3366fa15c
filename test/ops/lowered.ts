// Runs a graph as a program, in the interpreter with its checks of bounds and races, beside the evaluator.

import { expect } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { runProgram, traceGraph } from "../passes/run-program.ts";
import { differences } from "./structural-cases.ts";

/** The results of the graph run as a program. */
function runLowered(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>) {
  const lowered = [expand, orderContractionAxes].reduce((from, pass) => pass.run(from, {}), graph);
  const { outcome } = runProgram(traceGraph(lowered), inputs, [], sizes);
  if (outcome.kind === "failed") throw new Error(`the program failed with error ${outcome.error}`);
  return outcome.outputs;
}

/** The program gives the evaluator's bits: for values whose sums and products are exact in any order. */
export function compareLowered(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number> = new Map()): void {
  const wanted = evaluateGraph(graph, inputs, sizes);
  runLowered(graph, inputs, sizes).forEach((data, i) => {
    expect(differences({ ...wanted[i]!, data } as TensorData, wanted[i]!)).toEqual([]);
  });
}
