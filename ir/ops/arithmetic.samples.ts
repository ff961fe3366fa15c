// Documentation and samples of arithmetic. Expected values are closed forms.

import { type Sample, tensor } from "./sample.ts";

export const arithmeticDocs: Readonly<Record<string, string>> = {
  neg: "-x; integers wrap.",
  abs: "|x|; the smallest signed integer stays as it is.",
  sign: "-1, 0 or 1; zeros keep their sign, NaN stays NaN.",
  add: "x + y; integers wrap.",
  sub: "x - y; integers wrap.",
  mul: "x y; integers wrap.",
  div: "x / y; integers truncate towards 0, and x / 0 = 0.",
  rem: "x - y floor(x / y), with the sign of y (Python's %); integers: 0 where y = 0.",
  floor_div: "floor(x / y); integers: 0 where y = 0.",
  pow: "x^y; integers wrap, and a negative exponent gives the reciprocal truncated to an integer.",
  max: "The larger operand; NaN if either is NaN; -0 < +0. At a tie half of the gradient goes to each.",
  min: "The smaller operand; NaN if either is NaN; -0 < +0. At a tie half of the gradient goes to each.",
  clamp: "clamp(x, low, high) = min(max(x, low), high). The gradient passes to x where low <= x <= high.",
};

const x = [0.5, -1.25, 3, -4];
const y = [2, 0.75, -0.5, -1.5];

const pair = (op: string, expected: readonly number[]): readonly Sample[] => [
  { op, name: "f64", inputs: [tensor("f64", [4], x), tensor("f64", [4], y)], expected },
  { op, name: "f32", inputs: [tensor("f32", [2, 2], x), tensor("f32", [2, 2], y)], expected },
];

const special = [0, -0, 1, Infinity, -Infinity, Number.NaN];
const nan = Number.NaN;

export const arithmeticSamples: readonly Sample[] = [
  { op: "neg", name: "f64", inputs: [tensor("f64", [4], x)], expected: [-0.5, 1.25, -3, 4] },
  { op: "neg", name: "i32 wraps", inputs: [tensor("i32", [3], [5, -7, -(2 ** 31)])], expected: [-5, 7, -(2 ** 31)] },
  { op: "neg", name: "zeros and infinities", inputs: [tensor("f32", [6], special)], expected: [-0, 0, -1, -Infinity, Infinity, nan], smooth: false },
  { op: "abs", name: "f64", inputs: [tensor("f64", [4], x)], expected: [0.5, 1.25, 3, 4] },
  { op: "abs", name: "i8 wraps", inputs: [tensor("i8", [3], [5, -7, -128])], expected: [5, 7, -128] },
  { op: "abs", name: "u32", inputs: [tensor("u32", [2], [0, 2 ** 32 - 1])], expected: [0, 2 ** 32 - 1] },
  { op: "sign", name: "f64", inputs: [tensor("f64", [4], x)], expected: [1, -1, 1, -1] },
  { op: "sign", name: "zeros and infinities", inputs: [tensor("f32", [6], special)], expected: [0, -0, 1, 1, -1, nan], smooth: false },
  { op: "sign", name: "i64", inputs: [tensor("i64", [3], [-(2n ** 63n), 0n, 9n])], expected: [-1n, 0n, 1n] },
  ...pair("add", [2.5, -0.5, 2.5, -5.5]),
  { op: "add", name: "i32 wraps", inputs: [tensor("i32", [2], [2 ** 31 - 1, -5]), tensor("i32", [2], [1, 3])], expected: [-(2 ** 31), -2] },
  ...pair("sub", [-1.5, -2, 3.5, -2.5]),
  { op: "sub", name: "u8 wraps", inputs: [tensor("u8", [2], [3, 200]), tensor("u8", [2], [5, 100])], expected: [254, 100] },
  ...pair("mul", [1, -0.9375, -1.5, 6]),
  { op: "mul", name: "i32 wraps", inputs: [tensor("i32", [2], [123456789, -3]), tensor("i32", [2], [987654321, 7])], expected: [-67153019, -21] },
  { op: "mul", name: "i64 wraps", inputs: [tensor("i64", [2], [2n ** 40n, -3n]), tensor("i64", [2], [2n ** 30n, 7n])], expected: [0n, -21n] },
  { op: "div", name: "f64", inputs: [tensor("f64", [4], x), tensor("f64", [4], y)], expected: [0.25, -1.25 / 0.75, -6, 4 / 1.5] },
  { op: "div", name: "by zero", inputs: [tensor("f32", [4], [1, -1, 0, 1]), tensor("f32", [4], [0, 0, 0, -0])], expected: [Infinity, -Infinity, nan, -Infinity], smooth: false },
  { op: "div", name: "i32 edges", inputs: [tensor("i32", [4], [7, -7, 5, -(2 ** 31)]), tensor("i32", [4], [2, 2, 0, -1])], expected: [3, -3, 0, -(2 ** 31)] },
  { op: "rem", name: "f64 signs", inputs: [tensor("f64", [4], [5.5, -5.5, 5.5, -5.5]), tensor("f64", [4], [3, 3, -3, -3])], expected: [2.5, 0.5, -0.5, -2.5] },
  { op: "rem", name: "f32 edges", inputs: [tensor("f32", [5], [6, -6, 5, -5, 1]), tensor("f32", [5], [3, -3, Infinity, Infinity, 0])], expected: [0, -0, 5, Infinity, nan], smooth: false },
  { op: "rem", name: "i32 edges", inputs: [tensor("i32", [5], [7, -7, 7, 5, -(2 ** 31)]), tensor("i32", [5], [3, 3, -3, 0, -1])], expected: [1, 2, -2, 0, 0] },
  { op: "floor_div", name: "f64 signs", inputs: [tensor("f64", [4], [5.5, -5.5, 5.5, -5.5]), tensor("f64", [4], [3, 3, -3, -3])], expected: [1, -2, -2, 1] },
  { op: "floor_div", name: "f32 edges", inputs: [tensor("f32", [4], [1, -5, 5, 0]), tensor("f32", [4], [0, Infinity, Infinity, -2])], expected: [Infinity, -1, 0, -0], smooth: false },
  { op: "floor_div", name: "i32 edges", inputs: [tensor("i32", [5], [7, -7, 7, 5, -(2 ** 31)]), tensor("i32", [5], [3, 3, -3, 0, -1])], expected: [2, -3, -3, 0, -(2 ** 31)] },
  { op: "pow", name: "f64", inputs: [tensor("f64", [4], [2, 0.25, 9, 4]), tensor("f64", [4], [3, 2, 0.5, -1])], expected: [8, 0.0625, 3, 0.25], ulp: 1 },
  { op: "pow", name: "f32", inputs: [tensor("f32", [4], [1.5, 0.25, 9, 4]), tensor("f32", [4], [3.25, 2, 0.5, -1.75])] },
  { op: "pow", name: "edges", inputs: [tensor("f64", [6], [1, nan, -1, -8, 0, -0]), tensor("f64", [6], [nan, 0, Infinity, 3, -2, -3])], expected: [1, 1, 1, -512, Infinity, -Infinity], smooth: false },
  { op: "pow", name: "i32", inputs: [tensor("i32", [6], [3, 2, -2, -1, 5, 0]), tensor("i32", [6], [4, 31, 3, -3, -1, 0])], expected: [81, -(2 ** 31), -8, -1, 0, 1] },
  ...pair("max", [2, 0.75, 3, -1.5]),
  { op: "max", name: "NaN, zeros, ties", inputs: [tensor("f32", [4], [nan, -0, 1, 2]), tensor("f32", [4], [1, 0, nan, 2])], expected: [nan, 0, nan, 2], smooth: false },
  { op: "max", name: "u32", inputs: [tensor("u32", [2], [2 ** 32 - 1, 1]), tensor("u32", [2], [0, 2])], expected: [2 ** 32 - 1, 2] },
  ...pair("min", [0.5, -1.25, -0.5, -4]),
  { op: "min", name: "NaN, zeros, ties", inputs: [tensor("f32", [4], [nan, -0, 1, 2]), tensor("f32", [4], [1, 0, nan, 2])], expected: [nan, -0, nan, 2], smooth: false },
  { op: "clamp", name: "f64", inputs: [tensor("f64", [3], [-3, 0.5, 7]), tensor("f64", [3], [-1, -1, -1]), tensor("f64", [3], [2, 2, 2])], expected: [-1, 0.5, 2] },
  { op: "clamp", name: "f32", inputs: [tensor("f32", [4], [-3, nan, 7, 1]), tensor("f32", [4], [-1, -1, -1, 3]), tensor("f32", [4], [2, 2, 2, 2])], expected: [-1, nan, 2, 2], smooth: false },
  { op: "clamp", name: "i32", inputs: [tensor("i32", [3], [-3, 1, 7]), tensor("i32", [3], [-1, -1, -1]), tensor("i32", [3], [2, 2, 2])], expected: [-1, 1, 2] },
];
