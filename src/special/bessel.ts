// Bessel functions of the first kind, of orders 0 and 1, plain and modified. Near 0 a polynomial, from which the first zero is split
// off in two parts; far out Hankel's form (DLMF 10.17.3), its factors P and Q as polynomials in 1/x^2, and for the modified ones
// e^x / sqrt(x) times a polynomial in 1/x.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { i0Far, i1Far, j0Near, j0P, j0Q, j1Near, j1P, j1Q } from "./bessel-coefficients.ts";
import { polynomial, smooth, type Smooth } from "./real.ts";

interface Oscillating {
  /** The first positive zero, in two parts. */
  readonly zero: readonly [high: number, low: number];
  readonly near: readonly number[];
  readonly p: readonly number[];
  /** x Q */
  readonly q: readonly number[];
}

/** Up to here the polynomial in x^2 serves. */
const nearJ = 5;
const nearI = 8;

/** J(x) / x^n for |x| <= 5. Its derivatives are right, too, at 0 as elsewhere. */
function nearOf(x: Node, { zero: [high, low], near }: Oscillating): Node {
  const close = e.clip(x, -nearJ, nearJ);
  const distance = e.mul(e.sub(e.sub(close, high), low), e.add(e.add(close, high), low));
  return e.mul(distance, polynomial(near, e.sub(e.mul(e.mul(close, close), 2 / (nearJ * nearJ)), 1)));
}

/** J(|x|) for |x| >= 5: P cos(t) - Q sin(t) over the root, as `combine` puts them together for t = |x| - shift. */
function farOf(x: Node, { p, q }: Oscillating, combine: (p: Node, q: Node, sine: Node, cosine: Node) => Node): Node {
  const a = e.abs(x);
  const far = e.maximum(a, nearJ);
  const inverse = e.div(1, far);
  const u = e.sub(e.mul(e.mul(inverse, inverse), 2 * nearJ * nearJ), 1);
  const wave = combine(polynomial(p, u), e.mul(polynomial(q, u), inverse), e.sin(far), e.cos(far));
  return e.div(wave, e.sqrt(e.mul(far, Math.PI)));
}

const isNearJ = (x: Node): Node => e.lt(e.abs(x), nearJ);
/** At infinity, where sine and cosine are NaN, 0. */
const joinJ = (x: Node, near: Node, far: Node): Node => e.select(isNearJ(x), near, e.select(e.eq(e.abs(x), Infinity), 0, far));
const signed = (x: Node, value: Node): Node => e.select(e.lt(x, 0), e.neg(value), value);

const besselJ0 = { zero: [2.404825557695773, -1.176691651530894e-16], near: j0Near, p: j0P, q: j0Q } as const;
const besselJ1 = { zero: [3.8317059702075125, -1.5269184090088067e-16], near: j1Near, p: j1P, q: j1Q } as const;

// cos(x - pi/4) = (cos x + sin x) / sqrt 2, and so on; the root is in the divisor.
export const j0: Smooth = smooth("j0", (x) => {
  const far = farOf(x, besselJ0, (p, q, sine, cosine) => e.sub(e.mul(p, e.add(cosine, sine)), e.mul(q, e.sub(sine, cosine))));
  return joinJ(x, nearOf(x, besselJ0), far);
}, (x, order) => e.neg(j1(x, order)));

export const j1: Smooth = smooth("j1", (x) => {
  const far = farOf(x, besselJ1, (p, q, sine, cosine) => e.add(e.mul(p, e.sub(sine, cosine)), e.mul(q, e.add(sine, cosine))));
  return joinJ(x, e.mul(x, nearOf(x, besselJ1)), signed(x, far));
}, (x, order) => e.sub(j0(x, order), e.select(isNearJ(x), nearOf(x, besselJ1), overArgument(j1(x, order), x))));

/** f(x) / x where x is far from 0. */
function overArgument(value: Node, x: Node): Node {
  return e.div(value, e.select(e.lt(e.abs(x), 1), 1, x));
}

// Taylor's series in x^2 / 4: all terms are positive, and those up to here matter for |x| <= 8.
const terms = 24;
const i0Near: number[] = [1];
const i1Near: number[] = [0.5];
for (let k = 1; k < terms; k++) {
  i0Near.push(i0Near[k - 1]! / (k * k));
  i1Near.push(i1Near[k - 1]! / (k * (k + 1)));
}

const isNearI = (x: Node): Node => e.lt(e.abs(x), nearI);

/** I(x) / x^n for |x| <= 8. */
function seriesOf(x: Node, coefficients: readonly number[]): Node {
  const half = e.mul(e.clip(x, -nearI, nearI), 0.5);
  return polynomial(coefficients, e.mul(half, half));
}

/** e^-|x| I(|x|) for |x| >= 8. */
function scaledFar(x: Node, coefficients: readonly number[]): Node {
  const bounded = e.maximum(e.abs(x), nearI);
  return e.div(polynomial(coefficients, e.sub(e.div(2 * nearI, bounded), 1)), e.sqrt(bounded));
}

/** e^|x| times a small factor, which may be finite where e^|x| is not. */
function timesExp(factor: Node, x: Node): Node {
  const a = e.abs(x);
  const root = e.exp(e.mul(a, 0.5));
  const product = e.select(e.lt(a, 700), e.mul(factor, e.exp(a)), e.mul(e.mul(factor, root), root));
  return e.select(e.eq(a, Infinity), Infinity, product);
}

const decay = (x: Node): Node => e.exp(e.neg(e.abs(x)));

export const i0: Smooth = smooth("i0", (x) => e.select(isNearI(x), seriesOf(x, i0Near), timesExp(scaledFar(x, i0Far), x)), (x, order) => i1(x, order));

export const i1: Smooth = smooth("i1",
  (x) => e.select(isNearI(x), e.mul(x, seriesOf(x, i1Near)), signed(x, timesExp(scaledFar(x, i1Far), x))),
  (x, order) => e.sub(i0(x, order), e.select(isNearI(x), seriesOf(x, i1Near), overArgument(i1(x, order), x))));

export const i0e: Smooth = smooth("i0e",
  (x) => e.select(isNearI(x), e.mul(seriesOf(x, i0Near), decay(x)), scaledFar(x, i0Far)),
  (x, order) => e.sub(i1e(x, order), e.mul(e.sign(x), i0e(x, order))));

export const i1e: Smooth = smooth("i1e",
  (x) => e.select(isNearI(x), e.mul(e.mul(x, seriesOf(x, i1Near)), decay(x)), signed(x, scaledFar(x, i1Far))),
  (x, order) => {
    const value = i1e(x, order);
    const ratio = e.select(isNearI(x), e.mul(seriesOf(x, i1Near), decay(x)), overArgument(value, x));
    return e.sub(i0e(x, order), e.add(e.mul(e.sign(x), value), ratio));
  });
