// A routine that calls the module's product gives the bits of the textbook loop, for sizes around the blocks, in a batch, on threads. Relaxed
// code rounds a product and its addition once: k terms of at most 1 then differ by no more than k roundings of their sum each.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { allocateTensor, type TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { namedSize } from "../../ir/size.ts";
import type { FloatDType } from "../../ir/types.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { mode } from "../modes/mode.ts";
import { gram } from "./gram-op.ts";

/** Numbers of few bits' difference, whose products round. */
function random(dtype: FloatDType, shape: readonly number[]): TensorData {
  const tensor = allocateTensor(dtype, shape);
  let state = 1;
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = (state = Math.imul(state, 48271) % 2147483647) / 2 ** 31;
  return tensor;
}

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  it.each([[1, 1, 1], [3, 5, 7], [2, 33, 65], [1, 130, 300], [2, 4, 0], [3, 0, 4], [0, 2, 2]] as const)("%i x [%i,%i]", (...shape) => {
    const b = createBuilder();
    for (const dims of [shape, ["batch", "n", "k"].map((name) => namedSize(name))]) {
      const x = b.parameter(0, "x", { dtype, shape: dims });
      const graph = { name: "f", parameters: [x], results: [b.make(gram.name, [x])] };
      const inputs = [random(dtype, shape)];
      const sizes = new Map([["batch", shape[0]], ["n", shape[1]], ["k", shape[2]]]);
      const [expected] = evaluateGraph(graph, inputs);
      const [actual] = runOnWasm(graph, inputs, sizes);
      if (mode === "relaxed") {
        const allowed = shape[2] ** 2 * (dtype === "f32" ? 2 ** -23 : 2 ** -52);
        for (const [i, value] of expected!.data.entries()) expect(Math.abs(Number(value) - Number(actual!.data[i]))).toBeLessThanOrEqual(allowed);
      } else expect(actual!.data).toEqual(expected!.data);
    }
  });
});
