// Functions made of logarithms, right where a naive formula is not: 0 log 0, probabilities near 0 and 1, sums of exponentials.
// All but the last divergence compute in the dtype of their operands.

import type { Node } from "../../ir/node.ts";
import { logSigmoid, softplus } from "../composites/activation.ts";
import * as e from "../ops/elementwise.ts";
import { meetOperands, type Operand } from "../ops/operand.ts";
import { fullLike } from "../ops/primitive.ts";
import { floatOf } from "../promote.ts";
import { isSmall, log1pmx } from "./log1pmx.ts";
import { withPartials } from "./real.ts";

const floats = (op: string, ...operands: readonly Operand[]): readonly Node[] => meetOperands(op, operands, floatOf);

/** log(p / (1 - p)). Around 1/2, where the logarithm is near 0, 2 atanh(2 p - 1): 2 p - 1 is exact there. */
export function logit(p: Operand): Node {
  const [x] = floats("logit", p) as [Node];
  const rest = e.sub(1, x);
  const central = e.le(e.abs(e.sub(x, 0.5)), 0.25);
  const value = e.select(central, e.mul(e.atanh(e.sub(e.mul(x, 2), 1)), 2), e.log(e.div(x, rest)));
  return withPartials(value, [x, e.reciprocal(e.mul(x, rest))]);
}

export { sigmoid as expit } from "../ops/elementwise.ts";
export const logExpit = logSigmoid;
export const log1pExp = softplus;

/** x f(y), and 0 where x is 0 and y is no NaN. */
function timesLog(op: string, x: Operand, y: Operand, logarithm: (y: Node) => Node, slope: (y: Node) => Node): Node {
  const [a, b] = floats(op, x, y) as [Node, Node];
  const log = logarithm(b);
  const none = e.and(e.eq(a, 0), e.not(e.isNan(b)));
  return withPartials(e.select(none, 0, e.mul(a, log)), [a, log], [b, e.select(e.and(none, e.eq(log, -Infinity)), 0, e.mul(a, slope(b)))]);
}

/** x log(y) */
export function xlogy(x: Operand, y: Operand): Node {
  return timesLog("xlogy", x, y, e.log, e.reciprocal);
}

/** x log(1 + y) */
export function xlog1py(x: Operand, y: Operand): Node {
  return timesLog("xlog1py", x, y, e.log1p, (b) => e.reciprocal(e.add(b, 1)));
}

/** -x log(x), 0 at 0, -inf below. */
export function entr(x: Operand): Node {
  const [a] = floats("entr", x) as [Node];
  const value = e.select(e.eq(a, 0), 0, e.select(e.lt(a, 0), -Infinity, e.neg(e.mul(a, e.log(a)))));
  return withPartials(value, [a, e.sub(-1, e.log(a))]);
}

/** log(x / y): without over- or underflow of the quotient, and from the exact difference where it is near 1. */
function logOfRatio(x: Node, y: Node): Node {
  const ratio = e.div(x, y);
  const close = e.and(e.gt(ratio, 0.5), e.lt(ratio, 2));
  const usable = e.and(e.gt(ratio, 2 ** -100), e.lt(ratio, 2 ** 100));
  return e.select(close, e.log1p(e.div(e.sub(x, y), y)), e.select(usable, e.log(ratio), e.sub(e.log(x), e.log(y))));
}

/** The value for positive operands, that for x = 0 and y >= 0, and infinity elsewhere. */
function divergence(x: Node, y: Node, value: Node, atZero: Node): Node {
  const positive = e.and(e.gt(x, 0), e.gt(y, 0));
  const defined = e.and(e.eq(x, 0), e.ge(y, 0));
  return e.select(positive, value, e.select(defined, atZero, e.select(e.or(e.isNan(x), e.isNan(y)), NaN, Infinity)));
}

/** x log(x / y): the terms of a relative entropy. */
export function relEntr(x: Operand, y: Operand): Node {
  const [a, b] = floats("relEntr", x, y) as [Node, Node];
  const log = logOfRatio(a, b);
  return withPartials(divergence(a, b, e.mul(a, log), fullLike(a, 0)), [a, e.add(log, 1)], [b, e.neg(e.div(a, b))]);
}

/** x log(x / y) - x + y: the terms of a Kullback-Leibler divergence, none of which is negative. f64. */
export function klDiv(x: Node, y: Node): Node {
  const log = logOfRatio(x, y);
  const change = e.div(e.sub(y, x), x);
  const value = e.select(isSmall(change), e.neg(e.mul(x, log1pmx(change))), e.add(e.sub(e.mul(x, log), x), y));
  return withPartials(divergence(x, y, value, y), [x, log], [y, e.sub(1, e.div(x, y))]);
}

/** log(e^a + e^b) */
export function logAddExp(a: Operand, b: Operand): Node {
  const [x, y] = floats("logAddExp", a, b) as [Node, Node];
  const distance = e.sub(x, y);
  // Of equal infinities the distance is NaN.
  const value = e.select(e.eq(x, y), e.add(x, Math.LN2), e.add(e.maximum(x, y), e.log1p(e.exp(e.neg(e.abs(distance))))));
  const share = e.select(e.eq(x, y), 0.5, e.sigmoid(distance));
  return withPartials(value, [x, share], [y, e.sub(1, share)]);
}
