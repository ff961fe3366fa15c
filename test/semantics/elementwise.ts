// The section "Elementwise operations".

import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { bool, floats, gives, integers, type Rows, signed } from "./row.ts";

const { PI } = Math;
const inf = Infinity;
const nan = NaN;
const ones = 0xffffffff;
const [f16, f32, f64, i8, u8, i32, u32, i64] = [["f16"], ["f32"], ["f64"], ["i8"], ["u8"], ["i32"], ["u32"], ["i64"]] as const;

export const elementwise: Rows = {
  "all on floats | NaN payloads and the sign of NaN": [
    // That it is NaN is all that holds.
    gives(floats, "div", [[0, -0, inf], [0, 0, -inf]], [nan, nan, nan]),
    gives(floats, "neg", [[nan]], [nan]),
  ],
  "all on f32 | intermediate precision": [
    // (1 + 2^-12)^2 is 1 + 2^-11 + 2^-24, a tie that is rounded to even before the subtraction.
    gives(f32, (b, x, y) => b.sub(b.mul(x!, x!), y!), [[1 + 2 ** -12], [1 + 2 ** -11]], [0]),
    // 2^24 + 1 is not an f32.
    gives(f32, (b, x, y) => b.sub(b.add(x!, y!), x!), [[2 ** 24], [1]], [0]),
  ],
  "all on f16 | intermediate precision": [
    // (1 + 2^-10)^2 is 1 + 2^-9 + 2^-20; 2^11 + 1 is no half, and 3 / 2^25 is a tie of subnormals.
    gives(f16, (b, x, y) => b.sub(b.mul(x!, x!), y!), [[1 + 2 ** -10], [1 + 2 ** -9]], [0]),
    gives(f16, (b, x, y) => b.sub(b.add(x!, y!), x!), [[2 ** 11], [1]], [0]),
    gives(f16, "mul", [[2 ** -14, 60000, 3 * 2 ** -24], [2 ** -10, 2, 0.5]], [2 ** -24, inf, 2 ** -23]),
    // 1/3 is 1365.33 / 2^12, the root of 2 is 1448.15 / 2^10.
    gives(f16, "div", [[1], [3]], [1365 / 4096]), gives(f16, "sqrt", [[2]], [1448 / 1024]),
    // e is 1391.77 / 2^9.
    gives(f16, "exp", [[0, 1, 12]], [1, 1392 / 512, inf]),
  ],
  "add sub mul neg abs pow on integers | overflow": [
    gives(i8, "add", [[127, -128], [1, -1]], [-128, 127]),
    gives(u8, "add", [[200], [100]], [44]),
    gives(u8, "sub", [[0], [1]], [255]),
    gives(i32, "mul", [[65536, 2147483647], [65536, 2]], [0, -2]),
    gives(u32, "mul", [[4294967295], [4294967295]], [1]),
    gives(i64, "add", [[2n ** 63n - 1n], [1n]], [-(2n ** 63n)]),
    gives(i64, "mul", [[2n ** 62n], [6n]], [-(2n ** 63n)]),
    gives(i8, "neg", [[-128]], [-128]),
    gives(i8, "abs", [[-128, -127]], [-128, 127]),
    gives(i32, "abs", [[-2147483648]], [-2147483648]),
    gives(i64, "neg", [[-(2n ** 63n)]], [-(2n ** 63n)]),
    // 3^21 = 10460353203.
    gives(i32, "pow", [[2, 3], [31, 21]], [-2147483648, 10460353203 - 2 * 2 ** 32]),
  ],
  "div on floats | x / ±0": [gives(floats, "div", [[1, -1, 1, -1, 0], [0, 0, -0, -0, -0]], [inf, -inf, -inf, inf, nan])],
  "div on integers | fraction": [
    gives(signed, "div", [[7, -7, 7, -7], [2, 2, -2, -2]], [3, -3, -3, 3]),
    gives(["u8", "u32"], "div", [[255], [2]], [127]),
  ],
  "div, rem, floor_div on integers | divisor 0": ["div", "rem", "floor_div"].map((op) => gives(integers, op, [[5, 0, 100], [0, 0, 0]], [0, 0, 0])),
  "div, floor_div on integers | smallest value / -1": [
    ...["div", "floor_div"].flatMap((op) => [
      gives(i8, op, [[-128], [-1]], [-128]), gives(i32, op, [[-2147483648], [-1]], [-2147483648]), gives(i64, op, [[-(2n ** 63n)], [-1n]], [-(2n ** 63n)]),
    ]),
    gives(i8, "rem", [[-128], [-1]], [0]), gives(i32, "rem", [[-2147483648], [-1]], [0]), gives(i64, "rem", [[-(2n ** 63n)], [-1n]], [0n]),
  ],
  "rem | sign": [
    gives(signed, "rem", [[7, -7, 7, -7, 6], [3, 3, -3, -3, -3]], [1, 2, -2, -1, 0]),
    gives(floats, "rem", [[7, -7, 7, -7, 6, -6, 0, -0], [3, 3, -3, -3, -3, 3, -3, 3]], [1, 2, -2, -1, -0, 0, -0, 0]),
  ],
  "rem on floats | divisor 0, or infinite dividend": [gives(floats, "rem", [[1, 0, inf, -inf, inf], [0, -0, 2, 2, inf]], [nan, nan, nan, nan, nan])],
  "rem on floats | infinite divisor": [gives(floats, "rem", [[5, -5, 5, -5, 0], [inf, -inf, -inf, inf, inf]], [5, -5, -inf, inf, 0])],
  "floor_div on floats | divisor 0": [gives(floats, "floor_div", [[1, -1, 1, 0], [0, 0, -0, 0]], [inf, -inf, -inf, nan])],
  "floor_div on floats | quotient between whole numbers": [
    // As NumPy: 1 // 0.1 is 9, though 1 / 0.1 is 10.
    gives(floats, "floor_div", [[7, -7, 7, -7], [2, 2, -2, -2]], [3, -4, -4, 3]),
    gives(f64, "floor_div", [[1, -1, 0.3], [0.1, 0.1, 0.1]], [9, -10, 2]),
  ],
  "pow on floats | x^0, 1^y": [gives(floats, "pow", [[0, nan, inf, -3, 1, 1, 1], [0, 0, -0, 0, nan, inf, -7.5]], [1, 1, 1, 1, 1, 1, 1])],
  "pow on floats | (-1)^±inf": [gives(floats, "pow", [[-1, -1], [inf, -inf]], [1, 1])],
  "pow on floats | negative base, fractional exponent": [gives(floats, "pow", [[-8, -0.5], [1 / 3, 2.5]], [nan, nan])],
  "pow on integers | negative exponent": [gives(signed, "pow", [[1, -1, -1, 2, 0, -7], [-5, -3, -2, -1, -1, -1]], [1, -1, 1, 0, 0, 0])],
  "max, min, clamp | NaN operand": [
    ...["max", "min"].map((op) => gives(floats, op, [[nan, 1, nan, inf], [1, nan, nan, nan]], [nan, nan, nan, nan])),
    gives(floats, "clamp", [[nan, 1, 1], [0, nan, 0], [2, 2, nan]], [nan, nan, nan]),
  ],
  "max, min | zeros": [
    gives(floats, "max", [[-0, 0, -0], [0, -0, -0]], [0, 0, -0]),
    gives(floats, "min", [[-0, 0, 0], [0, -0, 0]], [-0, -0, 0]),
  ],
  "clamp | low > high": [gives([...floats, ...integers], "clamp", [[0, 5, 20], [10, 10, 10], [3, 3, 3]], [3, 3, 3])],
  "sign | ±0, NaN": [gives(floats, "sign", [[0, -0, nan, -inf, 3]], [0, -0, nan, -1, 1])],
  "round | ties": [gives(floats, "round", [[0.5, 1.5, 2.5, -0.5, -1.5, -2.5]], [0, 2, 2, -0, -2, -2])],
  "floor ceil trunc round | results that are 0": [
    gives(floats, "floor", [[-0, 0.5]], [-0, 0]), gives(floats, "ceil", [[-0, -0.5]], [-0, -0]),
    gives(floats, "trunc", [[-0, -0.5, 0.5]], [-0, -0, 0]), gives(floats, "round", [[-0, -0.4, 0.4]], [-0, -0, 0]),
  ],
  "eq lt le gt ge | NaN operand": [
    ...["eq", "lt", "le", "gt", "ge"].map((op) => gives(floats, op, [[nan, 1, nan], [1, nan, nan]], [0, 0, 0])),
    gives(floats, "ne", [[nan, 1, nan], [1, nan, nan]], [1, 1, 1]),
  ],
  "comparisons on bool | order": [
    gives(["bool"], "lt", [[0, 0, 1, 1], [0, 1, 0, 1]], [0, 1, 0, 0]), gives(["bool"], "ge", [[0, 0, 1, 1], [0, 1, 0, 1]], [1, 0, 1, 1]),
  ],
  "shift_left | count negative or at least the width": [
    gives(i32, "shift_left", [[1, 1, 1, 1], [-1, 32, 31, 0]], [0, 0, -2147483648, 1]),
    gives(u8, "shift_left", [[1, 1, 3], [8, 7, 255]], [0, 128, 0]), gives(i8, "shift_left", [[1, 1], [8, -1]], [0, 0]),
    gives(i64, "shift_left", [[1n, 1n, 1n], [64n, -1n, 62n]], [0n, 0n, 2n ** 62n]),
  ],
  "shift_right | count negative or at least the width": [
    gives(i32, "shift_right", [[-5, 5, -5, 5], [32, 40, -1, -1]], [-1, 0, -1, 0]),
    gives(i8, "shift_right", [[-128, 127], [8, 8]], [-1, 0]), gives(u8, "shift_right", [[255], [8]], [0]),
    gives(u32, "shift_right", [[4294967295], [33]], [0]), gives(i64, "shift_right", [[-5n, 5n], [64n, -1n]], [-1n, 0n]),
  ],
  "shift_right | kind": [
    gives(signed, "shift_right", [[-8, -1, 7], [1, 3, 1]], [-4, -1, 3]),
    gives(u8, "shift_right", [[200], [1]], [100]), gives(u32, "shift_right", [[2147483648], [31]], [1]),
  ],
  "select | the side not taken": [
    gives(floats, "select", [bool(1, 0, 1), [1, nan, -0], [nan, 2, inf]], [1, 2, -0]),
    { op: "select", dtypes: floats, operands: [bool(1, 0), [1, nan], [inf, 2]], gradient: [[1, 0], [0, 1]] },
  ],
  "convert float to integer | fraction": [
    gives(floats, "convert", [[1.9, -1.9, 0.5, -0.5]], [1, -1, 0, 0], { dtype: "i32" }), gives(floats, "convert", [[1.9, -1.9]], [1n, -1n], { dtype: "i64" }),
    gives(floats, "convert", [[-7.7, 7.7]], [-7, 7], { dtype: "i8" }),
  ],
  "convert float to integer | out of range, NaN": [
    gives(floats, "convert", [[3e9, -3e9, inf, -inf, nan]], [2147483647, -2147483648, 2147483647, -2147483648, 0], { dtype: "i32" }),
    gives(floats, "convert", [[5e9, -1, nan]], [4294967295, 0, 0], { dtype: "u32" }),
    gives(floats, "convert", [[300, -1, inf, nan]], [255, 0, 255, 0], { dtype: "u8" }), gives(floats, "convert", [[300, -300]], [127, -128], { dtype: "i8" }),
    gives(floats, "convert", [[1e30, -inf, nan]], [2n ** 63n - 1n, -(2n ** 63n), 0n], { dtype: "i64" }),
  ],
  "convert integer to integer | out of range": [
    gives(i32, "convert", [[300, -1]], [44, 255], { dtype: "u8" }), gives(i32, "convert", [[200]], [-56], { dtype: "i8" }),
    gives(u32, "convert", [[2147483648]], [-2147483648], { dtype: "i32" }), gives(i64, "convert", [[2n ** 32n + 5n, -1n]], [5, -1], { dtype: "i32" }),
    gives(i32, "convert", [[-1]], [4294967295], { dtype: "u32" }), gives(i8, "convert", [[-1]], [-1n], { dtype: "i64" }),
  ],
  "convert integer to float | not representable": [
    gives(i32, "convert", [[16777217, 16777219, -16777217]], [16777216, 16777220, -16777216], { dtype: "f32" }),
    gives(u32, "convert", [[4294967295]], [4294967296], { dtype: "f32" }),
    gives(i64, "convert", [[2n ** 53n + 1n, 2n ** 53n + 3n]], [2 ** 53, 2 ** 53 + 4], { dtype: "f64" }),
    // By way of f64 this would be a tie, and 2^60.
    gives(i64, "convert", [[2n ** 60n + 2n ** 36n + 1n]], [2 ** 60 + 2 ** 37], { dtype: "f32" }),
  ],
  "convert to f16 | not representable": [
    gives(floats, "convert", [[2049, 2051, -2049, 65519, 65520, -1e9, 2 ** -25, 3 * 2 ** -25, nan]], [2048, 2052, -2048, 65504, inf, -inf, 0, 2 ** -23, nan], { dtype: "f16" }),
    // In f32 this would be a tie, 2049.
    gives(f64, "convert", [[2049 + 2 ** -30]], [2050], { dtype: "f16" }),
    gives(i32, "convert", [[2049, 70000]], [2048, inf], { dtype: "f16" }),
  ],
  "convert to bool | ": [
    gives(floats, "convert", [[nan, 0, -0, 0.5, inf]], [1, 0, 0, 1, 1], { dtype: "bool" }), gives(integers, "convert", [[0, 1, 100]], [0, 1, 1], { dtype: "bool" }),
    gives(i32, "convert", [[256]], [1], { dtype: "bool" }), gives(i64, "convert", [[2n ** 40n]], [1], { dtype: "bool" }),
  ],
  "bitcast | widths": [
    gives(f32, "bitcast", [[1, -0]], [0x3f800000, -2147483648], { dtype: "i32" }), gives(f64, "bitcast", [[1]], [0x3ffn << 52n], { dtype: "i64" }),
    gives(i8, "bitcast", [[-1]], [255], { dtype: "u8" }),
    () => {
      const b = createBuilder();
      for (const [from, to] of [["f32", "f64"], ["u8", "bool"], ["bool", "u8"], ["i64", "i32"]] as const) {
        expect(() => b.make("bitcast", [b.parameter(0, "x", { dtype: from, shape: [1] })], { dtype: to }), `${from} to ${to}`).toThrow(/^E\d{3} bitcast: /);
      }
    },
  ],
  "sqrt log log2 log1p asin acos acosh atanh erfinv | outside the domain": [
    ...["sqrt", "log", "log2"].map((op) => gives(floats, op, [[-1, -1e-30, -inf]], [nan, nan, nan])),
    gives(floats, "log1p", [[-1.5, -inf]], [nan, nan]), gives(floats, "acosh", [[0.5, -1, -inf]], [nan, nan, nan]),
    ...["asin", "acos", "atanh", "erfinv"].map((op) => gives(floats, op, [[1.5, -1.5, inf, -inf]], [nan, nan, nan, nan])),
  ],
  "log log2, log1p | at 0, at -1": [
    gives(floats, "log", [[0, -0]], [-inf, -inf]), gives(floats, "log2", [[0, -0]], [-inf, -inf]), gives(floats, "log1p", [[-1]], [-inf]),
  ],
  "rsqrt | ±0": [gives(floats, "rsqrt", [[0, -0]], [inf, -inf])],
  "atanh, erfinv | ±1": ["atanh", "erfinv"].map((op) => gives(floats, op, [[1, -1]], [inf, -inf])),
  "sin cos tan | ±inf": ["sin", "cos", "tan"].map((op) => gives(floats, op, [[inf, -inf]], [nan, nan])),
  "atan2 | zeros and infinities": [
    gives(floats, "atan2", [[0, -0, 0, -0, inf, -inf, inf, -inf], [-0, -0, 0, 0, -inf, -inf, inf, inf]], [PI, -PI, 0, -0, 3 * PI / 4, -3 * PI / 4, PI / 4, -PI / 4]),
  ],
  "lgamma | 0, -1, -2, ..., ±inf": [gives(floats, "lgamma", [[0, -0, -1, -2, -100, inf, -inf]], [inf, inf, inf, inf, inf, inf, inf])],
  "digamma | 0, -0": [gives(floats, "digamma", [[0, -0]], [-inf, inf])],
  "threefry | word": [
    // Keys, then counters: the known answers of Random123.
    gives(u32, "threefry", [[0, ones, 0x13198a2e], [0, ones, 0x03707344], [0, ones, 0x243f6a88], [0, ones, 0x85a308d3]], [0x6b200159, 0x1cb996fc, 0xc4923a9c], { word: 0 }),
    gives(u32, "threefry", [[0, ones, 0x13198a2e], [0, ones, 0x03707344], [0, ones, 0x243f6a88], [0, ones, 0x85a308d3]], [0x99ba4efe, 0xbb002be7, 0x483df7a0], { word: 1 }),
  ],
  "permute | x at least n, or n = 0": [
    // There is a result, whatever it is; where x < n it is one of a permutation.
    () => {
      const b = createBuilder();
      const operands = [[0, 1, 2, 3, 0, 7, ones], [4, 4, 4, 4, 0, 4, 1], [5, 5, 5, 5, 5, 5, 5], [9, 9, 9, 9, 9, 9, 9]].map((values) => tensor("u32", [7], values));
      const parameters = operands.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
      const graph = { name: "f", parameters, results: [b.make("permute", parameters)] };
      for (const [result] of [evaluateGraph(graph, operands), runOnWasm(graph, operands, new Map())]) {
        expect(result!.data).toHaveLength(7);
        expect([...(result!.data as Uint32Array).subarray(0, 4)].sort()).toEqual([0, 1, 2, 3]);
      }
    },
  ],
  "digamma | -1, -2, ..., -inf": [gives(floats, "digamma", [[-1, -2, -100, -inf]], [nan, nan, nan, nan])],
};
