// Zeta functions by Euler and Maclaurin's formula (DLMF 25.11.5), and polygamma functions made of them.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { pushForward } from "../grad.ts";
import * as e from "../ops/elementwise.ts";
import { fullLike } from "../ops/primitive.ts";
import { gamma, sinPi } from "./gamma.ts";
import { polynomial, withPartials } from "./real.ts";

/** Terms that are added one by one. */
const direct = 10;
/** Bernoulli numbers B(2 k) / (2 k)! */
const corrections = [
  1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600, -3617 / 10670622842880000,
  43867 / 5109094217170944000, -174611 / 802857662698291200000,
];

/** The sum of (q + k)^-s over k >= 0 for q > 0, continued to s > -1; a pole at s = 1. */
function eulerMaclaurin(s: Node, q: Node): Node {
  const power = e.neg(s);
  let sum = e.pow(q, power);
  for (let k = 1; k < direct; k++) sum = e.add(sum, e.pow(e.add(q, k), power));
  const w = e.add(q, direct);
  const inverse = e.div(1, w);
  const last = e.pow(w, power);
  // s (s + 1) ... (s + 2 k - 2) / w^(2 k - 1)
  let factor = e.mul(s, inverse);
  let rest = fullLike(s, 0.5);
  for (const [k, correction] of corrections.entries()) {
    rest = e.add(rest, e.mul(factor, correction));
    factor = e.mul(e.mul(factor, e.mul(e.add(s, 2 * k + 1), inverse)), e.mul(e.add(s, 2 * k + 2), inverse));
  }
  // Where the series does not settle, the first terms are all that counts.
  const tail = e.mul(last, e.add(e.div(w, e.sub(s, 1)), rest));
  return e.add(sum, e.select(e.gt(last, 0), tail, 0));
}

/** (-1)^n / n! times Stieltjes's constants. */
const laurent = [
  0.5772156649015329, 0.07281584548367673, -0.00484518159643616, -0.00034230573671722433, 9.689041939447084e-05, -6.6110318108421895e-06, -3.316240908752772e-07,
  1.0462094584479188e-07, -8.733218100273798e-09, 9.47827778276236e-11, 5.658421927608708e-11, -6.768689863513697e-12, 3.4921159366720317e-13, 4.4104247417577536e-15,
  -2.3997862217709992e-15, 2.1677312200726828e-16, -9.544466076366965e-18, -7.387676660538637e-20, 4.800850782488065e-20,
];

/** Riemann's zeta function within 1.1 of its pole, by Laurent's series (DLMF 25.2.4): it has no large terms that cancel. */
function aroundPole(s: Node): Node {
  const distance = e.sub(s, 1);
  return e.add(e.div(1, distance), polynomial(laurent, distance));
}

/** Hurwitz's zeta function for s > 1: infinite at s = 1 and where q is 0, -1, ..., NaN for other s < 1 and q < 0. */
export function hurwitz(s: Node, q: Node, order = 3): Node {
  const whole = e.eq(e.floor(q), q);
  const inside = eulerMaclaurin(e.select(e.gt(s, 1), s, 2), e.select(e.gt(q, 0), q, 1));
  const outside = e.select(e.or(e.isNan(s), e.isNan(q)), NaN, e.select(e.or(e.eq(s, 1), e.and(whole, e.gt(s, 1))), Infinity, NaN));
  const limit = e.select(e.eq(q, Infinity), 0, e.select(e.eq(s, Infinity), e.select(e.lt(q, 1), Infinity, e.select(e.eq(q, 1), 1, fullLike(q, 0))), inside));
  const value = e.select(e.and(e.gt(s, 1), e.gt(q, 0)), limit, outside);
  if (order === 0) return value;
  return withPartials(value, [s, slope(value, s)], [q, e.neg(e.mul(s, hurwitz(e.add(s, 1), q, order - 1)))]);
}

/** The derivative of what a formula computes; that of Euler and Maclaurin's is the function's. */
function slope(value: Node, s: Node): Node {
  return pushForward("zeta", [value], [s], [fullLike(s, 1)])[0]!;
}

/** (2 pi less its rounded value) / 2 pi */
const restOfTwoPi = 3.8981718325193755e-17;

/** Riemann's zeta function of any real number; below 0 by reflection (DLMF 25.4.1). */
export function riemann(s: Node): Node {
  // Laurent's series still holds a little below 0, where the reflected one nears its pole.
  const below = e.lt(s, -0.1);
  const mirrored = e.select(below, e.sub(1, s), s);
  const far = e.gt(mirrored, 60);
  const near = e.le(mirrored, 2.1);
  const elsewhere = e.select(far, e.add(e.exp2(e.neg(mirrored)), 1), eulerMaclaurin(e.select(e.or(near, far), 3, mirrored), fullLike(s, 1)));
  const zeta = e.select(near, aroundPole(e.select(e.and(near, e.ne(mirrored, 1)), mirrored, 2)), elsewhere);
  const bounded = e.maximum(s, -169);
  // gamma(1 - s) = -s gamma(-s), whose argument is exact; 2 pi is rounded, which a large power shows.
  const power = e.mul(e.pow(fullLike(s, 2 * Math.PI), bounded), e.add(e.mul(bounded, restOfTwoPi), 1));
  const growth = e.mul(e.mul(power, e.mul(e.neg(bounded), gamma(e.neg(bounded)))), 1 / Math.PI);
  const huge = e.mul(e.exp(e.add(e.mul(s, Math.log(2 * Math.PI)), e.lgamma(e.sub(1, s)))), 1 / Math.PI);
  const sine = sinPi(e.mul(s, 0.5));
  const reflected = e.select(e.eq(sine, 0), 0, e.mul(e.mul(e.select(e.lt(s, -169), huge, growth), sine), zeta));
  const value = e.select(e.eq(s, 1), Infinity, e.select(below, reflected, zeta));
  return withPartials(value, [s, slope(value, s)]);
}

const highest = 30;

/** The n-th derivative of digamma (DLMF 5.15.1 and 5.15.6). E205 unless n is a whole number up to 30. */
export function polygamma(n: unknown, x: Node): Node {
  if (typeof n !== "number" || !Number.isInteger(n) || n < 0 || n > highest) {
    throw userError("E205", { op: "polygamma", message: `the order is ${String(n)}, it must be an integer from 0 to ${highest}` });
  }
  return derivativeOfDigamma(n, x, 3);
}

function derivativeOfDigamma(n: number, x: Node, order: number): Node {
  if (n === 0) return e.digamma(x);
  const negative = e.lt(x, 0);
  const sign = n % 2 === 0 ? -1 : 1;
  const argument = e.select(negative, e.sub(1, x), x);
  const factor = e.mul(hurwitz(fullLike(x, n + 1), argument, 0), factorial(n));
  const reduced = e.sub(x, e.round(x));
  const mirror = e.mul(polynomial(derivativeOfCotangent(n), cotangentPi(reduced)), -(Math.PI ** (n + 1)));
  // Of negative whole numbers even orders have no limit.
  const atPole = sign === 1 ? Infinity : NaN;
  const below = e.select(e.eq(reduced, 0), atPole, e.sub(mirror, factor));
  const atZero = sign === 1 ? fullLike(x, Infinity) : e.div(-1, x);
  const above = e.select(e.eq(x, 0), atZero, e.mul(factor, sign));
  const value = e.select(negative, below, above);
  return order === 0 ? value : withPartials(value, [x, derivativeOfDigamma(n + 1, x, order - 1)]);
}

/** cot(pi r) for |r| <= 1/2, with its digits near the zeros, too: large orders magnify them. */
function cotangentPi(r: Node): Node {
  const far = e.sub(0.5, e.abs(r));
  const angle = e.mul(e.select(e.lt(far, 0.25), far, r), Math.PI);
  const [sine, cosine] = [e.sin(angle), e.cos(angle)];
  return e.select(e.lt(far, 0.25), e.mul(e.sign(r), e.div(sine, cosine)), e.div(cosine, sine));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Coefficients of the n-th derivative of the cotangent by powers of it: c' = -(1 + c^2). */
function derivativeOfCotangent(n: number): readonly number[] {
  let coefficients: readonly number[] = [0, 1];
  for (let i = 0; i < n; i++) {
    const next = new Array<number>(coefficients.length + 1).fill(0);
    coefficients.forEach((c, k) => {
      if (k === 0) return;
      next[k - 1]! -= c * k;
      next[k + 1]! -= c * k;
    });
    coefficients = next;
  }
  return coefficients;
}
