// The regularised incomplete gamma functions. Temme's uniform expansion (1979; DLMF 8.12) where a is large and x near it; below,
// the series of P (DLMF 8.11.4) or a short one of Q near 0; above, the continued fraction of Q (DLMF 8.9.2).

import type { Node } from "../../ir/node.ts";
import { gammaLogDerivative } from "../random/gamma-derivative.ts";
import { refuseGradient } from "../random/parameter.ts";
import { stepUntilDone } from "../random/trials.ts";
import * as e from "../ops/elementwise.ts";
import { convert, fullLike, make } from "../ops/primitive.ts";
import { evaluateFraction } from "./continued-fraction.ts";
import { scaledTail } from "./error.ts";
import { gamma, large, lgamma1p, stirlingRest } from "./gamma.ts";
import { temme } from "./gamma-coefficients.ts";
import { log1pmx } from "./log1pmx.ts";
import { atLeast, polynomial, withPartials } from "./real.ts";

/** From here on Temme's expansion is used for |x / a - 1| <= 0.3. */
const uniform = 200;
/** Terms of the series, and steps of the fraction: a few times the root of `uniform`, or what x / a = 1.3 takes. */
const most = 500;

interface Tails {
  readonly lower: Node;
  readonly upper: Node;
}

/** a (x / a - 1 - log(x / a)), which is never negative. */
function exponent(a: Node, x: Node): Node {
  const change = e.div(e.sub(x, a), a);
  const bent = e.select(e.lt(e.abs(change), 0.4), e.neg(log1pmx(change)), e.sub(change, e.log(e.div(x, a))));
  return e.mul(a, bent);
}

/** x^a e^-x / gamma(a + 1) */
function prefactor(a: Node, x: Node): Node {
  const far = atLeast(a, large);
  const stirling = e.div(e.exp(e.neg(e.add(exponent(far, x), stirlingRest(far)))), e.sqrt(e.mul(far, 2 * Math.PI)));
  const near = e.minimum(a, large);
  // Beyond 800 the exponential is 0.
  const bounded = e.minimum(x, 800);
  const power = e.div(e.mul(e.pow(bounded, near), e.exp(e.neg(bounded))), gamma(e.add(near, 1)));
  return e.select(e.ge(a, large), stirling, power);
}

function byExpansion(a: Node, x: Node): Tails {
  const change = e.clip(e.div(e.sub(x, a), a), -0.3, 0.3);
  const half = e.neg(log1pmx(change));
  const eta = e.mul(e.sqrt(e.mul(half, 2)), e.sign(change));
  const inverse = e.div(1, a);
  const series = polynomial(temme.map((row) => polynomial(row, eta)), inverse);
  const depth = e.mul(half, a);
  const decay = e.exp(e.neg(depth));
  const tail = e.mul(e.mul(scaledTail(e.sqrt(depth)), decay), 0.5);
  const correction = e.div(e.mul(decay, series), e.sqrt(e.mul(a, 2 * Math.PI)));
  const above = e.ge(change, 0);
  const small = e.select(above, e.add(tail, correction), e.sub(tail, correction));
  const rest = e.sub(1, small);
  return { lower: e.select(above, rest, small), upper: e.select(above, small, rest) };
}

/** 1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ... where it is wanted. */
function series(a: Node, x: Node, wanted: Node): Node {
  const one = fullLike(a, 1);
  const [sum] = stepUntilDone("gammainc", { state: [one, one, a], pending: wanted }, (_, [total, term, divisor]) => {
    const following = e.add(divisor!, 1);
    const next = e.div(e.mul(term!, x), following);
    return { state: [e.add(total!, next), next, following], pending: e.gt(next, e.mul(total!, 2 ** -54)) };
  }, most) as [Node];
  return sum;
}

/** 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)) where it is wanted. */
function fraction(a: Node, x: Node, wanted: Node): Node {
  const first = e.sub(e.add(x, 1), a);
  const value = evaluateFraction("gammaincc", first, wanted, (index) => {
    const k = convert(index, "f64");
    return { numerator: e.mul(k, e.sub(a, k)), denominator: e.add(first, e.mul(k, 2)) };
  }, { most });
  return e.div(1, value);
}

const termsNearZero = 24;

/** 1 - e^u (1 + a s) with e^u = x^a / gamma(a + 1), for a and x up to 3/2. */
function upperNearZero(a: Node, x: Node): Node {
  const u = e.sub(e.mul(a, e.log(x)), lgamma1p(a));
  let term = fullLike(x, 1);
  let sum = fullLike(x, 0);
  for (let n = 1; n <= termsNearZero; n++) {
    term = e.mul(term, e.mul(x, -1 / n));
    sum = e.add(sum, e.div(term, e.add(a, n)));
  }
  return e.neg(e.add(e.expm1(u), e.mul(e.mul(e.exp(u), a), sum)));
}

function tails(a: Node, x: Node): Tails {
  const inside = e.and(e.and(e.gt(a, 0), e.gt(x, 0)), e.and(e.lt(a, Infinity), e.lt(x, Infinity)));
  const [p, z] = [e.select(inside, a, 1), e.select(inside, x, 1)];
  const expanded = e.and(e.ge(p, uniform), e.le(e.abs(e.sub(z, p)), e.mul(p, 0.3)));
  // Where P is not small, so that it is 1 - Q.
  const nearZero = e.and(e.and(e.lt(z, 1.5), e.le(p, 1.5)), e.gt(e.mul(p, e.log(z)), -1));
  const byFraction = e.and(e.not(expanded), e.and(e.ge(z, 1.5), e.gt(z, e.add(p, 1))));
  const bySeries = e.not(e.or(expanded, e.or(byFraction, nearZero)));
  const factor = prefactor(p, z);
  const lower = e.mul(factor, series(p, e.select(bySeries, z, 1), bySeries));
  const upper = e.select(nearZero, upperNearZero(e.minimum(p, 1.5), e.minimum(z, 1.5)), e.mul(e.mul(factor, p), fraction(p, e.select(byFraction, z, e.add(p, 2)), byFraction)));
  const expansion = byExpansion(e.maximum(p, uniform), z);
  const choose = (uniformly: Node, below: Node, above: Node): Node => e.select(expanded, uniformly, e.select(bySeries, below, above));
  const found = { lower: choose(expansion.lower, lower, e.sub(1, upper)), upper: choose(expansion.upper, e.sub(1, lower), upper) };
  return { lower: e.select(inside, found.lower, edge(a, x)), upper: e.select(inside, found.upper, e.sub(1, edge(a, x))) };
}

/** P where an operand is 0 or infinite; NaN where one is negative, or both are 0 or infinite. */
function edge(a: Node, x: Node): Node {
  const [none, all] = [e.or(e.eq(x, 0), e.eq(a, Infinity)), e.or(e.eq(a, 0), e.eq(x, Infinity))];
  const defined = e.and(e.and(e.ge(a, 0), e.ge(x, 0)), e.not(e.and(none, all)));
  return e.select(defined, e.select(none, 0, fullLike(x, 1)), NaN);
}

/** x^(a - 1) e^-x / gamma(a), the derivative of P by x. */
function densityOf(a: Node, x: Node): Node {
  const atZero = e.select(e.lt(a, 1), Infinity, e.select(e.eq(a, 1), fullLike(x, 1), 0));
  const positive = e.gt(x, 0);
  const z = e.select(positive, x, 1);
  return e.select(positive, e.div(e.mul(prefactor(a, z), a), z), atZero);
}

/** dP/da: at a fixed P a larger a has a larger x. */
function byConcentration(name: string, a: Node, x: Node): Node {
  const fixed = refuseGradient(name, a, "by a it has first derivatives only");
  const positive = e.and(e.gt(x, 0), e.lt(x, Infinity));
  const z = e.select(positive, make("stop_gradient", [x]), 1);
  const slope = e.mul(e.neg(e.mul(prefactor(fixed, z), fixed)), gammaLogDerivative(name, fixed, e.log(z)));
  return e.select(positive, slope, 0);
}

/** P(a, x) */
export function gammainc(a: Node, x: Node): Node {
  return withPartials(tails(a, x).lower, [a, byConcentration("gammainc", a, x)], [x, densityOf(a, x)]);
}

/** Q(a, x) = 1 - P(a, x) */
export function gammaincc(a: Node, x: Node): Node {
  return withPartials(tails(a, x).upper, [a, e.neg(byConcentration("gammaincc", a, x))], [x, e.neg(densityOf(a, x))]);
}
