// log, log2, log1p and what is made of them: asinh, acosh, atanh.
// x = 2^n (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), and log x = n ln 2 + log(1 + f).

import type { Num } from "./number.ts";

interface Precision {
  readonly bits: "i32" | "i64";
  readonly mantissaBits: number;
  /** The bits of sqrt(1/2). */
  readonly rootHalf: number | bigint;
  /** The smallest normal number, and the power of two by which subnormals are lifted. */
  readonly normal: number;
  readonly lift: number;
  readonly ln2: readonly [number, number];
  /** The bits of 2. */
  readonly two: number | bigint;
  /** Where log1p(x) rounds to x: keeps signs of zeros and bits of subnormals. */
  readonly tiny: number;
}

const f32: Precision = {
  bits: "i32", mantissaBits: 23, rootHalf: 0x3f3504f3, normal: 2 ** -126, lift: 149,
  ln2: [0.693359375, -2.12194440054690581e-4], two: 0x40000000, tiny: 2 ** -25,
};
const f64: Precision = {
  bits: "i64", mantissaBits: 52, rootHalf: 0x3fe6a09e667f3bcdn, normal: 2 ** -1022, lift: 52,
  ln2: [0.6931467056274414, 4.7493250390316726e-7], two: 0x4000000000000000n, tiny: 2 ** -54,
};

const precisionOf = (x: Num): Precision => (x.dtype === "f32" ? f32 : f64);

/** n as a float. i64 has no vector conversion, so its low bits are read as those of a float past 2^52. */
function toFloat(n: Num): Num {
  if (n.dtype === "i32") return n.convert("f32");
  return n.add(0x4338000000000000n).bits("f64").sub(6755399441055744);
}

interface Split {
  /** Bits of 2^n, to divide by it: n shifted to the exponent's place. */
  readonly exponent: Num;
  readonly n: Num;
}

/** For a positive normal x. */
function split(x: Num): Split {
  const { bits, mantissaBits, rootHalf } = precisionOf(x);
  const whole = x.bits(bits).sub(rootHalf).shr(mantissaBits);
  return { exponent: whole.shl(mantissaBits), n: toFloat(whole) };
}

/** log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)] */
function tail(f: Num): Num {
  if (f.dtype === "f32") {
    const square = f.mul(f);
    return square.mul(f.polynomial(tail32).mul(f).sub(0.5));
  }
  // With s = f / (2 + f): log(1 + f) = 2 atanh(s) = f - s (f - R(s^2)) = f - (f^2/2 - s (f^2/2 + R)).
  const s = f.div(f.add(2));
  const square = s.mul(s);
  const r = square.mul(square.polynomial(atanhTail));
  const half = f.mul(f).mul(0.5);
  return s.mul(half.add(r)).sub(half);
}

/** (log(1 + f) - f + f^2/2) / f^3 */
const tail32 = [
  0.3333331048488617, -0.25000256299972534, 0.20002447068691254, -0.16654890775680542, 0.14202222228050232,
  -0.1261812001466751, 0.12220724672079086, -0.10580458492040634, 0.047252971678972244,
];

/** (2 atanh(s) - 2 s) / s^3 in s^2 */
const atanhTail = [
  0.6666666666666666, 0.4000000000000633, 0.2857142856905869, 0.22222222650919238, 0.18181775333731712,
  0.1538710534059041, 0.13249787694665305, 0.1325434787581268,
];

/** x = m 2^n with 1 <= m < 2, for a positive f64, subnormals included. */
export function exponentAndSignificand(x: Num): { readonly m: Num; readonly n: Num } {
  const subnormal = x.lt(f64.normal);
  const whole = subnormal.choose(x.mul(2 ** f64.lift), x).bits("i64");
  const n = toFloat(whole.shr(52));
  return {
    m: whole.and(0xfffffffffffffn).or(0x3ff0000000000000n).bits("f64"),
    n: subnormal.choose(n.sub(1023 + f64.lift), n.sub(1023)),
  };
}

interface Logarithm {
  readonly f: Num;
  readonly n: Num;
}

/** For a positive normal x. */
export function reduceNormal(x: Num): Logarithm {
  const { exponent, n } = split(x);
  return { f: x.bits(precisionOf(x).bits).sub(exponent).bits(x.dtype).sub(1), n };
}

/** For a positive x, subnormals included. In f32 their bits are taken for an integer: a GPU may know no other way. */
export function reduce(x: Num): Logarithm {
  const { normal, lift } = precisionOf(x);
  const subnormal = x.lt(normal);
  const lifted = x.dtype === "f32" ? x.bits("i32").convert("f32") : x.mul(2 ** lift);
  const { f, n } = reduceNormal(subnormal.choose(lifted, x));
  return { f, n: subnormal.choose(n.sub(lift), n) };
}

/** Results where x is not a positive number: -inf for 0, inf for inf, NaN below 0 and for NaN. */
function atEdges(x: Num, value: Num, zero: number): Num {
  const above = x.lt(Infinity).choose(value, x);
  return x.gt(zero).choose(above, x.eq(zero).choose(x.like(-Infinity), Number.NaN));
}

/** n ln 2 + log(1 + f) */
function assemble(f: Num, n: Num): Num {
  const { ln2 } = precisionOf(f);
  return tail(f).add(n.mul(ln2[1])).add(f).add(n.mul(ln2[0]));
}

export function log(x: Num): Num {
  const { f, n } = reduce(x);
  return atEdges(x, assemble(f, n), 0);
}

/** log(1 + f) / ln 2 with f / ln 2 in two parts. */
export function log2(x: Num): Num {
  const { f, n } = reduce(x);
  const { bits, mask, high, low } = x.dtype === "f32"
    ? { bits: "i32" as const, mask: -0x1000, high: 1.4423828125, low: 0.00031222839606925845 }
    : { bits: "i64" as const, mask: -0x100000000n, high: 1.4426946640014648, low: 3.768874985636099e-7 };
  const rest = tail(f);
  const sum = f.add(rest);
  const top = sum.bits(bits).and(mask).bits(x.dtype);
  const bottom = f.sub(top).add(rest);
  const small = bottom.mul(high + low).add(top.mul(low));
  return atEdges(x, small.add(top.mul(high)).add(n), 0);
}

/** log(1 + x), from u = 1 + x and its rounding error c. */
export function log1p(x: Num): Num {
  const { bits, ln2, two, tiny } = precisionOf(x);
  const u = x.add(1);
  const c = x.ge(1).choose(x.like(1).sub(u.sub(x)), x.sub(u.sub(1)));
  const { exponent, n } = split(u);
  const mantissa = u.bits(bits).sub(exponent).bits(x.dtype);
  const inverse = exponent.like(two).sub(exponent).bits(x.dtype); // 2^(1-n), or 0 where that is too small
  const f = mantissa.sub(1).add(c.mul(0.5).mul(inverse));
  const value = tail(f).add(n.mul(ln2[1])).add(f).add(n.mul(ln2[0]));
  return x.abs().lt(tiny).choose(x, atEdges(x, value, -1));
}

/** log1p(a + a^2 / (1 + sqrt(a^2 + 1))) with a = |x|; log(2a) far out, where the square would overflow. */
export function asinh(x: Num): Num {
  const a = x.abs();
  const far = a.gt(x.dtype === "f32" ? 2 ** 60 : 2 ** 500);
  const square = a.mul(a);
  const near = a.add(square.div(square.add(1).sqrt().add(1)));
  const value = log1p(far.choose(a, near)).add(far.choose(a.like(Math.LN2), 0));
  return a.lt(x.dtype === "f32" ? 2 ** -13 : 2 ** -27).choose(a, value).copysign(x);
}

/** log1p(t + sqrt(2 t + t^2)) with t = x - 1 */
export function acosh(x: Num): Num {
  const far = x.gt(x.dtype === "f32" ? 2 ** 60 : 2 ** 500);
  const t = x.sub(1);
  const near = t.add(t.add(t).add(t.mul(t)).sqrt());
  const value = log1p(far.choose(x, near)).add(far.choose(x.like(Math.LN2), 0));
  return x.lt(1).choose(Number.NaN, value);
}

/** log1p(2 a / (1 - a)) / 2 with a = |x| */
export function atanh(x: Num): Num {
  const a = x.abs();
  const twice = a.add(a);
  const rest = x.like(1).sub(a);
  const argument = a.lt(0.5).choose(twice.add(twice.mul(a).div(rest)), twice.div(rest));
  const value = log1p(argument).mul(0.5);
  return a.lt(x.dtype === "f32" ? 2 ** -13 : 2 ** -28).choose(a, value).copysign(x);
}
