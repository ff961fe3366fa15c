// overlap_add of stored patches: the bits of the definition, by the interpreter and as WebAssembly, whether a kernel walks the windows or gathers each element, and
// which of the two it is.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import "../../ir/every-op.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import { windowCounts } from "../../ir/ops/window-geometry.ts";
import { type Dim, evaluateDim, namedSize } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { bitsOf, random } from "./random-tensor.ts";
import { runProgram, traceGraph } from "./run-program.ts";

interface Case {
  readonly name: string;
  /** Batch, places, channels. */
  readonly shape: readonly Dim[];
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly dilation?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly walks: boolean;
}

const cases: readonly Case[] = [
  { name: "no padding", shape: [3, 7, 6, 5], window: [3, 2], walks: true },
  { name: "padding and strides", shape: [2, 11, 9, 3], window: [4, 5], strides: [2, 2], low: [1, 2], high: [2, 2], walks: true },
  { name: "strides wider than the window along one axis", shape: [2, 11, 9, 3], window: [4, 3], strides: [5, 2], low: [1, 0], high: [0, 2], walks: true },
  { name: "windows of all but one row and column", shape: [1, 3, 3, 8], window: [3, 3], low: [2, 2], high: [2, 2], walks: true },
  { name: "cropping", shape: [2, 9, 9, 4], window: [3, 3], low: [-2, 1], high: [1, -3], walks: true },
  { name: "one axis", shape: [2, 40, 6], window: [5], low: [2], high: [3], walks: true },
  { name: "three axes", shape: [2, 4, 5, 6, 3], window: [2, 3, 4], strides: [1, 2, 1], low: [1, 0, 1], high: [0, 1, 2], walks: true },
  { name: "an axis without windows between others", shape: [2, 5, 4, 6, 3], window: [2, 1, 4], walks: false },
  { name: "any number of images", shape: [namedSize("n"), 6, 6, 4], window: [3, 3], low: [1, 1], high: [1, 1], walks: true },
  { name: "short rows", shape: [2, 9, 9, 1], window: [3, 3], walks: false },
  { name: "windows side by side", shape: [2, 8, 8, 8], window: [2, 2], strides: [2, 2], walks: false },
  { name: "dilation", shape: [2, 9, 9, 4], window: [3, 3], dilation: [2, 1], walks: false },
  { name: "windows in the padding alone", shape: [1, 3, 3, 8], window: [2, 2], low: [3, 0], high: [0, 2], walks: false },
];

/** Patches lie in memory as products make them: places, the window, channels. */
function graphOf({ shape, window, strides, dilation, low, high }: Case, dtype: DType): Graph {
  const b = createBuilder();
  const each = (given: readonly number[] | undefined, rest: number): number[] => [rest, ...(given ?? window.map(() => rest)), rest];
  const geometry = { window: each(window, 1), strides: each(strides, 1), dilation: each(dilation, 1), low: each(low, 0), high: each(high, 0) };
  const counts = windowCounts(geometry, shape);
  const [rank, channels] = [window.length, shape.at(-1)!];
  const patches = b.parameter(0, "patches", { dtype, shape: [...counts.slice(0, -1), ...window, channels] });
  const spatial = Array.from({ length: rank }, (_, i) => i + 1);
  const moved = b.transpose(patches, [0, ...spatial, 2 * rank + 1, ...spatial.map((axis) => axis + rank)]);
  return { name: "f", parameters: [patches], results: [b.make("overlap_add", [b.reshape(moved, [...counts, 1, ...window, 1])], { ...geometry, shape })] };
}

describe.each(cases)("$name", (entry) => {
  it.each(["f32", "f64", "i32"] as const)("of %s", (dtype) => {
    const graph = graphOf(entry, dtype);
    const sizes = new Map(entry.shape.some((dim) => typeof dim !== "number") ? [["n", 3]] : []);
    const { type: { shape } } = graph.parameters[0]!;
    const inputs = [random(dtype, shape.map((dim) => evaluateDim(dim, sizes)), 1)];
    const wanted = bitsOf(evaluateGraph(graph, inputs, sizes)[0]!);
    expect(bitsOf(runOnWasm(graph, inputs, sizes)[0]!)).toEqual(wanted);
    const { program, outcome } = runProgram(traceGraph(graph), inputs, [], sizes);
    if (outcome.kind === "failed") throw new Error(`failed with ${outcome.error}`);
    expect(bitsOf({ data: outcome.outputs[0]! })).toEqual(wanted);
    const [launch] = program.body;
    expect(launch?.kind === "launch" && launch.kernel.buffers[0]!.access === "readwrite").toBe(entry.walks);
  });
});
