// How a gamma draw moves with its shape parameter a, at a fixed value of the distribution function F:
// dx/da = -(dF/da) / (dF/dx), in f64.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { convert, fullLike } from "../ops/primitive.ts";
import { stepUntilDone } from "./trials.ts";

/** From here on the expansion for large a is used. */
const large = 200;
const mostTerms = 1024;

/** d log x / da, as f64. Its relative error is at most 1e-14 over the probability of a larger draw, and at most
 *  1e-6 from a = 200 on, within six standard deviations of the mean. */
export function gammaLogDerivative(op: string, concentration: Node, logarithm: Node): Node {
  const [a, log] = [convert(concentration, "f64"), convert(logarithm, "f64")];
  return e.select(e.lt(a, large), bySeries(op, a, log), byQuantile(a, log));
}

/** With t(n) = x^n / (a (a + 1) ... (a + n)): F = x^a e^-x / gamma(a) * sum of t(n), so d log x / da = sum of t(n) (digamma(a + n + 1) - log x).
 *  Terms rise as long as a + n < x, and change sign there. */
function bySeries(op: string, a: Node, log: Node): Node {
  const x = e.exp(log);
  const first = e.div(1, a);
  const psi = e.digamma(e.add(a, 1));
  const zero = fullLike(a, 0);
  const init = { state: [zero, zero, first, psi], pending: e.and(e.lt(a, large), e.lt(x, Infinity)) };
  return stepUntilDone(op, init, (_, [total, n, term, digamma]) => {
    const sum = e.add(total!, e.mul(term!, e.sub(digamma!, log)));
    const following = e.add(n!, 1);
    const factor = e.add(a, following);
    const next = e.div(e.mul(term!, x), factor);
    return {
      state: [sum, following, next, e.add(digamma!, e.div(1, factor))],
      pending: e.or(e.lt(factor, x), e.gt(next, e.mul(e.abs(sum), 2 ** -53))),
    };
  }, mostTerms)[0]!;
}

/** Cornish and Fisher's expansion of the quantile (Goldberg and Levine, 1946): x = sum of a^(1 - k/2) P(k, z) at the normal
 *  quantile z. Coefficients of P(0) ... P(5), from the lowest power of z on. */
const quantile = [
  [1], [0, 1], [-1 / 3, 0, 1 / 3], [0, -7 / 36, 0, 1 / 36], [16 / 810, 0, -7 / 810, 0, -3 / 810], [0, -433 / 38880, 0, 256 / 38880, 0, 9 / 38880],
];
const slope = quantile.map((polynomial) => polynomial.map((coefficient, power) => coefficient * power).slice(1));

/** The expansion differentiated by a. z is found by Wilson and Hilferty's approximation (1931) and a step of Newton's method. */
function byQuantile(a: Node, log: Node): Node {
  const root = e.rsqrt(a);
  const ratio = e.exp(e.sub(log, e.log(a)));
  const start = e.div(e.mul(e.add(e.sub(e.cbrt(ratio), 1), e.div(1 / 9, a)), 3), root);
  const error = e.sub(expansion(quantile, start, root), ratio);
  const z = e.sub(start, e.div(error, expansion(slope, start, root)));
  return e.div(expansion(quantile.map((polynomial, k) => polynomial.map((coefficient) => coefficient * (1 - k / 2))), z, root), e.mul(a, ratio));
}

/** The sum of root^k P(k, z). */
function expansion(polynomials: readonly (readonly number[])[], z: Node, root: Node): Node {
  return horner(polynomials.map((polynomial) => horner(polynomial, z)), root);
}

function horner(coefficients: readonly (number | Node)[], x: Node): Node {
  return coefficients.reduceRight<Node>((sum, coefficient) => e.add(e.mul(sum, x), coefficient), fullLike(x, 0));
}
