// The section "Indexing".

import { compile, fn, incSubtensor, input, type Tensor } from "damo";
import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { namedSize } from "../../ir/size.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { floats, gives, i32, integers, matrix, type Rows } from "./row.ts";

const values = matrix(3, 2, 1, 2, 3, 4, 5, 6);

/** On both targets: E601 that names the index and the bound. */
async function refuses(build: (x: Tensor<"f32", [3]>, i: Tensor<"i32", [2]>) => Tensor<"f32">): Promise<void> {
  for (const target of ["reference", "wasm"] as const) {
    const [x, i] = [input("x", [3]), input("i", [2], { dtype: "i32" })];
    const f = await compile(fn({ inputs: { x, i }, outputs: { y: build(x, i) } }), { target });
    f({ x: [1, 2, 3], i: [2, -3] });
    expect(() => f({ x: [1, 2, 3], i: [0, 3] })).toThrow(/^E601 (take|at|incSubtensor): index 3 .*3/);
    expect(() => f({ x: [1, 2, 3], i: [-4, 0] })).toThrow(/^E601 .*index -4 .*3/);
  }
}

export const indexing: Rows = {
  "gather, scatter | index below 0": [
    gives([...floats, ...integers], "gather", [values, i32(-1, -3)], [5, 6, 1, 2], { axes: [0], bounds: "clamp" }),
    gives(floats, "gather", [[1, 2, 3], i32(-3, -4)], [1, 0], { axes: [0], bounds: "fill" }),
    gives(floats, "scatter", [[1, 2, 3], [9, 8], i32(-1, -4)], [1, 2, 9], { axes: [0], mode: "set", bounds: "drop" }),
  ],
  "gather, scatter with check | index out of range": [
    () => refuses((x, i) => x.at(i)),
    () => refuses((x, i) => incSubtensor(x, [i], 1)),
  ],
  "gather, scatter with clamp | index out of range": [
    gives(floats, "gather", [[1, 2, 3], i32(7, -9, 3)], [3, 1, 3], { axes: [0], bounds: "clamp" }),
    gives(floats, "scatter", [[1, 2, 3], [9, 8], i32(7, -9)], [8, 2, 9], { axes: [0], mode: "set", bounds: "clamp" }),
    gives([...floats, ...integers], "scatter", [[], [9], i32(0)], [], { axes: [0], mode: "set", bounds: "clamp" }),
    () => {
      const b = createBuilder();
      const n = namedSize("n");
      const [x, i] = [b.parameter(0, "x", { dtype: "f32", shape: [n] }), b.parameter(1, "i", { dtype: "i32", shape: [1] })];
      const graph = { name: "f", parameters: [x, i], results: [b.make("gather", [x, i], { axes: [0], bounds: "clamp" })] };
      const inputs = [tensor("f32", [0], []), tensor("i32", [1], [0])];
      for (const [result] of [evaluateGraph(graph, inputs), runOnWasm(graph, inputs, new Map([["n", 0]]))]) expect([...result!.data]).toEqual([0]);
    },
  ],
  "gather with fill | index out of range": [
    gives([...floats, ...integers, "bool"], "gather", [[1, 1], i32(2, 0, -3)], [0, 1, 0], { axes: [0], bounds: "fill" }),
    { op: "gather", dtypes: floats, operands: [[1, 2], i32(5, 0)], attributes: { axes: [0], bounds: "fill" }, gradient: [[1, 0]] },
  ],
  "scatter with drop | index out of range": [gives([...floats, ...integers], "scatter", [[1, 2], [9, 8, 7], i32(2, 1, -3)], [1, 8], { axes: [0], mode: "set", bounds: "drop" })],
  "scatter | several updates in one place": [
    gives([...floats, ...integers], "scatter", [[1, 2], [9, 8, 7], i32(1, 0, 1)], [8, 7], { axes: [0], mode: "set", bounds: "check" }),
    // In order: (2^24 + 1) + 1 stays 2^24, the other way it is 2^24 + 2.
    gives(["f32"], "scatter", [[2 ** 24], [1, 1], i32(0, 0)], [2 ** 24], { axes: [0], mode: "add", bounds: "check" }),
  ],
  "scatter with set | gradient": [
    { op: "scatter", dtypes: floats, operands: [[1, 2, 3], [9, 8], i32(1, 1)], attributes: { axes: [0], mode: "set", bounds: "check" }, gradient: [[1, 0, 1], [0, 1]] },
  ],
  "scatter with mul | gradient at zeros": [
    { op: "scatter", dtypes: floats, operands: [[3], [0, 5], i32(0, 0)], attributes: { axes: [0], mode: "mul", bounds: "check" }, gradient: [[0], [15, 0]] },
    { op: "scatter", dtypes: floats, operands: [[0], [0, 5], i32(0, 0)], attributes: { axes: [0], mode: "mul", bounds: "check" }, gradient: [[0], [0, 0]] },
  ],
  "scatter with max, min | gradient at ties": [
    { op: "scatter", dtypes: floats, operands: [[2], [2, 1], i32(0, 0)], attributes: { axes: [0], mode: "max", bounds: "check" }, gradient: [[0.5], [0.5, 0]] },
    { op: "scatter", dtypes: floats, operands: [[7], [2, 2], i32(0, 0)], attributes: { axes: [0], mode: "min", bounds: "check" }, gradient: [[0], [0.5, 0.5]] },
  ],
};
