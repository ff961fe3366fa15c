// A routine that calls the module's product gives the bits of the textbook loop, for sizes around the blocks, in a batch, on threads.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { allocateTensor, type TensorData, type TypedArray } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { routineOp } from "../../ir/routines/routine-op.ts";
import { mulDims, namedSize } from "../../ir/size.ts";
import { registerOp } from "../../ir/table.ts";
import { type FloatDType, isFloat } from "../../ir/types.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { compileFixture } from "./objects.ts";

const object = await compileFixture("products.ts");

registerOp(routineOp({
  name: "test_gram",
  attributes: {},
  infer: ([a]) => [{ dtype: a!.dtype, shape: [a!.shape[0]!, a!.shape[0]!] }],
  gradient: { kind: "none", reason: "nothing asks for it" },
  routine: {
    object, symbol: ({ operands }) => `gram_${operands[0]!.dtype}`, operandRanks: [2], resultRanks: [2],
    sizes: ({ operands }) => operands[0]!.shape, product: ({ operands }) => operands[0]!.dtype as FloatDType,
    workspace: ({ operands }) => operands[0]!.shape.reduce(mulDims, 8), failures: [], operations: ({ operands }) => operands[0]!.shape.reduce(mulDims, operands[0]!.shape[0]!),
    perform([a], [g], [n, k]) {
      const round = a instanceof Float32Array ? Math.fround : Number;
      for (let i = 0; i < n!; i++) for (let j = 0; j < n!; j++) {
        let sum = 0;
        for (let l = 0; l < k!; l++) sum = round(sum + round(Number(a![i * k! + l]) * Number(a![j * k! + l])));
        (g as TypedArray)[i * n! + j] = sum;
      }
      return 0;
    },
  },
}));

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
      const graph = { name: "f", parameters: [x], results: [b.make("test_gram", [x])] };
      const inputs = [random(dtype, shape)];
      const sizes = new Map([["batch", shape[0]], ["n", shape[1]], ["k", shape[2]]]);
      const [expected] = evaluateGraph(graph, inputs);
      expect(isFloat(expected!.dtype)).toBe(true);
      expect(runOnWasm(graph, inputs, sizes)[0]!.data).toEqual(expected!.data);
    }
  });
});
