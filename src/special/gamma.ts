// The gamma and beta functions. From 10 on Stirling's formula, in which the power is taken in two halves so that nothing overflows;
// below, a polynomial on 2 ... 3 and the recurrence; below 0, reflection.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { fullLike } from "../ops/primitive.ts";
import { gammaBetween, lgamma1pRatio, stirlingTail } from "./gamma-coefficients.ts";
import { atLeast, polynomial, smooth, type Smooth, withPartials } from "./real.ts";

/** From here on Stirling's formula serves. */
export const large = 10;
const shifts = large - 3;
const rootTwoPi = Math.sqrt(2 * Math.PI);

/** log(gamma(x)) less Stirling's formula, for x >= 10: about 1 / (12 x). */
export function stirlingRest(x: Node): Node {
  const inverse = e.div(1, atLeast(x, large));
  return e.mul(inverse, polynomial(stirlingTail, e.sub(e.mul(e.mul(inverse, inverse), 2 * large * large), 1)));
}

/** gamma(x) for 0 < x < 10 */
function gammaNear(x: Node): Node {
  const [small, smaller] = [e.lt(x, 2), e.lt(x, 1)];
  let y = e.add(x, e.select(smaller, 2, e.select(small, 1, fullLike(x, 0))));
  let factor = fullLike(x, 1);
  for (let i = 0; i < shifts; i++) {
    const down = e.ge(y, 3);
    const next = e.sub(y, 1);
    y = e.select(down, next, y);
    factor = e.select(down, e.mul(factor, next), factor);
  }
  const divisor = e.select(smaller, e.mul(x, e.add(x, 1)), e.select(small, x, 1));
  return e.div(e.mul(factor, polynomial(gammaBetween, e.sub(e.mul(y, 2), 5))), divisor);
}

/** gamma(a) = root * middle * root for a > 0. */
function gammaParts(a: Node): { readonly root: Node; readonly middle: Node } {
  // 190 is beyond where gamma or its reciprocal leaves the range.
  const far = e.clip(a, large, 190);
  const isFar = e.ge(a, large);
  const power = e.pow(far, e.mul(e.sub(far, 0.5), 0.5));
  const rest = e.mul(e.mul(e.exp(e.neg(far)), rootTwoPi), e.exp(stirlingRest(far)));
  return { root: e.select(isFar, power, 1), middle: e.select(isFar, rest, gammaNear(e.minimum(a, large))) };
}

/** sin(pi x), exact where x is whole. */
export function sinPi(x: Node): Node {
  const whole = e.round(x);
  const sine = e.sin(e.mul(e.sub(x, whole), Math.PI));
  const half = e.mul(whole, 0.5);
  return e.select(e.eq(e.floor(half), half), sine, e.neg(sine));
}

function gammaValue(x: Node): Node {
  const a = e.abs(x);
  const { root, middle } = gammaParts(a);
  const positive = e.select(e.eq(x, Infinity), Infinity, e.mul(e.mul(root, middle), root));
  // gamma(-a) = -pi / (a sin(pi a) gamma(a))
  const mirror = e.div(e.div(e.div(e.div(-Math.PI, e.mul(a, sinPi(a))), root), middle), root);
  const negative = e.select(e.eq(e.floor(x), x), NaN, mirror);
  // Near 0 the rest of 1 / x is below rounding, and the square in the mirrored form vanishes.
  return e.select(e.lt(a, 2 ** -60), e.div(1, x), e.select(e.lt(x, 0), negative, positive));
}

export const gamma: Smooth = smooth("gamma", gammaValue, (x, order) => e.mul(gamma(x, order), e.digamma(x)));

/** lgamma(1 + x) for 0 <= x <= 3/2, with its digits near 0. */
export function lgamma1p(x: Node): Node {
  const inside = e.clip(x, 0, 1.5);
  return e.mul(inside, polynomial(lgamma1pRatio, e.sub(e.mul(inside, 4 / 3), 1)));
}

/** Whether gamma(q) and gamma(p + q), p <= q, are taken together: each alone may be too large. */
const isFar = (p: Node, q: Node): Node => e.and(e.ge(q, large), e.or(e.gt(p, 0), e.ge(e.add(p, q), large)));

/** The sign of gamma(p); NaN at its poles. */
function signOfGamma(p: Node): Node {
  const below = e.floor(p);
  const sign = e.select(e.eq(e.rem(below, 2), 0), 1, fullLike(p, -1));
  return e.select(e.gt(p, 0), 1, e.select(e.eq(below, p), NaN, sign));
}

/** log|B(a, b)|. What is large in it is never a difference (Didonato and Morris, 1992). */
function logBeta(a: Node, b: Node): Node {
  const [p, q] = [e.minimum(a, b), e.maximum(a, b)];
  const sum = e.add(p, q);
  const [farP, farQ] = [e.maximum(p, large), e.maximum(q, large)];
  const nearP = e.maximum(p, e.sub(large, farQ));
  const ratio = e.div(nearP, farQ);
  const bent = e.log1p(ratio);
  const rest = e.sub(stirlingRest(farQ), stirlingRest(e.add(nearP, farQ)));
  const oneFar = e.add(e.sub(e.lgamma(p), e.mul(e.sub(farQ, 0.5), bent)), e.sub(rest, e.mul(p, e.sub(e.log(e.add(nearP, farQ)), 1))));
  const constant = e.add(e.mul(e.log(farQ), -0.5), Math.log(rootTwoPi));
  const powers = e.sub(e.mul(e.sub(farP, 0.5), e.sub(e.log(e.div(farP, farQ)), bent)), e.mul(farQ, bent));
  const bothFar = e.add(e.add(constant, e.add(stirlingRest(farP), rest)), powers);
  const near = e.sub(e.add(e.lgamma(p), e.lgamma(q)), e.lgamma(sum));
  const finite = e.select(isFar(p, q), e.select(e.ge(p, large), bothFar, oneFar), near);
  const infinite = e.and(e.eq(p, 0), e.lt(q, Infinity));
  return e.select(e.and(e.eq(q, Infinity), e.gt(p, 0)), -Infinity, e.select(infinite, Infinity, finite));
}

export function betaln(a: Node, b: Node): Node {
  const sum = e.digamma(e.add(a, b));
  return withPartials(logBeta(a, b), [a, e.sub(e.digamma(a), sum)], [b, e.sub(e.digamma(b), sum)]);
}

/** B(a, b) = gamma(a) gamma(b) / gamma(a + b) */
export function beta(a: Node, b: Node): Node {
  const [p, q] = [e.minimum(a, b), e.maximum(a, b)];
  const product = e.mul(e.div(gammaValue(p), gammaValue(e.add(p, q))), gammaValue(q));
  const value = e.select(e.eq(p, 0), e.exp(logBeta(a, b)), e.select(isFar(p, q), e.mul(signOfGamma(p), e.exp(logBeta(a, b))), product));
  // The derivatives are of this value again, once.
  const sum = e.digamma(e.add(a, b));
  const again = e.exp(betaln(a, b));
  const signed = e.mul(again, e.sign(value));
  return withPartials(value, [a, e.mul(signed, e.sub(e.digamma(a), sum))], [b, e.mul(signed, e.sub(e.digamma(b), sum))]);
}
