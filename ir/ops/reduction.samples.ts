// Documentation and samples of reductions and running combinations. Expected values are the definitions, worked out.

import { type Sample, tensor } from "./sample.ts";

export const reductionDocs: Readonly<Record<string, string>> = {
  reduce_sum: "The sum over the axes, which disappear; 0 of no elements. Integers wrap.",
  reduce_prod: "The product over the axes; 1 of no elements. Integers wrap. The gradient is right at zeros.",
  reduce_max: "The largest element over the axes; NaN if there is one; -inf or the least integer of none. Ties share the gradient.",
  reduce_min: "The smallest element over the axes; NaN if there is one; inf or the greatest integer of none. Ties share the gradient.",
  reduce_any: "Whether any is true; false of none.",
  reduce_all: "Whether all are true; true of none.",
  argmax: "The position of the first largest element along an axis, as i32; the first NaN if there is one.",
  argmin: "The position of the first smallest element along an axis, as i32; the first NaN if there is one.",
  cumsum: "Running sums along an axis, each including its element; `reverse` runs from the end.",
  cumprod: "Running products along an axis. The gradient is right at zeros, and takes time quadratic in the axis.",
  cummax: "Running maxima along an axis; from a NaN on, NaN. The gradient goes to the first element that has the value.",
  cummin: "Running minima along an axis; from a NaN on, NaN. The gradient goes to the first element that has the value.",
};

const values = [1.5, -2, 3, 0.25, 4, -1];
const x = tensor("f64", [2, 3], values);
const xf = tensor("f32", [2, 3], values);
const zeros = tensor("f64", [2, 3], [2, 0, 3, 0, 0, 5]);
const nan = Number.NaN;
const notFinite = tensor("f32", [2, 3], [1, nan, Infinity, -Infinity, 0, -0]);
const flags = tensor("bool", [2, 3], [1, 0, 1, 0, 0, 0]);
const small = tensor("i8", [2, 3], [100, 100, 1, -128, -1, 2]);

export const reductionSamples: readonly Sample[] = [
  { op: "reduce_sum", name: "rows", inputs: [x], attributes: { axes: [1] }, expected: [2.5, 3.25] },
  { op: "reduce_sum", name: "columns", inputs: [xf], attributes: { axes: [0] }, expected: [1.75, 2, 2] },
  { op: "reduce_sum", name: "all", inputs: [xf], attributes: { axes: [0, 1] }, expected: [5.75] },
  { op: "reduce_sum", name: "middle axis", inputs: [tensor("f32", [1, 2, 3], values)], attributes: { axes: [1] }, expected: [1.75, 2, 2] },
  { op: "reduce_sum", name: "nothing", inputs: [tensor("f32", [2, 0], [])], attributes: { axes: [1] }, expected: [0, 0] },
  { op: "reduce_sum", name: "i8 wraps", inputs: [small], attributes: { axes: [1] }, expected: [-55, -127] },
  { op: "reduce_prod", name: "rows", inputs: [x], attributes: { axes: [1] }, expected: [-9, -1] },
  { op: "reduce_prod", name: "zeros", inputs: [zeros], attributes: { axes: [1] }, expected: [0, 0] },
  { op: "reduce_prod", name: "i64 wraps", inputs: [tensor("i64", [2], [2n ** 62n, 6n])], attributes: { axes: [0] }, expected: [-(2n ** 63n)] },
  { op: "reduce_max", name: "rows", inputs: [x], attributes: { axes: [1] }, expected: [3, 4] },
  { op: "reduce_max", name: "NaN, infinities, zeros", inputs: [notFinite], attributes: { axes: [1] }, expected: [nan, 0], smooth: false },
  { op: "reduce_max", name: "nothing", inputs: [tensor("f32", [1, 0], [])], attributes: { axes: [1] }, expected: [-Infinity] },
  { op: "reduce_min", name: "columns", inputs: [x], attributes: { axes: [0] }, expected: [0.25, -2, -1] },
  { op: "reduce_min", name: "NaN, infinities, zeros", inputs: [notFinite], attributes: { axes: [1] }, expected: [nan, -Infinity], smooth: false },
  { op: "reduce_min", name: "u32", inputs: [tensor("u32", [3], [2 ** 32 - 1, 7, 2 ** 31])], attributes: { axes: [0] }, expected: [7] },
  { op: "reduce_any", name: "rows", inputs: [flags], attributes: { axes: [1] }, expected: [1, 0] },
  { op: "reduce_all", name: "columns", inputs: [flags], attributes: { axes: [0] }, expected: [0, 0, 0] },
  { op: "reduce_all", name: "nothing", inputs: [tensor("bool", [0, 2], [])], attributes: { axes: [0] }, expected: [1, 1] },
  { op: "argmax", name: "rows", inputs: [xf], attributes: { axis: 1 }, expected: [2, 1] },
  { op: "argmax", name: "ties and NaN", inputs: [tensor("f64", [3, 3], [2, 5, 5, 1, nan, nan, -Infinity, -Infinity, -Infinity])], attributes: { axis: 1 }, expected: [1, 1, 0], smooth: false },
  { op: "argmin", name: "columns", inputs: [x], attributes: { axis: 0 }, expected: [1, 0, 1] },
  { op: "argmin", name: "ties and NaN", inputs: [tensor("f32", [3, 3], [2, 2, 5, 1, nan, nan, Infinity, Infinity, Infinity])], attributes: { axis: 1 }, expected: [0, 1, 0], smooth: false },
  { op: "argmin", name: "u8", inputs: [tensor("u8", [4], [255, 3, 3, 200])], attributes: { axis: 0 }, expected: [1] },
  { op: "cumsum", name: "rows", inputs: [x], attributes: { axis: 1, reverse: false }, expected: [1.5, -0.5, 2.5, 0.25, 4.25, 3.25] },
  { op: "cumsum", name: "columns, reversed", inputs: [xf], attributes: { axis: 0, reverse: true }, expected: [1.75, 2, 2, 0.25, 4, -1] },
  { op: "cumprod", name: "rows", inputs: [x], attributes: { axis: 1, reverse: false }, expected: [1.5, -3, -9, 0.25, 1, -1] },
  { op: "cumprod", name: "zeros, reversed", inputs: [zeros], attributes: { axis: 1, reverse: true }, expected: [0, 0, 3, 0, 0, 5] },
  { op: "cummax", name: "rows", inputs: [xf], attributes: { axis: 1, reverse: false }, expected: [1.5, 1.5, 3, 0.25, 4, 4] },
  { op: "cummax", name: "NaN stays", inputs: [tensor("f64", [4], [1, nan, 5, 2])], attributes: { axis: 0, reverse: false }, expected: [1, nan, nan, nan], smooth: false },
  { op: "cummin", name: "rows, reversed", inputs: [x], attributes: { axis: 1, reverse: true }, expected: [-2, -2, 3, -1, -1, -1] },
  { op: "cummin", name: "i8", inputs: [small], attributes: { axis: 1, reverse: false }, expected: [100, 100, 1, -128, -128, -128] },
];
