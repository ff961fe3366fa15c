// Logarithms and exponentials whose naive form cancels or overflows.

import { any, computed, constant, op, type Rule, rule } from "../../ir/rewrite.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import type { Node } from "../../ir/node.ts";
import { ofFloat, reals } from "./domain.ts";

const x = any("x", ofFloat);

/** log(1 + e^x) = max(x, 0) + log1p(e^-|x|) */
function softplus(b: GraphBuilder, node: Node): Node {
  const tail = b.unary("log1p", b.unary("exp", b.neg(b.unary("abs", node))));
  return b.add(b.binary("max", node, b.fullLike(node, 0)), tail);
}

/** The argument of the tail of softplus, which must be left alone. */
function isNegatedAbs(node: Node): boolean {
  return node.op === "neg" && node.inputs[0]!.op === "abs";
}

export const logarithmRules: readonly Rule[] = [
  // log(1 + x) => log1p(x)
  rule("log1p", op("log", op("add", constant(1), x)), op("log1p", x), { claim: { kind: "reals", domain: { x: [-0.99, 1e6] } }, edges: "the same" }),
  // log(1 - x) => log1p(-x)
  rule("log1p-neg", op("log", op("sub", constant(1), x)), op("log1p", op("neg", x)),
    { claim: { kind: "reals", domain: { x: [-1e6, 0.99] } }, edges: "the same" }),
  // e^x - 1 => expm1(x)
  rule("expm1", op("sub", op("exp", x), constant(1)), op("expm1", x), { claim: { kind: "reals", domain: { x: [-50, 50] } }, edges: "the same" }),
  // log(e^x) => x
  rule("log-exp", op("log", op("exp", x)), x, { claim: reals, edges: "finite where e^x overflows or underflows" }),
  // log1p(expm1(x)) => x
  rule("log1p-expm1", op("log1p", op("expm1", x)), x, { claim: { kind: "reals", domain: { x: [-10, 50] } }, edges: "finite where e^x overflows" }),
  // log1p(e^x) => max(x, 0) + log1p(e^-|x|)
  rule("softplus", op("log1p", op("exp", x)), computed(["x"], (b, match) =>
    (isNegatedAbs(match.node("x")) ? undefined : softplus(b, match.node("x")))), { claim: reals, edges: "finite where e^x overflows" }),
  // 1 / (1 + e^-x) => logistic(x)
  rule("logistic", op("div", constant(1), op("add", constant(1), op("exp", op("neg", x)))), op("logistic", x), { claim: reals, edges: "the same" }),
  // e^x / (1 + e^x) => logistic(x)
  rule("logistic-exp", op("div", op("exp", x), op("add", constant(1), op("exp", x))), op("logistic", x),
    { claim: { kind: "reals", domain: { x: [-80, 80] } }, edges: "1 instead of NaN where e^x overflows" }),
  // 1 - logistic(x) => logistic(-x)
  rule("logistic-complement", op("sub", constant(1), op("logistic", x)), op("logistic", op("neg", x)),
    { claim: { kind: "reals", domain: { x: [-1e4, 5] } }, edges: "keeps the digits that 1 - (almost 1) loses" }),
  // log(logistic(x)) => -softplus(-x)
  rule("log-logistic", op("log", op("logistic", x)), computed(["x"], (b, match) => b.neg(softplus(b, b.neg(match.node("x"))))),
    { claim: reals, edges: "finite where logistic(x) underflows" }),
  // log1p(-logistic(x)) => -softplus(x)
  rule("log1p-neg-logistic", op("log1p", op("neg", op("logistic", x))), computed(["x"], (b, match) => b.neg(softplus(b, match.node("x")))),
    { claim: { kind: "reals", domain: { x: [-1e4, 5] } }, edges: "finite where logistic(x) rounds to 1" }),
  // log(1 - e^x) => log(-expm1(x)) near 0, log1p(-e^x) elsewhere
  rule("log1mexp", op("log1p", op("neg", op("exp", x))), computed(["x"], (b, match) => {
    const value = match.node("x");
    const near = b.binary("gt", value, b.fullLike(value, -Math.LN2));
    // Each branch sees an argument that is harmless where it is not taken, so that its gradient is too.
    const safe = b.select(near, b.fullLike(value, -1), value);
    const close = b.select(near, value, b.fullLike(value, -0.5));
    const far = b.unary("log1p", b.neg(b.unary("exp", safe)));
    const exact = b.unary("log", b.neg(b.unary("expm1", close)));
    return b.select(near, exact, far);
  }), { claim: { kind: "reals", domain: { x: [-30, -1e-3] } }, edges: "the same", where: (match) => match.node("x").op !== "select" }),
  // log(e^a / b) => a - log(b)
  rule("log-quotient-exp", op("log", op("div", op("exp", any("a", ofFloat)), any("b"))), op("sub", any("a"), op("log", any("b"))),
    { claim: { kind: "reals", domain: { a: [-50, 50], b: [1e-6, 1e6] } }, edges: "finite where e^a underflows" }),
  // 1 - erf(x) => erfc(x)
  rule("erfc", op("sub", constant(1), op("erf", x)), op("erfc", x),
    { claim: { kind: "reals", domain: { x: [-5, 2] } }, edges: "keeps the digits that 1 - (almost 1) loses" }),
  // 1 - erfc(x) => erf(x)
  rule("erf", op("sub", constant(1), op("erfc", x)), op("erf", x), { claim: { kind: "reals", domain: { x: [0.5, 5] } }, edges: "the same" }),
  // e^-x of e^x: 1 / e^x => e^-x
  rule("reciprocal-exp", op("div", constant(1), op("exp", x)), op("exp", op("neg", x)),
    { claim: { kind: "reals", domain: { x: [-50, 50] } }, edges: "the same" }),
];

