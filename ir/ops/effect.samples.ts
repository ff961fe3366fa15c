// What effects do, in words, and samples that have their effect on nobody.

import type { Sample } from "./sample.ts";
import { tensor } from "./sample.ts";

export const effectDocs: Readonly<Record<string, string>> = {
  check: "Its first operand; the call fails with the message unless all elements of the second hold, E607, or E609 where `failing` is another op.",
  print: "Its operand, of which a record goes to the log: every so many times, with its first `values` elements.",
};

export const effectSamples: readonly Sample[] = [
  { op: "check", name: "holds", inputs: [tensor("f32", [2, 2], [1, -0, 3, 4]), tensor("bool", [3], [1, 1, 1])], attributes: { failing: "check", message: "m" }, expected: [1, -0, 3, 4] },
  { op: "check", name: "nothing to hold", inputs: [tensor("f64", [2], [5, -6]), tensor("bool", [0], [])], attributes: { failing: "check", message: "m" }, expected: [5, -6] },
  { op: "check", name: "i64", inputs: [tensor("i64", [], [7n]), tensor("bool", [], [1])], attributes: { failing: "check", message: "m" }, expected: [7n] },
  { op: "print", name: "f32", inputs: [tensor("f32", [2, 2], [1, -0, NaN, 4])], attributes: { label: "x", every: 1, values: 3 }, expected: [1, -0, NaN, 4] },
  { op: "print", name: "f64", inputs: [tensor("f64", [2], [0.5, -2])], attributes: { label: "y", every: 1, values: 6 }, expected: [0.5, -2] },
  { op: "print", name: "bool", inputs: [tensor("bool", [3], [1, 0, 1])], attributes: { label: "mask", every: 7, values: 0 }, expected: [1, 0, 1] },
  { op: "print", name: "nothing to show", inputs: [tensor("i64", [0, 2], [])], attributes: { label: "", every: 2, values: 8 }, expected: [] },
];
