// Convolutions as statements: the bits of the definition in every geometry, by the interpreter and as WebAssembly (of relaxed code,
// what docs/language.md promises), for the result, the gradient by the filter and the one by the input; their epilogues; and no
// patches in memory.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { allocateTensor, type TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Attributes, Graph, Node } from "../../ir/node.ts";
import { type Dim, evaluateDim, namedSize } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import { expand } from "../../passes/expand.ts";
import { directConvolution } from "../../passes/schedule/convolution.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { mode } from "../modes/mode.ts";
import { vjpOf } from "../ops/linearize.ts";
import { runProgram, scheduleFunction, traceGraph } from "./run-program.ts";

interface Case {
  readonly name: string;
  readonly image: readonly number[];
  readonly filter: readonly number[];
  readonly attributes?: Attributes;
}

function attributesOf({ filter, attributes }: Case): Attributes {
  const each = (value: number): readonly number[] => filter.slice(2).map(() => value);
  return { strides: each(1), low: each(0), high: each(0), lhs_dilation: each(1), rhs_dilation: each(1), groups: 1, batch_groups: 1, ...attributes };
}

const cases: readonly Case[] = [
  { name: "3x3 with padding", image: [2, 7, 6, 8], filter: [3, 3, 8, 9], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "no padding", image: [3, 6, 5, 3], filter: [2, 3, 3, 17] },
  { name: "one channel", image: [5, 9, 9, 1], filter: [5, 5, 1, 6] },
  { name: "strides and uneven padding", image: [2, 9, 8, 5], filter: [3, 2, 5, 4], attributes: { strides: [2, 3], low: [0, 1], high: [1, 2] } },
  { name: "seven by seven, stride two", image: [1, 15, 15, 3], filter: [7, 7, 3, 8], attributes: { strides: [2, 2], low: [2, 2], high: [3, 3] } },
  { name: "dilation", image: [2, 9, 9, 4], filter: [3, 3, 4, 5], attributes: { rhs_dilation: [2, 3], low: [2, 3], high: [2, 3] } },
  { name: "groups", image: [2, 6, 6, 12], filter: [3, 3, 4, 15], attributes: { groups: 3, low: [1, 1], high: [1, 1] } },
  { name: "groups of one column", image: [2, 5, 5, 6], filter: [2, 2, 3, 2], attributes: { groups: 2 } },
  { name: "cropping", image: [2, 9, 9, 3], filter: [3, 3, 3, 7], attributes: { low: [-2, -1], high: [-1, -3] } },
  { name: "cropping and padding", image: [2, 6, 6, 3], filter: [3, 3, 3, 7], attributes: { low: [-1, 2], high: [2, -1] } },
  { name: "padding wider than the window", image: [1, 3, 3, 2], filter: [2, 2, 2, 3], attributes: { low: [4, 0], high: [0, 5] } },
  { name: "pointwise with strides", image: [2, 7, 7, 9], filter: [1, 1, 9, 5], attributes: { strides: [2, 2] } },
  { name: "one axis", image: [3, 40, 6], filter: [5, 6, 10], attributes: { low: [2], high: [2], rhs_dilation: [1] } },
  { name: "three axes", image: [2, 4, 5, 6, 3], filter: [2, 3, 2, 3, 7], attributes: { low: [0, 1, 1], high: [1, 1, 0], strides: [1, 2, 1] } },
  { name: "a depth of several blocks", image: [1, 4, 4, 160], filter: [3, 3, 160, 9], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "more images than a block", image: [67, 4, 4, 3], filter: [3, 3, 3, 4], attributes: { low: [1, 1], high: [1, 1] } },
  { name: "depthwise", image: [2, 9, 14, 8], filter: [3, 3, 1, 8], attributes: { groups: 8, low: [1, 1], high: [1, 1] } },
  { name: "depthwise with strides", image: [2, 11, 13, 21], filter: [3, 3, 1, 21], attributes: { groups: 21, strides: [2, 2], low: [1, 0], high: [0, 1] } },
  { name: "depthwise, a wide window", image: [1, 9, 19, 6], filter: [5, 7, 1, 6], attributes: { groups: 6, low: [2, 3], high: [2, 3] } },
  { name: "depthwise, dilated and cropped", image: [2, 12, 17, 4], filter: [3, 2, 1, 4], attributes: { groups: 4, rhs_dilation: [2, 3], low: [-1, 2], high: [1, -2] } },
  { name: "depthwise, padding wider than the window", image: [1, 3, 4, 5], filter: [2, 2, 1, 5], attributes: { groups: 5, low: [3, 6], high: [0, 7] } },
  { name: "depthwise, strides of three", image: [1, 10, 11, 19], filter: [2, 4, 1, 19], attributes: { groups: 19, strides: [3, 3], low: [0, 2], high: [1, 0] } },
  { name: "depthwise, one axis", image: [2, 23, 12], filter: [4, 1, 12], attributes: { groups: 12, low: [3], high: [0] } },
  { name: "depthwise, spread", image: [2, 5, 6, 7], filter: [3, 3, 1, 7], attributes: { groups: 7, lhs_dilation: [2, 3], low: [2, 1], high: [1, 2] } },
  { name: "rows of several blocks", image: [1, 25, 26, 4], filter: [2, 2, 4, 11] },
];

/** Full mantissas: only the same order of additions gives the same bits. */
function random(dtype: DType, shape: readonly number[], seed: number): TensorData {
  const tensor = allocateTensor(dtype, shape);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < tensor.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    tensor.data[i] = state / 2 ** 31 - 1;
  }
  return tensor;
}

const bitsOf = ({ data }: Pick<TensorData, "data">): readonly bigint[] | readonly number[] =>
  data.BYTES_PER_ELEMENT === 8 ? [...new BigInt64Array(data.buffer, data.byteOffset, data.length)] : [...new Int32Array(data.buffer, data.byteOffset, data.length)];

type Computes = "result" | "filter" | "input";

/** What is computed from image, filter and, for gradients, the cotangent of the result. */
function graphOf(entry: Case, dtype: DType, computes: Computes, batch: Dim = entry.image[0]!): Graph {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype, shape: [batch, ...entry.image.slice(1)] });
  const w = b.parameter(1, "w", { dtype, shape: entry.filter });
  const result = b.make("conv_general", [x, w], attributesOf(entry));
  const g = b.parameter(2, "g", result.type);
  const gradient = (): Node => vjpOf(b, result, g)[computes === "input" ? 0 : 1]!;
  return { name: "f", parameters: [x, w, g], results: [computes === "result" ? result : gradient()] };
}

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

describe.each(cases)("$name", (entry) => {
  it.each(["result", "filter", "input"] as const)("the %s has the bits of the definition", (computes) => {
    for (const dtype of ["f32", "f64"] as const) {
      const graph = graphOf(entry, dtype, computes);
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
  const entry: Case = { name: "n images", image: [0, 4, 4, 8], filter: [3, 3, 8, 3], attributes: { low: [1, 1], high: [1, 1] } };

  it.each([0, 1, 32, 33, 70])("%i images", (batch) => {
    const sizes = new Map([["n", batch]]);
    for (const computes of ["result", "filter", "input"] as const) {
      const graph = graphOf(entry, "f32", computes, namedSize("n"));
      expectMeaning(graph, operands(graph, sizes), sizes);
    }
  });
});

describe("programs", () => {
  const layer: Case = { name: "layer", image: [4, 20, 20, 16], filter: [3, 3, 16, 24], attributes: { low: [1, 1], high: [1, 1] } };

  function withActivation(batch: Dim): Graph {
    const b = createBuilder();
    const plain = graphOf(layer, "f32", "result", batch);
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
      const { program, plan } = scheduleFunction(traceGraph(expand.run(graphOf({ ...layer, image: [64, 20, 20, 16] }, "f32", computes), {})));
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
