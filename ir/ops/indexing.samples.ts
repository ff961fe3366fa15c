// Documentation and samples of gather and scatter. Expected values are the definitions, written out.

import { type Sample, tensor } from "./sample.ts";

export const indexingDocs: Readonly<Record<string, string>> = {
  gather: "Sub-tensors at places given by i32 index arrays, one per indexed axis; their shape, then the axes that are not indexed. Negative indices count from the end.",
  scatter: "The operand with updates set, added, multiplied, or their max or min taken, at places as in `gather`; in row-major order of the updates.",
};

const rows = [1, 2, 3, 4, 5, 6];
const x = tensor("f64", [3, 2], rows);
const xf = tensor("f32", [3, 2], rows);
const index = (...values: readonly number[]) => tensor("i32", [values.length], values);

export const indexingSamples: readonly Sample[] = [
  { op: "gather", name: "rows", inputs: [x, index(2, 0, -1)], attributes: { axes: [0], bounds: "check" }, expected: [5, 6, 1, 2, 5, 6] },
  { op: "gather", name: "columns", inputs: [xf, index(1, 0)], attributes: { axes: [1], bounds: "check" }, expected: [2, 4, 6, 1, 3, 5] },
  { op: "gather", name: "elements", inputs: [x, index(0, 2, 1), index(1, -1, 0)], attributes: { axes: [0, 1], bounds: "check" }, expected: [2, 6, 3] },
  { op: "gather", name: "clamp", inputs: [xf, index(7, -9)], attributes: { axes: [0], bounds: "clamp" }, expected: [5, 6, 1, 2] },
  { op: "gather", name: "fill", inputs: [x, index(7, -1, -4)], attributes: { axes: [0], bounds: "fill" }, expected: [0, 0, 5, 6, 0, 0] },
  { op: "gather", name: "index of rank 0", inputs: [x, tensor("i32", [], [1])], attributes: { axes: [0], bounds: "check" }, expected: [3, 4] },
  { op: "gather", name: "index of rank 2", inputs: [tensor("i64", [3], [7n, 8n, 9n]), tensor("i32", [2, 2], [0, 2, 1, 1])], attributes: { axes: [0], bounds: "check" }, expected: [7n, 9n, 8n, 8n] },
  { op: "scatter", name: "set, the last stays", inputs: [x, tensor("f64", [2, 2], [10, 20, 30, 40]), index(1, 1)], attributes: { axes: [0], mode: "set", bounds: "check" }, expected: [1, 2, 30, 40, 5, 6] },
  { op: "scatter", name: "add, twice in one place", inputs: [xf, tensor("f32", [3, 2], [10, 20, 30, 40, 50, 60]), index(1, 0, -2)], attributes: { axes: [0], mode: "add", bounds: "check" }, expected: [31, 42, 63, 84, 5, 6] },
  { op: "scatter", name: "add to elements", inputs: [x, tensor("f64", [3], [10, 20, 30]), index(0, 2, 0), index(1, 0, 1)], attributes: { axes: [0, 1], mode: "add", bounds: "check" }, expected: [1, 42, 3, 4, 25, 6] },
  { op: "scatter", name: "mul", inputs: [x, tensor("f64", [2, 2], [2, 3, 4, 5]), index(0, 0)], attributes: { axes: [0], mode: "mul", bounds: "check" }, expected: [8, 30, 3, 4, 5, 6] },
  { op: "scatter", name: "max", inputs: [xf, tensor("f32", [2, 2], [9, 0, 4, 7]), index(0, 2)], attributes: { axes: [0], mode: "max", bounds: "check" }, expected: [9, 2, 3, 4, 5, 7] },
  { op: "scatter", name: "min", inputs: [x, tensor("f64", [2, 2], [0.5, 9, 4, 7]), index(0, 2)], attributes: { axes: [0], mode: "min", bounds: "check" }, expected: [0.5, 2, 3, 4, 4, 6] },
  { op: "scatter", name: "drop", inputs: [xf, tensor("f32", [3, 2], [1, 1, 2, 2, 3, 3]), index(5, -1, -4)], attributes: { axes: [0], mode: "set", bounds: "drop" }, expected: [1, 2, 3, 4, 2, 2] },
  { op: "scatter", name: "clamp", inputs: [x, tensor("f64", [1, 2], [9, 8]), index(5)], attributes: { axes: [0], mode: "set", bounds: "clamp" }, expected: [1, 2, 3, 4, 9, 8] },
  { op: "scatter", name: "u8 wraps", inputs: [tensor("u8", [2], [200, 1]), tensor("u8", [2], [100, 2]), index(0, 1)], attributes: { axes: [0], mode: "add", bounds: "check" }, expected: [44, 3] },
];
