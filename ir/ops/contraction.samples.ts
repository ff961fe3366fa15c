// Documentation and samples of products of matrices, convolutions and sliding windows. Expected values are worked out
// by hand.

import { type Sample, tensor } from "./sample.ts";

export const contractionDocs: Readonly<Record<string, string>> = {
  dot_general: "Sums of products over pairs of contracted axes, for each pair of batch axes; result axes: batch, free axes of the left operand, free axes of the right.",
  conv_general: "Cross-correlation. Operand N, spatial..., C; kernel spatial..., C / groups, O; result N, spatial..., O. Padding `low` and `high` may crop; `lhs_dilation` spreads the operand, `rhs_dilation` the kernel.",
  conv_filter_gradient: "The transpose of `conv_general` by the kernel, of the operand and the cotangent of the result; `window` has the kernel's spatial sizes.",
  windows: "Every window of the operand, padded with `value`: shape counts ++ window.",
  overlap_add: "The transpose of `windows`: what came from one place is summed there; `shape` is the shape before the windows were taken.",
  reduce_window: "The sum, max or min of every window; padding never wins. Ties share the gradient.",
};

const ramp = (count: number, first = 1, step = 1): readonly number[] => Array.from({ length: count }, (_, i) => first + i * step);
const matrix = { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] };
const plain = { lhs_dilation: [1], rhs_dilation: [1], groups: 1, batch_groups: 1 };
const line = { strides: [1], dilation: [1], low: [0], high: [0] };
const plane = { window: [2, 2], strides: [1, 1], dilation: [1, 1], low: [0, 0], high: [0, 0] };

export const contractionSamples: readonly Sample[] = [
  { op: "dot_general", name: "matrix product", inputs: [tensor("f64", [2, 3], ramp(6)), tensor("f64", [3, 2], ramp(6))], attributes: matrix, expected: [22, 28, 49, 64] },
  { op: "dot_general", name: "f32", inputs: [tensor("f32", [2, 3], ramp(6)), tensor("f32", [3, 2], ramp(6))], attributes: matrix, expected: [22, 28, 49, 64] },
  { op: "dot_general", name: "first axes", inputs: [tensor("f32", [2, 2], ramp(4)), tensor("f32", [2, 2], ramp(4))], attributes: { ...matrix, lhs_contract: [0] }, expected: [10, 14, 14, 20] },
  { op: "dot_general", name: "batch", inputs: [tensor("f64", [2, 2], ramp(4)), tensor("f64", [2, 2], ramp(4))], attributes: { lhs_contract: [1], rhs_contract: [1], lhs_batch: [0], rhs_batch: [0] }, expected: [5, 25] },
  { op: "dot_general", name: "outer product", inputs: [tensor("f64", [2], [1, 2]), tensor("f64", [2], [3, 4])], attributes: { lhs_contract: [], rhs_contract: [], lhs_batch: [], rhs_batch: [] }, expected: [3, 4, 6, 8] },
  { op: "dot_general", name: "i32 wraps", inputs: [tensor("i32", [1, 2], [2 ** 30, 1]), tensor("i32", [2, 1], [4, 5])], attributes: matrix, expected: [5] },
  { op: "dot_general", name: "i64 wraps", inputs: [tensor("i64", [1, 2], [2n ** 62n, 1n]), tensor("i64", [2, 1], [4n, -5n])], attributes: matrix, expected: [-5n] },
  { op: "dot_general", name: "nothing to sum", inputs: [tensor("f32", [1, 0], []), tensor("f32", [0, 2], [])], attributes: matrix, expected: [0, 0] },
  { op: "conv_general", name: "line", inputs: [tensor("f64", [1, 4, 1], ramp(4)), tensor("f64", [2, 1, 1], [1, 10])], attributes: { ...plain, strides: [1], low: [0], high: [0] }, expected: [21, 32, 43] },
  { op: "conv_general", name: "stride and padding", inputs: [tensor("f32", [1, 4, 1], ramp(4)), tensor("f32", [3, 1, 1], [1, 10, 100])], attributes: { ...plain, strides: [2], low: [1], high: [1] }, expected: [210, 432] },
  { op: "conv_general", name: "spread operand", inputs: [tensor("f64", [1, 2, 1], [1, 2]), tensor("f64", [2, 1, 1], [1, 10])], attributes: { ...plain, strides: [1], low: [1], high: [1], lhs_dilation: [2] }, expected: [10, 1, 20, 2] },
  { op: "conv_general", name: "spread kernel", inputs: [tensor("f32", [1, 4, 1], ramp(4)), tensor("f32", [2, 1, 1], [1, 10])], attributes: { ...plain, strides: [1], low: [0], high: [0], rhs_dilation: [2] }, expected: [31, 42] },
  { op: "conv_general", name: "two groups", inputs: [tensor("f64", [1, 2, 2], ramp(4)), tensor("f64", [1, 1, 2], [10, 100])], attributes: { ...plain, strides: [1], low: [0], high: [0], groups: 2 }, expected: [10, 200, 30, 400] },
  { op: "conv_general", name: "two groups of the batch", inputs: [tensor("f64", [2, 2, 1], ramp(4)), tensor("f64", [1, 1, 2], [10, 100])], attributes: { ...plain, strides: [1], low: [0], high: [0], batch_groups: 2 }, expected: [10, 300, 20, 400] },
  {
    op: "conv_general", name: "plane with channels", inputs: [tensor("f32", [1, 2, 2, 2], ramp(8)), tensor("f32", [2, 2, 2, 1], [1, 0, 0, 1, 1, 0, 0, 1])],
    attributes: { strides: [1, 1], low: [0, 0], high: [0, 0], lhs_dilation: [1, 1], rhs_dilation: [1, 1], groups: 1, batch_groups: 1 }, expected: [18],
  },
  { op: "conv_filter_gradient", name: "line", inputs: [tensor("f64", [1, 4, 1], ramp(4)), tensor("f64", [1, 3, 1], [1, 10, 100])], attributes: { ...plain, strides: [1], low: [0], high: [0], window: [2] }, expected: [321, 432] },
  { op: "conv_filter_gradient", name: "stride, padding and a batch", inputs: [tensor("f32", [2, 3, 1], ramp(6)), tensor("f32", [2, 2, 1], [1, 10, 100, 1000])], attributes: { ...plain, strides: [2], low: [1], high: [1], window: [3] }, expected: [5020, 6431, 502] },
  { op: "conv_filter_gradient", name: "two groups", inputs: [tensor("f64", [1, 2, 2], ramp(4)), tensor("f64", [1, 2, 2], [1, 10, 100, 1000])], attributes: { ...plain, strides: [1], low: [0], high: [0], groups: 2, window: [1] }, expected: [301, 4020] },
  { op: "windows", name: "line", inputs: [tensor("f32", [4], ramp(4))], attributes: { ...line, window: [2], value: 0 }, expected: [1, 2, 2, 3, 3, 4] },
  { op: "windows", name: "padding, stride and dilation", inputs: [tensor("f64", [4], ramp(4))], attributes: { window: [2], strides: [2], dilation: [2], low: [1], high: [0], value: -1 }, expected: [-1, 2, 2, 4] },
  { op: "windows", name: "plane", inputs: [tensor("f32", [2, 3], ramp(6))], attributes: { ...plane, value: 0 }, expected: [1, 2, 4, 5, 2, 3, 5, 6] },
  { op: "overlap_add", name: "line", inputs: [tensor("f32", [3, 2], ramp(6))], attributes: { ...line, window: [2], shape: [4] }, expected: [1, 5, 9, 6] },
  { op: "overlap_add", name: "stride and padding", inputs: [tensor("f64", [2, 3], ramp(6))], attributes: { window: [3], strides: [2], dilation: [1], low: [1], high: [1], shape: [4] }, expected: [2, 7, 5, 6] },
  { op: "reduce_window", name: "sums", inputs: [tensor("f64", [4], ramp(4))], attributes: { ...line, kind: "sum", window: [2] }, expected: [3, 5, 7] },
  { op: "reduce_window", name: "maxima, padded", inputs: [tensor("f32", [4], [-1, -4, -2, -3])], attributes: { kind: "max", window: [2], strides: [2], dilation: [1], low: [1], high: [1] }, expected: [-1, -2, -3] },
  { op: "reduce_window", name: "minima of a plane", inputs: [tensor("f64", [2, 3], [4, 1, 5, 2, 6, 3])], attributes: { ...plane, kind: "min" }, expected: [1, 1] },
  { op: "reduce_window", name: "maxima, i64", inputs: [tensor("i64", [2], [-(2n ** 62n), -5n])], attributes: { kind: "max", window: [2], strides: [1], dilation: [1], low: [1], high: [0] }, expected: [-(2n ** 62n), -5n] },
];
