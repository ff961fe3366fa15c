// Documentation and samples of rounding, classification, comparison, bits and conversion: ops with exact results.

import { type Sample, tensor } from "./sample.ts";

export const logicDocs: Readonly<Record<string, string>> = {
  floor: "The largest integer not above x.",
  ceil: "The smallest integer not below x.",
  trunc: "x without its fraction.",
  round: "The nearest integer, ties to even.",
  is_nan: "Whether x is NaN.",
  is_inf: "Whether x is +inf or -inf.",
  is_finite: "Whether x is neither NaN nor infinite.",
  eq: "x = y; false with a NaN.",
  ne: "x != y; true with a NaN.",
  lt: "x < y; false with a NaN.",
  le: "x <= y; false with a NaN.",
  gt: "x > y; false with a NaN.",
  ge: "x >= y; false with a NaN.",
  select: "select(condition, a, b): a where the condition holds, b elsewhere.",
  and: "Bits of both; on bools the conjunction.",
  or: "Bits of either; on bools the disjunction.",
  xor: "Bits of one but not both; on bools inequality.",
  not: "All bits inverted; on bools the negation.",
  shift_left: "x 2^count modulo the width; 0 for counts outside 0 ... width - 1.",
  shift_right: "floor(x / 2^count); counts outside 0 ... width - 1 leave the sign: 0 or -1.",
  convert: "The value in another dtype: floats to integers truncate and saturate (NaN: 0), integers wrap, to bool is x != 0.",
  bitcast: "The same bits as another dtype of the same width.",
};

const nan = Number.NaN;
const rounding = [2.5, -2.5, 0.5, -0.5, 3.7, -3.2, -0, Infinity, nan];
const round = (op: string, expected: readonly number[]): Sample =>
  ({ op, name: "edges", inputs: [tensor("f32", [9], rounding)], expected, smooth: false });
const smoothRound = (op: string, expected: readonly number[]): Sample =>
  ({ op, name: "f64", inputs: [tensor("f64", [4], [-1.75, -0.25, 0.75, 5.25])], expected });

const classify = (op: string, expected: readonly number[]): Sample =>
  ({ op, name: "f32", inputs: [tensor("f32", [5], [1, -0, nan, Infinity, -Infinity])], expected, smooth: false });

const compare = (op: string, floats: readonly number[], ints: readonly number[]): readonly Sample[] => [
  { op, name: "f32", inputs: [tensor("f32", [5], [1, 2, -0, nan, Infinity]), tensor("f32", [5], [2, 1, 0, nan, Infinity])], expected: floats, smooth: false },
  { op, name: "u32", inputs: [tensor("u32", [3], [2 ** 32 - 1, 5, 1]), tensor("u32", [3], [1, 5, 2 ** 31])], expected: ints },
  { op, name: "i64", inputs: [tensor("i64", [3], [2n ** 62n, 5n, -1n]), tensor("i64", [3], [2n ** 62n - 1n, 5n, 2n ** 31n])], expected: ints },
];

const bits = (op: string, ints: readonly number[], bools: readonly number[]): readonly Sample[] => [
  { op, name: "i32", inputs: [tensor("i32", [3], [12, -1, 0x0f0f]), tensor("i32", [3], [10, 255, -0x100])], expected: ints },
  { op, name: "bool", inputs: [tensor("bool", [4], [0, 0, 1, 1]), tensor("bool", [4], [0, 1, 0, 1])], expected: bools },
];

const convert = (name: string, from: Sample["inputs"][number], dtype: string, expected: readonly (number | bigint)[]): Sample =>
  ({ op: "convert", name, inputs: [from], attributes: { dtype }, expected, smooth: false });

export const logicSamples: readonly Sample[] = [
  round("floor", [2, -3, 0, -1, 3, -4, -0, Infinity, nan]), smoothRound("floor", [-2, -1, 0, 5]),
  round("ceil", [3, -2, 1, -0, 4, -3, -0, Infinity, nan]), smoothRound("ceil", [-1, -0, 1, 6]),
  round("trunc", [2, -2, 0, -0, 3, -3, -0, Infinity, nan]), smoothRound("trunc", [-1, -0, 0, 5]),
  round("round", [2, -2, 0, -0, 4, -3, -0, Infinity, nan]), smoothRound("round", [-2, -0, 1, 5]),
  classify("is_nan", [0, 0, 1, 0, 0]), classify("is_inf", [0, 0, 0, 1, 1]), classify("is_finite", [1, 1, 0, 0, 0]),
  ...compare("eq", [0, 0, 1, 0, 1], [0, 1, 0]), ...compare("ne", [1, 1, 0, 1, 0], [1, 0, 1]),
  ...compare("lt", [1, 0, 0, 0, 0], [0, 0, 1]), ...compare("le", [1, 0, 1, 0, 1], [0, 1, 1]),
  ...compare("gt", [0, 1, 0, 0, 0], [1, 0, 0]), ...compare("ge", [0, 1, 1, 0, 1], [1, 1, 0]),
  {
    op: "select", name: "f64",
    inputs: [tensor("bool", [4], [1, 0, 1, 0]), tensor("f64", [4], [1, 2, 3, 4]), tensor("f64", [4], [-1, -2, -3, -4])],
    expected: [1, -2, 3, -4],
  },
  {
    op: "select", name: "NaN of the side not taken",
    inputs: [tensor("bool", [2], [1, 0]), tensor("f32", [2], [1, nan]), tensor("f32", [2], [nan, 2])], expected: [1, 2], smooth: false,
  },
  {
    op: "select", name: "i64", inputs: [tensor("bool", [2], [1, 0]), tensor("i64", [2], [2n ** 60n, 1n]), tensor("i64", [2], [0n, -5n])],
    expected: [2n ** 60n, -5n],
  },
  ...bits("and", [8, 255, 0x0f00], [0, 0, 0, 1]),
  ...bits("or", [14, -1, -0xf1], [0, 1, 1, 1]),
  ...bits("xor", [6, -256, -4081], [0, 1, 1, 0]),
  { op: "not", name: "u8", inputs: [tensor("u8", [3], [0, 255, 15])], expected: [255, 0, 240] },
  { op: "not", name: "bool", inputs: [tensor("bool", [2], [0, 1])], expected: [1, 0] },
  { op: "shift_left", name: "i32 counts", inputs: [tensor("i32", [5], [1, -1, 1, 1, 3]), tensor("i32", [5], [31, 4, 32, -1, 0])], expected: [-(2 ** 31), -16, 0, 0, 3] },
  { op: "shift_left", name: "u8", inputs: [tensor("u8", [3], [255, 1, 1]), tensor("u8", [3], [4, 7, 8])], expected: [240, 128, 0] },
  { op: "shift_right", name: "i32 counts", inputs: [tensor("i32", [5], [-8, 8, -1, 5, 7]), tensor("i32", [5], [1, 1, 40, 40, -1])], expected: [-4, 4, -1, 0, 0] },
  { op: "shift_right", name: "u32", inputs: [tensor("u32", [3], [2 ** 32 - 1, 2 ** 31, 1]), tensor("u32", [3], [28, 31, 32])], expected: [15, 1, 0] },
  convert("f32 to i32 saturates", tensor("f32", [6], [2.7, -2.7, 3e9, -3e9, nan, -0]), "i32", [2, -2, 2 ** 31 - 1, -(2 ** 31), 0, 0]),
  convert("f64 to u8 saturates", tensor("f64", [4], [255.9, 300, -1, 7.5]), "u8", [255, 255, 0, 7]),
  convert("i32 to i8 wraps", tensor("i32", [4], [127, 128, -129, 256]), "i8", [127, -128, 127, 0]),
  convert("i64 to f32 rounds once", tensor("i64", [2], [2n ** 60n + 2n ** 36n + 1n, -3n]), "f32", [2 ** 60 + 2 ** 37, -3]),
  convert("f32 to bool", tensor("f32", [4], [0, -0, nan, 0.5]), "bool", [0, 0, 1, 1]),
  convert("bool to f32", tensor("bool", [2], [0, 1]), "f32", [0, 1]),
  convert("i32 to u32", tensor("i32", [2], [-1, 5]), "u32", [2 ** 32 - 1, 5]),
  { op: "convert", name: "f64 to f32", inputs: [tensor("f64", [2], [0.5, -3.25])], attributes: { dtype: "f32" }, expected: [0.5, -3.25] },
  { op: "convert", name: "f32 to f64", inputs: [tensor("f32", [2], [0.5, -3.25])], attributes: { dtype: "f64" }, expected: [0.5, -3.25] },
  { op: "bitcast", name: "f32 to i32", inputs: [tensor("f32", [3], [1, -0, Infinity])], attributes: { dtype: "i32" }, expected: [0x3f800000, -(2 ** 31), 0x7f800000], smooth: false },
  { op: "bitcast", name: "i64 to f64", inputs: [tensor("i64", [2], [0x3ff0000000000000n, 1n])], attributes: { dtype: "f64" }, expected: [1, 5e-324], smooth: false },
  { op: "bitcast", name: "u8 to i8", inputs: [tensor("u8", [2], [255, 1])], attributes: { dtype: "i8" }, expected: [-1, 1] },
];
