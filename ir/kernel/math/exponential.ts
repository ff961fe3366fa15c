// exp, exp2, expm1 and what is made of them: logistic, tanh, sinh, cosh.
// x = n ln 2 + r with |r| <= ln(2)/2, and e^x = 2^n (1 + q), q = e^r - 1 by a polynomial.

import { fastTwoSum, type Pair, twoProduct } from "./double.ts";
import type { Num } from "./number.ts";

interface Precision {
  /** Added to an integer it puts that into the low bits. */
  readonly magic: number;
  readonly mantissaBits: number;
  readonly bits: "i32" | "i64";
  /** The bits of 1, and its exponent as they hold it. */
  readonly one: number | bigint;
  readonly bias: number;
  /** ln 2 in two parts; the product of the first with any n is exact. */
  readonly ln2: readonly [number, number];
  /** (e^r - 1 - r) / r^2 for |r| <= ln(2)/2. */
  readonly tail: readonly number[];
  /** Where e^x has overflown, and where it has become 0. */
  readonly high: number;
  readonly low: number;
  /** Where 1 + e^-x has become 1, and a power of two that e^-x still bears at `low`. */
  readonly settled: number;
  readonly spare: number;
}

const f32: Precision = {
  magic: 12582912, mantissaBits: 23, bits: "i32", one: 0x3f800000, bias: 127,
  ln2: [0.693359375, -2.12194440054690581e-4],
  tail: [0.5, 0.16666534543037415, 0.041666604578495026, 0.008367656730115414, 0.0013919819612056017],
  high: 88.8, low: -104, settled: 30, spare: 32,
};

const f64: Precision = {
  magic: 6755399441055744, mantissaBits: 52, bits: "i64", one: 0x3ff0000000000000n, bias: 1023,
  ln2: [0.6931467056274414, 4.7493250390316726e-7],
  tail: [
    0.5, 0.16666666666666666, 0.04166666666666669, 0.008333333333333338, 0.0013888888888871802, 0.00019841269841245517,
    2.480158735032043e-05, 2.7557319277679137e-06, 2.755725169546276e-07, 2.505204749949302e-08, 2.0921652781947957e-09,
    1.609340510474142e-10,
  ],
  high: 709.9, low: -746, settled: 60, spare: 64,
};

const precisionOf = (x: Num): Precision => (x.dtype === "f32" ? f32 : f64);

/** x = n ln 2 + r + error. */
interface Reduced {
  /** An integer. */
  readonly n: Num;
  /** e^r - 1 */
  readonly q: Num;
}

function reduce(x: Num): Reduced {
  const { ln2 } = precisionOf(x);
  const n = x.mul(Math.LOG2E).nearest();
  const high = x.sub(n.mul(ln2[0]));
  const low = n.mul(ln2[1]);
  const r = high.sub(low);
  return { n, q: x.dtype === "f32" ? expm1Small(r) : expm1Small(r, high.sub(r).sub(low)) };
}

/** e^(r + error) - 1 for |r| <= ln(2)/2. */
function expm1Small(r: Num, error?: Num): Num {
  const { tail } = precisionOf(r);
  const small = r.mul(r).mul(r.polynomial(tail));
  return r.add(error === undefined ? small : small.add(error));
}

/** 2^(n + offset) for a result in the normal range. */
function powerOfTwo(n: Num, offset = 0): Num {
  const { magic, bias, bits, mantissaBits } = precisionOf(n);
  return n.add(magic + bias + offset).bits(bits).shl(mantissaBits).bits(n.dtype);
}

/** y 2^(n + offset) in two steps, so that subnormal results are rounded once and overflow comes last. */
function scale(y: Num, n: Num, offset = 0): Num {
  const { magic, bits, mantissaBits, one } = precisionOf(y);
  const whole = n.add(magic).bits(bits);
  const half = whole.shr(1).shl(mantissaBits);
  const bias = typeof one === "bigint" ? one + (BigInt(offset) << BigInt(mantissaBits)) : one + offset * 2 ** mantissaBits;
  const first = half.add(one).bits(y.dtype);
  const second = whole.shl(mantissaBits).sub(half).add(bias).bits(y.dtype);
  return y.mul(first).mul(second);
}

/** e^x 2^offset */
function expScaled(x: Num, offset: number): Num {
  const { high, low } = precisionOf(x);
  if (x.upperBound <= 0 && offset === 0) return expOfNegative(x);
  const { n, q } = reduce(x.atMost(high + 1).atLeast(low));
  return scale(q.add(1), n, offset);
}

/** e^x for x <= 0: the same bits as `scale` gives, in fewer steps. 2^(n + lift) is normal, and 2^-lift rounds the result once. */
function expOfNegative(x: Num): Num {
  const { low, spare } = precisionOf(x);
  const lift = 2 * spare;
  const { n, q } = reduce(x.atLeast(low));
  return q.add(1).mul(powerOfTwo(n, lift)).mul(2 ** -lift);
}

/** e^x where x and the result stay far from overflow and subnormals. */
export function expOfSmall(x: Num): Num {
  const { n, q } = reduce(x);
  const power = powerOfTwo(n);
  return power.mul(q).add(power);
}

/** e^(high + low) as a pair near 1 and the power of two that belongs to it; the exponent at most 0. */
export function expOfPair(x: Pair): { readonly value: Pair; readonly scale: (y: Num) => Num } {
  const { ln2, tail, low: lowest } = precisionOf(x.high);
  const bounded = x.high.atLeast(lowest);
  const n = bounded.mul(Math.LOG2E).nearest();
  const high = bounded.sub(n.mul(ln2[0]));
  const low = n.mul(ln2[1]).sub(x.low);
  const r = high.sub(low);
  const rest = r.mul(r).mul(r.polynomial(tail)).add(high.sub(r).sub(low));
  const one = fastTwoSum(r.like(1), r);
  return { value: fastTwoSum(one.high, one.low.add(rest)), scale: (y) => scale(y, n) };
}

/** 2^(high + low); |high| <= 1100, or 200 in f32 */
export function exp2OfPair(x: Pair): Num {
  const n = x.high.nearest();
  const t = x.high.sub(n);
  const product = twoProduct(t, t.like(Math.LN2));
  const error = product.low.add(t.mul(x.high.dtype === "f32" ? -1.9046542121259336e-9 : 2.3190468138462996e-17)).add(x.low.mul(Math.LN2));
  const r = fastTwoSum(product.high, error);
  return scale(expm1Small(r.high, r.low).add(1), n);
}

export function exp(x: Num): Num {
  return expScaled(x, 0);
}

export function exp2(x: Num): Num {
  const { low } = precisionOf(x);
  const bounded = x.atMost(x.dtype === "f32" ? 129 : 1025).atLeast(Math.floor(low * Math.LOG2E));
  const n = bounded.nearest();
  return scale(exp2m1Small(bounded.sub(n)).add(1), n);
}

/** 2^t - 1 for |t| <= 1/2: t ln 2 in two parts, the small one made good to first order. */
function exp2m1Small(t: Num): Num {
  const [high, low] = t.dtype === "f32" ? [0.693359375, -2.12194440054690581e-4] : [Math.LN2, 2.3190468138462996e-17];
  if (t.dtype === "f32") return expm1Small(t.mul(high).add(t.mul(low)));
  return expm1Small(t.mul(high), t.mul(low));
}

/** (e^x - 1) 2^offset, offset < 0; x at most what keeps 2^(n + offset) finite. */
function expm1Scaled(x: Num, offset: number): Num {
  const { n, q } = reduce(x.atLeast(x.dtype === "f32" ? -18 : -40));
  const power = powerOfTwo(n, offset);
  return power.mul(q).add(power.sub(2 ** offset));
}

/** Where f(x) rounds to x: keeps signs of zeros and bits of subnormals. */
const tinyBound = (x: Num) => (x.dtype === "f32" ? 2 ** -25 : 2 ** -54);

export function expm1(x: Num): Num {
  const half = expm1Scaled(x.atMost(precisionOf(x).high), -1);
  return x.abs().lt(tinyBound(x)).choose(x, half.add(half));
}

/** 1 / (1 + e^-x), both sides of the quotient times a power of two that keeps the divisor finite. */
export function logistic(x: Num): Num {
  const { low, settled, spare } = precisionOf(x);
  const { n, q } = reduce(x.atLeast(low).atMost(settled).neg());
  const power = powerOfTwo(n, -spare);
  return x.like(2 ** -spare).div(power.mul(q).add(2 ** -spare).add(power));
}

/** 1 - 2 / (e^2a + 1) with a = |x|; near 0 x + x^3 P(x^2). */
export function tanh(x: Num): Num {
  const { saturated, near, tail } = x.dtype === "f32" ? tanh32 : tanh64;
  const a = x.abs().atMost(saturated);
  const { n, q } = reduce(a.add(a));
  const power = powerOfTwo(n);
  const large = x.like(1).sub(x.like(2).div(power.mul(q).add(power.add(1))));
  const square = a.mul(a);
  const small = a.add(a.mul(square).mul(square.polynomial(tail)));
  return a.lt(near).choose(small, large).copysign(x);
}

/** Where tanh has become 1, up to where the polynomial serves, and (tanh(x) - x) / x^3 in x^2. */
const tanh32 = {
  saturated: 10, near: 0.65,
  tail: [-0.3333326280117035, 0.13330897688865662, -0.05369282513856888, 0.02048293687403202, -0.005528285633772612],
};
const tanh64 = {
  saturated: 22, near: 0.55,
  tail: [
    -0.3333333333333333, 0.13333333333333075, -0.0539682539680498, 0.021869488528032215, -0.008863235340250205,
    0.0035921252115953244, -0.0014558062377442243, 0.0005898350975508669, -0.00023822120118365494, 9.398262499132728e-05,
    -3.2985014601936085e-05, 7.4591182166908565e-06,
  ],
};

/** h + h / (2 h + 1) with h = (e^|x| - 1) / 2; near 0 in f32 x + x^3 P(x^2). */
export function sinh(x: Num): Num {
  const a = x.abs();
  const quarter = expm1Scaled(a.atMost(x.dtype === "f32" ? 89.5 : 710.6), -2);
  const h = quarter.add(quarter);
  const bounded = h.atMost(2 ** 60);
  const large = h.add(bounded.div(bounded.add(bounded).add(1)));
  if (x.dtype === "f64") return a.lt(2 ** -27).choose(a, large).copysign(x);
  const square = a.mul(a);
  const small = a.add(a.mul(square).mul(square.polynomial(sinhTail)));
  return a.lt(1).choose(small, large).copysign(x);
}

/** (sinh(x) - x) / x^3 in x^2, for |x| <= 1 in f32 */
const sinhTail = [0.1666666716337204, 0.008333311416208744, 0.00019842635083477944, 2.783928721328266e-06];

/** w + 1 / (4 w) with w = e^|x| / 2 */
export function cosh(x: Num): Num {
  const w = expScaled(x.abs(), -1);
  return w.add(w.like(0.25).div(w));
}
