// The lowering of the ops that move, reduce and contract: their programs, run by the interpreter with its checks of
// bounds and races, give what the evaluator gives; also with symbolic sizes, and for gradients.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Attributes, Graph } from "../../ir/node.ts";
import { type Dim, namedSize } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { expand } from "../../passes/expand.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { runProgram, traceGraph } from "../passes/run-program.ts";
import { vjpOf } from "./linearize.ts";
import { type StructuralCase, differences, readStructuralCases } from "./structural-cases.ts";

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

function graphOf({ op, inputs, attributes }: StructuralCase, shapeOf: (input: TensorData) => Shape = ({ shape }) => shape): Graph {
  const b = createBuilder();
  const parameters = inputs.map((input, i) => b.parameter(i, `p${i}`, { dtype: input.dtype, shape: shapeOf(input) }));
  return { name: "f", parameters, results: [b.make(op, parameters, attributes)] };
}

describe("programs give what the evaluator gives", () => {
  for (const entry of cases) {
    it(`${entry.op}: ${entry.name}`, () => {
      compare(graphOf(entry), entry.inputs);
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
      const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
      const node = b.make(entry.op, parameters.slice(0, -1), entry.attributes);
      const cotangents = vjpOf(b, node, parameters[parameters.length - 1]!);
      compare({ name: "f", parameters, results: gradient.wrt.map((i) => cotangents[i]!).filter((x) => x !== undefined) }, inputs);
    });
  }
});

/** Ops whose attributes hold no sizes of operands, or hold them by themselves. Equal sizes get one name. */
const symbolic = new Set([
  "broadcast", "transpose", "reverse", "concat", "slice", "pad", "dynamic_slice", "dynamic_update_slice", "gather", "scatter", "assume",
  "reduce_sum", "reduce_prod", "reduce_max", "reduce_min", "reduce_any", "reduce_all", "argmax", "argmin",
  "cumsum", "cumprod", "cummax", "cummin", "dot_general", "windows", "reduce_window",
]);

const named = (size: number): Dim => (size === 1 ? 1 : namedSize(`n${size}`));

function withNames(attributes: Attributes): Attributes {
  const { shape } = attributes;
  return shape === undefined ? attributes : { ...attributes, shape: (shape as readonly number[]).map(named) };
}

describe("programs with symbolic sizes give what the evaluator gives", () => {
  for (const entry of cases) {
    // Negative counts of windows are an error when sizes are symbolic.
    const tooSmall = entry.op.includes("window") && entry.expected.data.length === 0;
    if (!symbolic.has(entry.op) || tooSmall) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      const graph = graphOf({ ...entry, attributes: withNames(entry.attributes) }, ({ shape }) => shape.map(named));
      const all = [...entry.inputs, entry.expected].flatMap(({ shape }) => shape);
      compare(graph, entry.inputs, new Map(all.map((size) => [`n${size}`, size])));
    });
  }
});
