// Holds a target to the evaluator on one random graph, forward and, in the smooth regime, backward.

import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { printGraph } from "../../ir/print.ts";
import { extractRegion } from "../../ir/region.ts";
import { isFloat } from "../../ir/types.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import type { RandomGraph, Regime } from "./random-graph.ts";
import { runOnWasm, widen, widenData } from "./run-graph.ts";
import { allowedError, firstDisagreement } from "./tolerance.ts";

/** What a target must give for a random graph: the evaluator's values, each with the largest difference that is accepted. */
export interface Expectation {
  readonly values: readonly TensorData[];
  readonly allowed: readonly number[];
}

/** Undefined: the case says nothing, because the graph's own values are not finite. */
export function expectationOf({ graph, inputs, sizes }: RandomGraph, regime: Regime): Expectation | undefined {
  const values = evaluateGraph(graph, inputs, sizes);
  if (values.some(({ data, dtype }) => isFloat(dtype) && (data as Float64Array).some((value) => !Number.isFinite(value)))) return undefined;
  const wide = regime === "smooth" ? evaluateGraph(widen(graph), inputs.map(widenData), sizes) : undefined;
  return { values, allowed: values.map((value, i) => (wide === undefined ? 0 : allowedError(value, wide[i]!))) };
}

/** Throws an Error that shows the first difference and the graph. */
export function compareWith({ values, allowed }: Expectation, actual: readonly TensorData[], { graph, sizes }: RandomGraph, target: string): void {
  values.forEach((value, i) => {
    const fault = firstDisagreement(value, actual[i]!, allowed[i]!);
    if (fault !== undefined) throw new Error(`result ${i} on ${target}: ${fault}\n${printGraph(graph)}\nsizes ${[...sizes].map(([name, size]) => `${name}=${size}`).join(" ")}`);
  });
}

/** What the optimised module computes against what the graph means. `discarded`: the case says nothing. */
export function checkGraph(random: RandomGraph, regime: Regime): "checked" | "discarded" {
  const expectation = expectationOf(random, regime);
  if (expectation === undefined) return "discarded";
  compareWith(expectation, runOnWasm(random.graph, random.inputs, random.sizes), random, "wasm");
  return "checked";
}

/** The graph of the gradient of the sum of all float results with respect to all float parameters. */
export function gradientGraph(graph: Graph): Graph | undefined {
  const b = createBuilder();
  const floats = graph.results.filter(({ type }) => isFloat(type.dtype));
  const wrt = graph.parameters.filter(({ type }) => isFloat(type.dtype));
  if (floats.length === 0 || wrt.length === 0) return undefined;
  const total = floats.map((node) => b.sum(node, node.type.shape.map((_, axis) => axis))).reduce((x, y) => b.add(x, y));
  const { region, captures } = extractRegion([total], wrt);
  const derivative = b.make("vjp", [...wrt, ...captures, b.full(1, total.type.dtype, [])], { region, wrt: wrt.length });
  const results: Node[] = wrt.map((_, i) => b.result(derivative, i));
  return differentiate.run({ name: "gradient", parameters: graph.parameters, results }, { control });
}

/** As checkGraph, of the gradient. */
export function checkGradientGraph(random: RandomGraph, regime: Regime): "checked" | "discarded" {
  const gradient = gradientGraph(random.graph);
  return gradient === undefined ? "discarded" : checkGraph({ ...random, graph: gradient }, regime);
}

