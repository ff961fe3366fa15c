// The section "Sorting".

import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import "../../ir/routines/sorting/index.ts";
import { errorOf } from "../error-of.ts";
import { compile, fn, input } from "damo";
import { topK } from "damo/sorting";
import { type Case, floats, gives, gradient, type Rows } from "./row.ts";

const inf = Infinity;
const nan = NaN;

/** One of the results of an op that has several. */
const resultOf = (op: string, index: number, attributes: Attributes): Case["op"] => (b, ...operands: Node[]) => b.result(b.make(op, operands, attributes), index);
const sorted = (index: number, descending = false) => resultOf("sort", index, { descending });
const first = (index: number, count: number, smallest = false) => resultOf("top_k", index, { count: [count], smallest });
const lines = ["f32", "f64", "i32", "u32", "i64"] as const;
const places = (line: readonly number[], value: number, right: boolean, place: number): Case =>
  gives(floats, (b, x, v) => b.convert(b.make("search_sorted", [x!, v!], { right }), x!.type.dtype), [line, [value]], [place]);
const indices = (op: Case["op"], line: readonly number[], order: readonly number[], dtypes: Case["dtypes"] = floats): Case =>
  gives(dtypes, (b, ...operands) => b.convert((op as (...args: unknown[]) => Node)(b, ...operands), operands[0]!.type.dtype), [line], order);

export const sorting: Rows = {
  "sort, top_k, search_sorted | NaN": [
    gives(floats, sorted(0), [[nan, 1, inf, -inf]], [-inf, 1, inf, nan]), gives(floats, sorted(0, true), [[1, nan, inf, -inf]], [nan, inf, 1, -inf]),
    indices(sorted(1), [nan, 1, nan], [1, 0, 2]), indices(sorted(1, true), [1, nan, nan], [1, 2, 0]),
    gives(floats, first(0, 2), [[1, nan, inf]], [nan, inf]), gives(floats, first(0, 2, true), [[nan, 1, inf]], [1, inf]),
    places([1, inf, nan, nan], nan, false, 2), places([1, inf, nan, nan], nan, true, 4), places([1, inf, nan, nan], inf, true, 2),
  ],
  "sort, top_k, search_sorted | zeros": [
    gives(floats, sorted(0), [[0, -0, -1, 0]], [-1, 0, -0, 0]), gives(floats, sorted(0, true), [[-0, 0, -1]], [-0, 0, -1]),
    gives(floats, first(0, 2), [[-1, -0, 0]], [-0, 0]), places([-1, -0, 0, 1], 0, false, 1), places([-1, -0, 0, 1], -0, true, 3),
  ],
  "sort, top_k | elements that are equal": [
    indices(sorted(1), [2, 1, 2, 1], [1, 3, 0, 2], lines), indices(sorted(1, true), [2, 1, 2, 1], [0, 2, 1, 3], lines),
    indices(first(1, 3), [2, 1, 2, 1], [0, 2, 1], lines), indices(first(1, 3, true), [2, 1, 2, 1], [1, 3, 0], lines),
  ],
  "sort, top_k | gradient at ties": [
    gradient((b, x) => b.mul(b.result(b.make("sort", [x!], { descending: false }), 0), b.convert(b.make("iota", [], { dtype: "i32", shape: [3], axis: 0 }), x!.type.dtype)), [[2, 1, 2]], [[1, 0, 2]]),
    gradient(first(0, 2), [[2, 3, 2]], [[1, 1, 0]]),
  ],
  "top_k | fewer elements than are asked for": [
    () => {
      const b = createBuilder();
      expect(errorOf(() => b.make("top_k", [b.parameter(0, "x", { dtype: "f32", shape: [2] })], { count: [3], smallest: false })).message).toBe("E205 top_k: 3 elements are asked for, of 2");
    },
    async () => {
      const x = input("x", ["n"]);
      const f = await compile(fn({ inputs: { x }, outputs: { y: topK(x, 3).values } }));
      expect(errorOf(() => f({ x: [1, 2] })).code).toBe("E604");
      expect(f({ x: [1, 2, 3] }).y.toArray()).toEqual([3, 2, 1]);
    },
  ],
  "search_sorted | a line that is not in ascending order": [
    // Whatever it is, it lies in the line.
    gives(floats, (b, x, v) => b.convert(b.binary("le", b.make("search_sorted", [x!, v!], { right: false }), b.full(3, "i32", [2])), x!.type.dtype), [[3, 1, 2], [0, 9]], [1, 1]),
  ],
};
