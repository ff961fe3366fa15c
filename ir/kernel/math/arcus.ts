// asin, acos, atan, atan2: reduced to |z| <= tan(pi/8), or sin(pi/6), where a polynomial serves.

import type { Num } from "./number.ts";

/** (atan(z) - z) / z^3 in z^2 */
const atan32 = [-0.33333316445350647, 0.1999853104352951, -0.1424446851015091, 0.1059979498386383, -0.06091662496328354];
const atan64 = [
  -0.33333333333333326, 0.1999999999999769, -0.14285714285390505, 0.1111111108833348, -0.0909090815014991,
  0.07692282885879156, -0.06666228637706077, 0.05877040227597062, -0.052185231305598594, 0.045040326933456824,
  -0.03348571821153515, 0.015206601257555177,
];
/** (asin(z) - z) / z^3 in z^2 */
const asin32 = [0.16666753590106964, 0.07495249062776566, 0.045476652681827545, 0.02414811961352825, 0.04222007095813751];
const asin64 = [
  0.16666666666666763, 0.0749999999997009, 0.04464285717529284, 0.030381942675003337, 0.022372215912614506,
  0.017351595395356696, 0.013981019632911418, 0.011397285151581907, 0.010789360384821875, 0.0036720525594752967,
  0.02179093815556436, -0.02111709437960845, 0.03270237755483015,
];

/** pi in two parts, the first exact in the dtype. */
const pi32 = { high: 3.1415927410125732, low: -8.742277657347586e-8 };
const pi64 = { high: 3.141592653589793, low: 1.2246467991473532e-16 };
const piOf = (x: Num) => (x.dtype === "f32" ? pi32 : pi64);

/** base (a multiple of pi) - y, in two parts. */
function piMinus(factor: number, y: Num): Num {
  const { high, low } = piOf(y);
  return y.like(factor * high).sub(y.sub(factor * low));
}

interface Sine {
  readonly small: Num;
  /** a itself, or sqrt((1 - a) / 2). */
  readonly s: Num;
  /** asin(s) - s */
  readonly rest: Num;
}

function reduceSine(x: Num): Sine {
  const a = x.abs();
  const small = a.lt(0.5);
  const z = small.choose(a.mul(a), a.like(1).sub(a).mul(0.5));
  const s = small.choose(a, z.sqrt());
  return { small, s, rest: s.mul(z).mul(z.polynomial(x.dtype === "f32" ? asin32 : asin64)) };
}

/** pi/2 - 2 asin(sqrt((1 - a) / 2)) for a = |x| >= 1/2 */
export function asin(x: Num): Num {
  const { small, s, rest } = reduceSine(x);
  const { high, low } = piOf(x);
  const large = s.like(high / 2).sub(s.add(s)).sub(rest.add(rest).sub(low / 2));
  return small.choose(s.add(rest), large).copysign(x);
}

/** pi/2 - asin(x), or 2 asin(sqrt((1 - a) / 2)) and its distance from pi. */
export function acos(x: Num): Num {
  const { small, s, rest } = reduceSine(x);
  const arc = s.add(rest);
  const twice = arc.add(arc);
  const large = x.lt(0).choose(piMinus(1, twice), twice);
  return small.choose(piMinus(0.5, arc.copysign(x)), large);
}

const tanEighth = Math.SQRT2 - 1;

/** The angle in [0, pi/2] of the point (x, y), both at least 0, not both 0 or infinite. */
function angle(y: Num, x: Num): Num {
  const steep = y.gt(x.mul(1 / tanEighth));
  const middle = y.gt(x.mul(tanEighth));
  const numerator = steep.choose(x.neg(), middle.choose(y.sub(x), y));
  const divisor = steep.choose(y, middle.choose(y.add(x), x));
  const z = numerator.div(divisor);
  const square = z.mul(z);
  const { high, low } = piOf(x);
  const base = (part: number) => steep.choose(x.like(part / 2), middle.choose(x.like(part / 4), 0));
  const tail = z.mul(square).mul(square.polynomial(x.dtype === "f32" ? atan32 : atan64));
  return z.add(tail.add(base(low))).add(base(high));
}

export function atan(x: Num): Num {
  return angle(x.abs(), x.like(1)).copysign(x);
}

/** Multiplies absolute values by one power of two, so that the sum of both is finite and, in f32, neither is subnormal, which a GPU may take for 0. */
function scaleOf(x: Num, y: Num): (a: Num) => Num {
  const above = (bound: number) => x.abs().gt(bound).or(y.abs().gt(bound));
  if (x.dtype === "f64") {
    const scale = above(2 ** 1000).choose(x.like(0.25), 1);
    return (a) => a.mul(scale);
  }
  const large = above(2 ** 62);
  return (a) => large.choose(a.mul(0.25), a.lt(2 ** -126).choose(a.bits("i32").convert("f32").mul(2 ** (64 - 149)), a.mul(2 ** 64)));
}

/** C99's edges. */
export function atan2(y: Num, x: Num): Num {
  // Infinities stand for the limit of their direction.
  const [infiniteX, infiniteY] = [x.abs().eq(Infinity), y.abs().eq(Infinity)];
  const scale = scaleOf(x, y);
  const finite = (a: Num, own: Num, other: Num) => own.choose(a.like(1), other.choose(a.like(0), scale(a)));
  const a = finite(y.abs(), infiniteY, infiniteX);
  const b = finite(x.abs(), infiniteX, infiniteY);
  const first = a.eq(0).choose(a, angle(a, b));
  const negative = x.like(1).copysign(x).lt(0);
  const result = negative.choose(piMinus(1, first), first).copysign(y);
  return x.ne(x).or(y.ne(y)).choose(x.add(y), result);
}
