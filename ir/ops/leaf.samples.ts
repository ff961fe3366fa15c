// What the leaf and region ops are, for the documentation, and samples of those that have a value of their own.

import type { Sample } from "./sample.ts";
import { tensor } from "./sample.ts";

export const leafDocs: Readonly<Record<string, string>> = {
  parameter: "An input of its function, by position and name.",
  constant: "A tensor known when the graph is built.",
  full: "A tensor whose elements are all one value; this is how scalars stand in expressions.",
  result: "One result of an op that has several.",
  size: "A size as an i32 scalar: the only way from sizes to elements.",
  stop_gradient: "Its operand; gradients do not pass.",
  refuse_gradient: "Its operand; a derivative along a path through it is an error, which names `by` and gives the `reason`.",
  attach_derivative: "attach_derivative(x, p, d): x, whose derivative by p is d (element by element) and by anything else zero.",
  vjp: "Cotangents of the first `wrt` operands of a region, given those of its results. Inputs: wrt values, captures, cotangents.",
  jvp: "Tangents of a region's results, given those of its first `wrt` operands. Inputs: wrt values, captures, tangents.",
};

export const leafSamples: readonly Sample[] = [
  { op: "constant", name: "f32", inputs: [], attributes: { data: tensor("f32", [2, 2], [1, -0, Number.NaN, 4]) }, expected: [1, -0, Number.NaN, 4] },
  { op: "constant", name: "empty", inputs: [], attributes: { data: tensor("i8", [0, 3], []) }, expected: [] },
  { op: "full", name: "f32", inputs: [], attributes: { value: Math.fround(0.1), dtype: "f32", shape: [2] }, expected: [Math.fround(0.1), Math.fround(0.1)] },
  { op: "full", name: "-0", inputs: [], attributes: { value: -0, dtype: "f64", shape: [] }, expected: [-0] },
  { op: "full", name: "i64", inputs: [], attributes: { value: -(2n ** 63n), dtype: "i64", shape: [1, 2] }, expected: [-(2n ** 63n), -(2n ** 63n)] },
  { op: "full", name: "bool", inputs: [], attributes: { value: 1, dtype: "bool", shape: [3] }, expected: [1, 1, 1] },
  { op: "size", name: "known", inputs: [], attributes: { size: [12] }, expected: [12] },
  { op: "stop_gradient", name: "f32", inputs: [tensor("f32", [2], [1.5, -0])], expected: [1.5, -0], smooth: false },
  { op: "refuse_gradient", name: "f64", inputs: [tensor("f64", [2], [1.5, -0])], attributes: { by: "poisson", reason: "it counts" }, expected: [1.5, -0], smooth: false },
  { op: "attach_derivative", name: "f32", inputs: [tensor("f32", [2], [1.5, -0]), tensor("f32", [2], [2, 3]), tensor("f32", [2], [4, 5])], expected: [1.5, -0], smooth: false },
  { op: "full", name: "empty", inputs: [], attributes: { value: 7, dtype: "u8", shape: [2, 0] }, expected: [] },
];
