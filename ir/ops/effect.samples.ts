// What effects do, in words, and samples that have their effect on nobody.

import type { Sample } from "./sample.ts";
import { tensor } from "./sample.ts";

export const effectDocs: Readonly<Record<string, string>> = {
  check: "Its first operand; the call fails with E607 and the message unless all elements of the second hold.",
};

export const effectSamples: readonly Sample[] = [
  { op: "check", name: "holds", inputs: [tensor("f32", [2, 2], [1, -0, 3, 4]), tensor("bool", [3], [1, 1, 1])], attributes: { message: "m" }, expected: [1, -0, 3, 4] },
  { op: "check", name: "nothing to hold", inputs: [tensor("f64", [2], [5, -6]), tensor("bool", [0], [])], attributes: { message: "m" }, expected: [5, -6] },
  { op: "check", name: "i64", inputs: [tensor("i64", [], [7n]), tensor("bool", [], [1])], attributes: { message: "m" }, expected: [7n] },
];
