// pow and the cube root: functions whose precision needs more than one float.

import { addPairs, fastTwoSum, halves, multiplyPairs, type Pair, twoProduct, twoSum } from "./double.ts";
import { exp2OfPair } from "./exponential.ts";
import { exponentAndSignificand, reduce } from "./logarithm.ts";
import type { Num } from "./number.ts";
import { exp2Wide, log2Wide } from "./wide.ts";

interface Precision {
  readonly inverseLn2: readonly [number, number];
  /** 2/3, and then 2/5, 2/7, ... of 2 atanh(s) = 2 s + 2/3 s^3 + 2/5 s^5 + ... with |s| <= 0.1716 */
  readonly twoThirds: readonly [number, number];
  readonly atanhTail: readonly number[];
  /** Beyond it, 2^x is 0 or infinite. */
  readonly bound: number;
}

const f64: Precision = {
  inverseLn2: [1.4426950408889634, 2.0355273740931033e-17],
  twoThirds: [0.6666666666666666, 3.700743415417188e-17],
  atanhTail: [
    0.4000000000000229, 0.2857142857008396, 0.22222222522842194, 0.1818178410095118, 0.15386770050323456,
    0.13256511657715175, 0.13199255475082666,
  ],
  bound: 1100,
};
const f32: Precision = {
  inverseLn2: [1.4426950216293335, 1.925963033500011e-8],
  twoThirds: [0.6666666865348816, -1.9868215517249155e-8],
  atanhTail: [0.4, 0.28571428571428571, 0.2222222222222222, 0.1818],
  bound: 200,
};
const precisionOf = (x: Num): Precision => (x.dtype === "f32" ? f32 : f64);

const constant = (x: Num, [high, low]: readonly [number, number]): Pair => ({ high: x.like(high), low: x.like(low) });

/** The exponent of a positive x, and the logarithm of the rest to 2^-64, in f32 to 2^-36. */
function reducePair(x: Num): { readonly n: Num; readonly natural: Pair } {
  const { twoThirds, atanhTail } = precisionOf(x);
  const { f, n } = reduce(x);
  const divisor = twoSum(f, f.like(2));
  const quotient = f.div(divisor.high);
  const back = twoProduct(quotient, divisor.high);
  const s: Pair = {
    high: quotient,
    low: f.sub(back.high).sub(back.low).sub(quotient.mul(divisor.low)).div(divisor.high),
  };
  const z = multiplyPairs(s, s);
  const third = multiplyPairs(z, constant(f, twoThirds));
  const rest = z.high.mul(z.high).mul(z.high.polynomial(atanhTail));
  const series = fastTwoSum(third.high.like(2), third.high.add(rest));
  const added = third.high.add(rest).sub(third.high);
  const factor: Pair = { high: series.high, low: series.low.add(rest.sub(added)).add(third.low) };
  return { n, natural: multiplyPairs(s, factor) };
}

/** log2(x) for a positive x. */
function log2Pair(x: Num): Pair {
  const { n, natural } = reducePair(x);
  return addPairs({ high: n, low: n.like(0) }, multiplyPairs(natural, constant(x, precisionOf(x).inverseLn2)));
}

/** log(high + low) of a positive pair of f32, or of a subnormal, which a GPU may not divide by. */
export function logOfPair({ high, low }: Pair): Pair {
  const { n, natural } = reducePair(high);
  const whole = multiplyPairs({ high: n, low: n.like(0) }, constant(n, [0.6931471824645996, -1.9046542121259336e-9]));
  const { high: sum, low: rest } = addPairs(whole, natural);
  return fastTwoSum(sum, rest.add(low.eq(0).choose(low, low.div(high))));
}

/** |x|^y with the edges of C99. */
function withEdges(x: Num, y: Num, magnitude: Num): Num {
  const whole = y.eq(y.nearest());
  const half = y.mul(0.5);
  const odd = whole.and(half.ne(half.nearest()));
  const negative = x.like(1).copysign(x).lt(0);
  const signed = negative.and(odd).choose(magnitude.neg(), magnitude);
  const undefinedHere = x.lt(0).and(x.gt(-Infinity)).and(whole.not()).and(y.abs().lt(Infinity));
  const value = undefinedHere.choose(Number.NaN, signed);
  const one = x.eq(1).or(y.eq(0)).or(x.eq(-1).and(y.abs().eq(Infinity)));
  return one.choose(1, x.ne(x).or(y.ne(y)).choose(x.add(y), value));
}

export function pow(x: Num, y: Num): Num {
  const { bound } = precisionOf(x);
  const a = x.abs();
  const logarithm = log2Pair(a);
  // Infinite and overflowing products need no low part; bounded, they lead to 0 or infinity by themselves.
  const ordinary = a.gt(0).and(a.lt(Infinity)).and(y.abs().lt(2 ** 70));
  const product = twoProduct(logarithm.high, ordinary.choose(y, 1));
  const exponent = product.high.atMost(bound).atLeast(-bound);
  const fine = product.high.eq(exponent).choose(product.low.add(logarithm.low.mul(y)), 0);
  const magnitude = exp2OfPair({ high: exponent, low: fine });
  // a = 0 or infinite, or a huge |y|: 0, 1 or infinity, as |log a| y has it.
  const above = a.gt(1).choose(y, y.neg());
  const extreme = a.eq(1).choose(a, above.gt(0).choose(Infinity, a.like(0)));
  return withEdges(x, y, ordinary.choose(magnitude, extreme));
}

/** Of f32 arguments: f64 has bits enough to do without pairs. */
export function powOf32(singleX: Num, singleY: Num): Num {
  const [x, y] = [singleX.convert("f64"), singleY.convert("f64")];
  const a = x.abs();
  // At the ends the logarithm is infinite; infinity times 0 does not matter, x^0 being 1.
  const logarithm = a.gt(0).choose(a.lt(Infinity).choose(log2Wide(a), a), -Infinity);
  const exponent = a.eq(1).choose(a.like(0), logarithm.mul(y)).atLeast(-200).atMost(200);
  return withEdges(x, y, exp2Wide(exponent)).convert("f32");
}

/** cbrt(m) for 1 <= m < 2, to 2^-22 */
export const cubeRoot = [
  0.4471415412112096, 0.9500985111445681, -0.6661766714072705, 0.38536295522923253, -0.1444706822911767,
  0.030904152364661118, -0.002859635070238607,
];

/** Of 2 and 4. */
export const cubeRoots = [1.2599210498948732, 1.5874010519681996] as const;

/** One step of Halley's iteration from a root of 26 bits, whose square is exact. */
export function cbrt(x: Num): Num {
  const a = x.abs();
  const { m, n } = exponentAndSignificand(a);
  const third = n.mul(1 / 3).add(0.01).floor();
  const rest = n.sub(third.mul(3));
  const factor = rest.eq(0).choose(rest.like(1), rest.eq(1).choose(rest.like(cubeRoots[0]), cubeRoots[1]));
  const start = halves(m.polynomial(cubeRoot).mul(factor)).high;
  const radicand = m.mul(rest.eq(0).choose(rest.like(1), rest.eq(1).choose(rest.like(2), 4)));
  const quotient = radicand.div(start.mul(start));
  const root = start.add(start.mul(quotient.sub(start).div(start.add(start).add(quotient))));
  const power = third.add(6755399441055744).bits("i64").shl(52).add(0x3ff0000000000000n).bits("f64");
  const finite = a.gt(0).and(a.lt(Infinity));
  return finite.choose(root.mul(power), a).copysign(x);
}
