// Selections, and the gradients that pass through them: what is masked out must not poison what is kept.

import { any, constant, op, type Rule, rule } from "../../ir/rewrite.ts";
import { bits, ofFloat, reals } from "./domain.ts";

const c = any("c");
const x = any("x");
const y = any("y", ofFloat);
const masked = "a masked element is 0 even where the other factor is inf or NaN";

export const selectionRules: readonly Rule[] = [
  // c ? x : x => x
  rule("select-same", op("select", c, x, x), x, { claim: bits, edges: "none" }),
  // c ? x : y of a known condition
  rule("select-true", op("select", constant(1), x, any("y")), x, { claim: bits, edges: "none" }),
  rule("select-false", op("select", constant(0), any("y"), x), x, { claim: bits, edges: "none" }),
  // !c ? x : y => c ? y : x
  rule("select-not", op("select", op("not", c), x, any("y")), op("select", c, any("y"), x), { claim: bits, edges: "none" }),
  // (c ? x : 0) * y => c ? x * y : 0
  rule("select-mul", op("mul", op("select", c, x, constant(0)), y), op("select", c, op("mul", x, y), constant(0)), { claim: reals, edges: masked }),
  // (c ? 0 : x) * y => c ? 0 : x * y
  rule("select-mul-else", op("mul", op("select", c, constant(0), x), y), op("select", c, constant(0), op("mul", x, y)), { claim: reals, edges: masked }),
  // (c ? x : 0) / y => c ? x / y : 0
  rule("select-div", op("div", op("select", c, x, constant(0)), y), op("select", c, op("div", x, y), constant(0)),
    { claim: { kind: "reals", domain: { y: [0.1, 10] } }, edges: masked }),
  rule("select-div-else", op("div", op("select", c, constant(0), x), y), op("select", c, constant(0), op("div", x, y)),
    { claim: { kind: "reals", domain: { y: [0.1, 10] } }, edges: masked }),
  // -(c ? x : 0) => c ? -x : 0
  rule("select-neg", op("neg", op("select", c, x, constant(0))), op("select", c, op("neg", x), constant(0)), { claim: reals, edges: "0 instead of -0" }),
  rule("select-neg-else", op("neg", op("select", c, constant(0), x)), op("select", c, constant(0), op("neg", x)), { claim: reals, edges: "0 instead of -0" }),
  // x * (c ? 1 : 0) => c ? x : 0
  rule("mask", op("mul", y, op("select", c, constant(1), constant(0))), op("select", c, y, constant(0)), { claim: reals, edges: masked }),
];

