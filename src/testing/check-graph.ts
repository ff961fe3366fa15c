// Holds the WebAssembly target to the evaluator on one random graph, forward and, in the smooth regime, backward.

import { createBuilder } from "../../ir/build.ts";
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

/** What the optimised module computes against what the graph means. Throws an Error that shows both. `discarded`: the case says
 *  nothing, because the graph's own values are not finite. */
export function checkGraph({ graph, inputs, sizes }: RandomGraph, regime: Regime): "checked" | "discarded" {
  const expected = evaluateGraph(graph, inputs, sizes);
  const wide = regime === "smooth" ? evaluateGraph(widen(graph), inputs.map(widenData), sizes) : undefined;
  if (expected.some(({ data, dtype }) => isFloat(dtype) && (data as Float64Array).some((value) => !Number.isFinite(value)))) return "discarded";
  const actual = runOnWasm(graph, inputs, sizes);
  expected.forEach((value, i) => {
    const fault = firstDisagreement(value, actual[i]!, wide === undefined ? 0 : allowedError(value, wide[i]!));
    if (fault !== undefined) throw new Error(`result ${i} on wasm: ${fault}\n${printGraph(graph)}\nsizes ${[...sizes].map(([name, value]) => `${name}=${value}`).join(" ")}`);
  });
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

