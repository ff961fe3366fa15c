// The section "Reductions and running combinations".

import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { namedSize } from "../../ir/size.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { floats, gives, gradient, integers, matrix, type Rows } from "./row.ts";

const inf = Infinity;
const nan = NaN;
const all = { axes: [0] };
const run = { axis: 0, reverse: false };
const back = { axis: 0, reverse: true };

export const reductions: Rows = {
  "reduce_sum, reduce_prod | no elements": [gives([...floats, ...integers], "reduce_sum", [[]], [0], all), gives([...floats, ...integers], "reduce_prod", [[]], [1], all)],
  "reduce_max, reduce_min | no elements": [
    gives(floats, "reduce_max", [[]], [-inf], all), gives(floats, "reduce_min", [[]], [inf], all),
    gives(["i32"], "reduce_max", [[]], [-2147483648], all), gives(["u8"], "reduce_max", [[]], [0], all), gives(["i8"], "reduce_min", [[]], [127], all),
    gives(["u32"], "reduce_min", [[]], [4294967295], all), gives(["i64"], "reduce_max", [[]], [-(2n ** 63n)], all),
  ],
  "reduce_any, reduce_all | no elements": [gives(["bool"], "reduce_any", [[]], [0], all), gives(["bool"], "reduce_all", [[]], [1], all)],
  "reduce_sum, reduce_prod, cumsum, cumprod | integers": [
    gives(["u8"], "reduce_sum", [[200, 100, 1]], [45], all), gives(["i8"], "reduce_prod", [[100, 2]], [-56], all),
    gives(["i32"], "reduce_sum", [[2147483647, 1]], [-2147483648], all), gives(["i64"], "reduce_sum", [[2n ** 63n - 1n, 1n]], [-(2n ** 63n)], all),
    gives(["u8"], "cumsum", [[200, 100]], [200, 44], run), gives(["i8"], "cumprod", [[100, 2, 2]], [100, -56, -112], run),
  ],
  "reductions and running combinations of f16 | precision": [
    // In halves 2048 + 1 is 2048.
    gives(["f16"], "reduce_sum", [[2048, 1, 1, 1]], [2052], all), gives(["f16"], "cumsum", [[2048, 1, 1, 1]], [2048, 2048, 2050, 2052], run),
    gives(["f16"], "reduce_sum", [[65504, 65504, -65504]], [65504], all), gives(["f16"], "reduce_prod", [[256, 256, 0.25]], [16384], all),
  ],
  "reductions of f32, f64 | precision": [
    gives(["f32"], "reduce_sum", [[2 ** 24, 1]], [2 ** 24], all), gives(["f64"], "reduce_sum", [[2 ** 53, 1]], [2 ** 53], all),
    gives(["f32"], "cumsum", [[2 ** 24, 1, 1, 1]], [2 ** 24, 2 ** 24, 2 ** 24, 2 ** 24], run),
    gives(["f32"], "reduce_prod", [[3e38, 10]], [inf], all),
  ],
  "reduce_max, reduce_min, cummax, cummin | NaN": [
    ...["reduce_max", "reduce_min"].map((op) => gives(floats, op, [[1, nan, 2]], [nan], all)),
    ...["cummax", "cummin"].flatMap((op) => [gives(floats, op, [[1, nan, 2]], [1, nan, nan], run), gives(floats, op, [[1, nan, 2]], [nan, nan, 2], back)]),
  ],
  "reduce_max, reduce_min | zeros": [
    gives(floats, "reduce_max", [[-0, 0]], [0], all), gives(floats, "reduce_max", [[0, -0]], [0], all),
    gives(floats, "reduce_min", [[-0, 0]], [-0], all), gives(floats, "reduce_min", [[0, -0]], [-0], all), gives(floats, "reduce_max", [[-0, -0]], [-0], all),
  ],
  "reduce_max, reduce_min, reduce_window | gradient at ties": [
    gradient("reduce_max", [[3, 1, 3]], [[0.5, 0, 0.5]], all), gradient("reduce_min", [[1, 1, 3, 1, 1]], [[0.25, 0.25, 0, 0.25, 0.25]], all),
    gradient("reduce_window", [[3, 3, 1]], [[0.5, 1.5, 0]], { kind: "max", window: [2], strides: [1], dilation: [1], low: [0], high: [0] }),
  ],
  "reduce_max, reduce_min | gradient at NaN": ["reduce_max", "reduce_min"].map((op) => gradient(op, [matrix(2, 2, 1, nan, 3, 3)], [[nan, nan, 0.5, 0.5]], { axes: [1] })),
  "reduce_prod, cumprod | gradient at zeros": [
    gradient("reduce_prod", [[2, 0, 3]], [[0, 6, 0]], all), gradient("reduce_prod", [[2, 0, 0]], [[0, 0, 0]], all),
    // x0 + x0 x1 + x0 x1 x2.
    gradient("cumprod", [[2, 0, 3]], [[1, 8, 0]], run),
  ],
  "cummax, cummin | gradient at ties": [
    gradient("cummax", [[2, 2, 1]], [[3, 0, 0]], run), gradient("cummax", [[1, 2, 2]], [[0, 0, 3]], back), gradient("cummin", [[1, 1, 0]], [[2, 0, 1]], run),
  ],
  "argmax, argmin | ties": [gives([...floats, ...integers], "argmax", [[1, 3, 3]], [1], { axis: 0 }), gives([...floats, ...integers], "argmin", [[3, 1, 1]], [1], { axis: 0 })],
  "argmax, argmin | NaN": ["argmax", "argmin"].map((op) => gives(floats, op, [[1, nan, 5, nan, -5]], [1], { axis: 0 })),
  "argmax, argmin | zeros": [gives(floats, "argmax", [[-0, 0]], [0], { axis: 0 }), gives(floats, "argmin", [[0, -0]], [0], { axis: 0 })],
  "argmax, argmin | no elements": [
    () => {
      for (const op of ["argmax", "argmin"]) {
        const b = createBuilder();
        expect(() => b.make(op, [b.parameter(0, "x", { dtype: "f32", shape: [0] })], { axis: 0 })).toThrow(new RegExp(`^E208 ${op}`));
        const x = b.parameter(0, "x", { dtype: "f32", shape: [namedSize("n")] });
        const graph = { name: "f", parameters: [x], results: [b.make(op, [x], { axis: 0 })] };
        for (const [result] of [evaluateGraph(graph, [tensor("f32", [0], [])]), runOnWasm(graph, [tensor("f32", [0], [])], new Map([["n", 0]]))]) {
          expect([...result!.data]).toEqual([0]);
        }
      }
    },
  ],
};
