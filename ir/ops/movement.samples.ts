// Documentation and samples of the ops that move elements. Expected values are the definitions, written out.

import { type Sample, tensor } from "./sample.ts";

export const movementDocs: Readonly<Record<string, string>> = {
  broadcast: "Axis i of the operand becomes axis axes[i] of `shape`; the other axes are new, and axes of size 1 stretch.",
  reshape: "The same elements, in row-major order, in another shape.",
  transpose: "Axis i of the result is axis permutation[i] of the operand.",
  reverse: "The elements in opposite order along the axes.",
  concat: "The operands one after the other along an axis.",
  iota: "The position along an axis.",
  assume: "The operand, whose sizes are taken to be those of `shape`: checked when sizes get their values (E604).",
  slice: "Elements start, start + step, ... before limit (after it for negative steps), along each axis.",
  pad: "The operand with `interior` copies of `value` between neighbours, `low` before and `high` after; negative ones crop.",
  dynamic_slice: "A block of the given sizes at i32 starts, which are clamped so that it lies inside.",
  dynamic_update_slice: "The operand with a block replaced by the update, at i32 starts, which are clamped so that it lies inside.",
};

const six = [1, -2, 3.5, 4, 0.25, -6];
const x = tensor("f64", [2, 3], six);
const xf = tensor("f32", [2, 3], six);
const bytes = tensor("u8", [2, 3], [1, 2, 250, 4, 5, 255]);
const scalar = (value: number) => tensor("i32", [], [value]);

export const movementSamples: readonly Sample[] = [
  { op: "broadcast", name: "new leading axis", inputs: [tensor("f64", [3], [1, 2, 3])], attributes: { shape: [2, 3], axes: [1] }, expected: [1, 2, 3, 1, 2, 3] },
  { op: "broadcast", name: "new trailing axis", inputs: [tensor("f32", [2], [1, 2])], attributes: { shape: [2, 3], axes: [0] }, expected: [1, 1, 1, 2, 2, 2] },
  { op: "broadcast", name: "axis of size 1", inputs: [tensor("f64", [2, 1], [1, 2])], attributes: { shape: [2, 2], axes: [0, 1] }, expected: [1, 1, 2, 2] },
  { op: "broadcast", name: "scalar", inputs: [tensor("i64", [], [2n ** 40n])], attributes: { shape: [3], axes: [] }, expected: [2n ** 40n, 2n ** 40n, 2n ** 40n] },
  { op: "reshape", name: "merge", inputs: [x], attributes: { shape: [6] }, expected: six },
  { op: "reshape", name: "split and merge", inputs: [xf], attributes: { shape: [3, 1, 2] }, expected: six },
  { op: "reshape", name: "leading axis kept", inputs: [tensor("f32", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], attributes: { shape: [2, 4] }, expected: [1, 2, 3, 4, 5, 6, 7, 8] },
  { op: "transpose", name: "matrix", inputs: [x], attributes: { permutation: [1, 0] }, expected: [1, 4, -2, 0.25, 3.5, -6] },
  { op: "transpose", name: "rotation", inputs: [tensor("f32", [2, 1, 3], six)], attributes: { permutation: [2, 0, 1] }, expected: [1, 4, -2, 0.25, 3.5, -6] },
  { op: "transpose", name: "u8", inputs: [bytes], attributes: { permutation: [1, 0] }, expected: [1, 4, 2, 5, 250, 255] },
  { op: "reverse", name: "one axis", inputs: [x], attributes: { axes: [1] }, expected: [3.5, -2, 1, -6, 0.25, 4] },
  { op: "reverse", name: "all axes", inputs: [xf], attributes: { axes: [0, 1] }, expected: [-6, 0.25, 4, 3.5, -2, 1] },
  { op: "concat", name: "columns", inputs: [x, tensor("f64", [2, 1], [7, 8])], attributes: { axis: 1 }, expected: [1, -2, 3.5, 7, 4, 0.25, -6, 8] },
  { op: "concat", name: "rows, three operands", inputs: [tensor("f32", [1, 2], [1, 2]), tensor("f32", [0, 2], []), tensor("f32", [2, 2], [3, 4, 5, 6])], attributes: { axis: 0 }, expected: [1, 2, 3, 4, 5, 6] },
  { op: "concat", name: "bool", inputs: [tensor("bool", [2], [1, 0]), tensor("bool", [1], [1])], attributes: { axis: 0 }, expected: [1, 0, 1] },
  { op: "iota", name: "f32 columns", inputs: [], attributes: { dtype: "f32", shape: [2, 3], axis: 1 }, expected: [0, 1, 2, 0, 1, 2] },
  { op: "iota", name: "i64 rows", inputs: [], attributes: { dtype: "i64", shape: [2, 2], axis: 0 }, expected: [0n, 0n, 1n, 1n] },
  { op: "assume", name: "as it is", inputs: [x], attributes: { shape: [2, 3] }, expected: six },
  { op: "slice", name: "inner block", inputs: [x], attributes: { start: [0, 1], limit: [2, 3], step: [1, 1] }, expected: [-2, 3.5, 0.25, -6] },
  { op: "slice", name: "stride 2", inputs: [tensor("f32", [6], six)], attributes: { start: [1], limit: [6], step: [2] }, expected: [-2, 4, -6] },
  { op: "slice", name: "backwards", inputs: [tensor("f64", [6], six)], attributes: { start: [5], limit: [-1], step: [-2] }, expected: [-6, 4, -2] },
  { op: "pad", name: "edges", inputs: [tensor("f32", [2], [1, 2])], attributes: { low: [1], high: [2], interior: [0], value: -1 }, expected: [-1, 1, 2, -1, -1] },
  { op: "pad", name: "gaps", inputs: [tensor("f64", [3], [1, 2, 3])], attributes: { low: [0], high: [0], interior: [1], value: 0.5 }, expected: [1, 0.5, 2, 0.5, 3] },
  { op: "pad", name: "crop and extend", inputs: [x], attributes: { low: [0, -1], high: [1, 0], interior: [0, 0], value: 0 }, expected: [-2, 3.5, 0.25, -6, 0, 0] },
  { op: "pad", name: "i8", inputs: [tensor("i8", [2], [-5, 6])], attributes: { low: [1], high: [0], interior: [0], value: -128 }, expected: [-128, -5, 6] },
  { op: "dynamic_slice", name: "inside", inputs: [x, scalar(1), scalar(1)], attributes: { sizes: [1, 2] }, expected: [0.25, -6] },
  { op: "dynamic_slice", name: "clamped", inputs: [xf, scalar(-4), scalar(9)], attributes: { sizes: [2, 2] }, expected: [-2, 3.5, 0.25, -6] },
  { op: "dynamic_update_slice", name: "inside", inputs: [x, tensor("f64", [1, 2], [8, 9]), scalar(0), scalar(1)], attributes: {}, expected: [1, 8, 9, 4, 0.25, -6] },
  { op: "dynamic_update_slice", name: "clamped", inputs: [xf, tensor("f32", [2, 1], [8, 9]), scalar(3), scalar(3)], attributes: {}, expected: [1, -2, 8, 4, 0.25, 9] },
];
