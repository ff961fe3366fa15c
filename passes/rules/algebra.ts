// Arithmetic that need not be done.

import { any, anyConstant, computed, constant, op, type Rule, rule } from "../../ir/rewrite.ts";
import { bits, ofFloat, ofInt, reals } from "./domain.ts";

const x = any("x");
const y = any("y");

export const algebraRules: readonly Rule[] = [
  // x + 0 => x
  rule("add-zero", op("add", x, constant(0)), x, { claim: reals, edges: "-0 + 0 is 0; the rule keeps -0" }),
  rule("add-negative-zero", op("add", x, constant(-0)), x, { claim: bits, edges: "none", where: (match) => ofFloat(match.root.type) }),
  // x - 0 => x
  rule("sub-zero", op("sub", x, constant(0)), x, { claim: bits, edges: "none" }),
  // 0 - x => -x
  rule("zero-sub", op("sub", constant(0), x), op("neg", x), { claim: reals, edges: "0 - 0 is 0; the rule gives -0" }),
  // x * 1 => x
  rule("mul-one", op("mul", x, constant(1)), x, { claim: bits, edges: "none" }),
  // x * -1 => -x
  rule("mul-minus-one", op("mul", x, constant(-1)), op("neg", x), { claim: bits, edges: "none" }),
  // x * 0 => 0, of integers only: 0 * inf and 0 * NaN are NaN
  rule("mul-zero", op("mul", any("x", ofInt), constant(0)), constant(0), { claim: bits, edges: "integers have none" }),
  // x / 1 => x
  rule("div-one", op("div", x, constant(1)), x, { claim: bits, edges: "none" }),
  // x / -1 => -x
  rule("div-minus-one", op("div", any("x", ofFloat), constant(-1)), op("neg", x), { claim: bits, edges: "none" }),
  // x / 2^k => x * 2^-k, exact while 2^-k is normal
  rule("div-power-of-two", op("div", any("x", ofFloat), anyConstant("c")), computed(["x", "c"], (b, match) => {
    const divisor = Number(match.value("c"));
    const exponent = Math.log2(Math.abs(divisor));
    if (!Number.isInteger(exponent) || Math.abs(exponent) > (match.root.type.dtype === "f16" ? 14 : 100)) return undefined;
    return b.mul(match.node("x"), b.fullLike(match.root, 1 / divisor));
  }), { claim: bits, edges: "none" }),
  // x * (1 / y) => x / y
  rule("mul-reciprocal", op("mul", x, op("div", constant(1), any("y", ofFloat))), op("div", x, y),
    { claim: reals, edges: "fewer overflows: 1 / y may be inf where x / y is finite" }),
  // -(-x) => x
  rule("neg-neg", op("neg", op("neg", x)), x, { claim: bits, edges: "none" }),
  // x + (-y) => x - y
  rule("add-neg", op("add", x, op("neg", y)), op("sub", x, y), { claim: bits, edges: "none" }),
  // x - (-y) => x + y
  rule("sub-neg", op("sub", x, op("neg", y)), op("add", x, y), { claim: bits, edges: "none" }),
  // (-x) * (-y) => x * y
  rule("mul-neg-neg", op("mul", op("neg", x), op("neg", y)), op("mul", x, y), { claim: bits, edges: "none" }),
  // (-x) / (-y) => x / y
  rule("div-neg-neg", op("div", op("neg", x), op("neg", any("y", ofFloat))), op("div", x, y), { claim: bits, edges: "none" }),
  // c1 * (c2 * x) => (c1 * c2) * x
  rule("mul-constants", op("mul", anyConstant("c"), op("mul", anyConstant("d"), x)), computed(["c", "d", "x"], (b, match) => {
    if (!ofFloat(match.root.type)) return undefined;
    const product = Number(match.value("c")) * Number(match.value("d"));
    // Only while the product is an ordinary number: the factors may reach what their product cannot.
    const [least, most] = match.root.type.dtype === "f16" ? [1e-4, 6e4] : [1e-30, 1e30];
    if (!(Math.abs(product) < most && Math.abs(product) > least)) return undefined;
    return b.mul(b.fullLike(match.root, product), match.node("x"));
  }), { claim: reals, edges: "one rounding instead of two; an overflow on the way may be avoided" }),
  // x^1 => x
  rule("pow-one", op("pow", x, constant(1)), x, { claim: bits, edges: "none" }),
  // x^2 => x * x
  rule("pow-two", op("pow", any("x", ofFloat), constant(2)), op("mul", x, x), { claim: reals, edges: "the same" }),
  // x^3 => x * x * x
  rule("pow-three", op("pow", any("x", ofFloat), constant(3)), op("mul", op("mul", x, x), x),
    { claim: reals, edges: "x * x may overflow or underflow only where x^3 does", grows: "two products instead of one power" }),
  // x^(1/2) => sqrt(x)
  rule("pow-half", op("pow", any("x", ofFloat), constant(0.5)), op("sqrt", x),
    { claim: { kind: "reals", domain: { x: [0, 1e30] } }, edges: "pow(-inf, 0.5) is inf, sqrt(-inf) is NaN; the sign of 0" }),
  // x^-1 => 1 / x
  rule("pow-minus-one", op("pow", any("x", ofFloat), constant(-1)), op("div", constant(1), x),
    { claim: reals, edges: "the same", grows: "a quotient instead of a power" }),
  // x^0 => 1
  rule("pow-zero", op("pow", x, constant(0)), constant(1), { claim: bits, edges: "pow(NaN, 0) is 1 too" }),
  // |x|^2 => x^2
  rule("square-abs", op("mul", op("abs", x), op("abs", x)), op("mul", x, x), { claim: bits, edges: "none" }),
  // |-x| => |x|
  rule("abs-neg", op("abs", op("neg", x)), op("abs", x), { claim: bits, edges: "none" }),
  // !(!x) => x
  rule("not-not", op("not", op("not", x)), x, { claim: bits, edges: "none" }),
  // max(x, x) => x
  rule("max-same", op("max", x, x), x, { claim: bits, edges: "none" }),
  rule("min-same", op("min", x, x), x, { claim: bits, edges: "none" }),
];
