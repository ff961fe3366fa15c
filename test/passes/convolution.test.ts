// Convolutions as statements: the bits of the definition in every geometry, by the interpreter and as WebAssembly (of relaxed code,
// what docs/language.md promises), for the result, the gradient by the filter and the one by the input; their epilogues; and no
// patches in memory.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { type Dim, evaluateDim, namedSize } from "../../ir/size.ts";
import { expand } from "../../passes/expand.ts";
import { directConvolution } from "../../passes/schedule/convolution.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { mode } from "../modes/mode.ts";
import { attributesOf, type ConvolutionCase, convolutionCases, convolutionGraph } from "./convolution-cases.ts";
import { bitsOf, random } from "./random-tensor.ts";
import { runProgram, scheduleFunction, traceGraph } from "./run-program.ts";

function operands(graph: Graph, sizes: ReadonlyMap<string, number> = new Map()): TensorData[] {
  return graph.parameters.map(({ type }, i) => random(type.dtype, type.shape.map((dim) => evaluateDim(dim, sizes)), i + 1));
}

/** Holds what WebAssembly computes to the evaluator's bits; fused code to k units of rounding, for k terms, of the sum of their sizes. */
function expectMeaning(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number> = new Map()): void {
  const [wanted] = evaluateGraph(graph, inputs, sizes) as [TensorData];
  const actual = runOnWasm(graph, inputs, sizes)[0]!;
  if (mode !== "relaxed") {
    expect(bitsOf(actual)).toEqual(bitsOf(wanted));
    return;
  }
  const evaluateMapped = (map: (value: number) => number): Float64Array =>
    evaluateGraph(graph, inputs.map((input) => ({ ...input, data: (input.data as Float64Array).map(map) })), sizes)[0]!.data as Float64Array;
  const [terms, magnitudes] = [evaluateMapped(() => 1), evaluateMapped(Math.abs)];
  const unit = wanted.dtype === "f32" ? 2 ** -24 : 2 ** -53;
  actual.data.forEach((value, i) => {
    // Either side is that far from the exact value.
    expect(Math.abs(Number(value) - Number(wanted.data[i]))).toBeLessThanOrEqual(2 * terms[i]! * unit * magnitudes[i]!);
  });
}

const isDirect = (node: Node): boolean => directConvolution(node) !== undefined;

describe.each(convolutionCases)("$name", (entry) => {
  it.each(["result", "filter", "input"] as const)("the %s has the bits of the definition", (computes) => {
    for (const dtype of ["f32", "f64"] as const) {
      const graph = convolutionGraph(entry, dtype, computes);
      const isSpread = "lhs_dilation" in (entry.attributes ?? {});
      if (computes === "filter" && isSpread) continue;
      if (computes === "input" && !isDirect(graph.results[0]!)) {
        // The input's gradient is no convolution: its products are added up in another order.
        expect(isSpread || !entry.name.startsWith("depthwise")).toBe(true);
        continue;
      }
      expect(graph.results.every(isDirect)).toBe(true);
      const inputs = operands(graph);
      expectMeaning(graph, inputs);
      const { outcome } = runProgram(traceGraph(expand.run(graph, {})), inputs);
      if (outcome.kind === "failed") throw new Error(`failed with ${outcome.error}`);
      expect(bitsOf({ data: outcome.outputs[0]! })).toEqual(bitsOf(evaluateGraph(graph, inputs)[0]!));
    }
  });
});

describe("batches of any size", () => {
  const entry: ConvolutionCase = { name: "n images", image: [0, 4, 4, 8], filter: [3, 3, 8, 3], attributes: { low: [1, 1], high: [1, 1] } };

  it.each([0, 1, 32, 33, 70])("%i images", (batch) => {
    const sizes = new Map([["n", batch]]);
    for (const computes of ["result", "filter", "input"] as const) {
      const graph = convolutionGraph(entry, "f32", computes, namedSize("n"));
      expectMeaning(graph, operands(graph, sizes), sizes);
    }
  });
});

describe("programs", () => {
  const layer: ConvolutionCase = { name: "layer", image: [4, 20, 20, 16], filter: [3, 3, 16, 24], attributes: { low: [1, 1], high: [1, 1] } };

  function withActivation(batch: Dim): Graph {
    const b = createBuilder();
    const plain = convolutionGraph(layer, "f32", "result", batch);
    const [x, w] = plain.parameters as [Node, Node];
    const result = plain.results[0]!;
    const bias = b.parameter(2, "b", { dtype: "f32", shape: [24] });
    const sum = b.add(result, b.broadcast(bias, result.type.shape, [3]));
    return { name: "f", parameters: [x, w, bias], results: [b.binary("max", sum, b.fullLike(sum, 0))] };
  }

  it("run bias and activation on the images that are finished", () => {
    for (const batch of [layer.image[0]!, namedSize("n")]) {
      const sizes = new Map([["n", 4]]);
      const graph = withActivation(batch);
      const { program } = scheduleFunction(traceGraph(expand.run(graph, {})));
      expect(program.body.map((statement) => statement.kind)).toEqual(["convolve"]);
      expectMeaning(graph, operands(graph, sizes), sizes);
    }
  });

  it("store no patches", () => {
    for (const computes of ["result", "filter", "input"] as const) {
      const { program, plan } = scheduleFunction(traceGraph(expand.run(convolutionGraph({ ...layer, image: [64, 20, 20, 16] }, "f32", computes), {})));
      expect(program.body.filter((statement) => statement.kind === "convolve")).toHaveLength(1);
      const patches = 64 * 20 * 20 * 9 * 16 * 4;
      expect(plan.placement!.bytes).toBeLessThan(patches / 20);
    }
  });

  it("read an operand that is a constant", () => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f32", shape: [2, 6, 6, 4] });
    const graph: Graph = { name: "f", parameters: [x], results: [b.make("conv_general", [x, b.full(0.5, "f32", [3, 3, 4, 8])], attributesOf(layer))] };
    expectMeaning(graph, operands(graph));
  });
});
