// fmod, exact for every pair of arguments: long division, a fixed number of quotient bits a step.

import { halves } from "./double.ts";
import { exponentAndSignificand } from "./logarithm.ts";
import type { Num } from "./number.ts";

/** Of f32 arguments: quotients of 28 bits times 24 bits of the divisor are exact in f64. */
export function fmodOf32(singleX: Num, singleY: Num): Num {
  const [x, y] = [singleX.convert("f64"), singleY.convert("f64")];
  const divisor = y.abs();
  let rest = x.abs();
  // |x / y| < 2^277
  for (let step = 9; step >= 0; step--) {
    const multiple = divisor.mul(2 ** (28 * step));
    rest = rest.sub(rest.div(multiple).trunc().mul(multiple));
  }
  const unchanged = divisor.eq(Infinity).and(x.abs().lt(Infinity));
  return unchanged.choose(x, rest.copysign(x)).convert("f32");
}

const bitsPerStep = 26;
/** |x / y| < 2^2098 */
const steps = Math.floor(2098 / bitsPerStep);

/** On significands in [1, 2); the exponents' difference says how many steps count. */
export function fmod(x: Num, y: Num): Num {
  const [a, b] = [x.abs(), y.abs()];
  const [dividend, divisor] = [exponentAndSignificand(a), exponentAndSignificand(b)];
  const distance = dividend.n.sub(divisor.n);
  const whole = distance.mul(1 / bitsPerStep).add(1e-3).floor();
  const parts = halves(divisor.m);
  const reduce = (rest: Num): Num => {
    const quotient = rest.div(divisor.m).trunc();
    const next = rest.sub(quotient.mul(parts.high)).sub(quotient.mul(parts.low));
    return next.lt(0).choose(next.add(divisor.m), next);
  };
  let rest = reduce(dividend.m);
  for (let step = 0; step < steps; step++) {
    rest = whole.gt(step).choose(reduce(rest.mul(2 ** bitsPerStep)), rest);
  }
  const left = distance.sub(whole.mul(bitsPerStep)).atLeast(0);
  rest = reduce(rest.mul(powerOfTwo(left)));
  // Back to the divisor's exponent in two factors: the result may be subnormal.
  const half = divisor.n.mul(0.5).floor();
  const value = rest.mul(powerOfTwo(half)).mul(powerOfTwo(divisor.n.sub(half)));
  const ordinary = a.lt(b).choose(a, value).copysign(x);
  const undefinedHere = b.eq(0).or(a.eq(Infinity)).or(x.ne(x)).or(y.ne(y));
  return undefinedHere.choose(Number.NaN, ordinary);
}

/** 2^n for an integer -1022 <= n <= 1023. */
function powerOfTwo(n: Num): Num {
  return n.add(6755399441055744).bits("i64").shl(52).add(0x3ff0000000000000n).bits("f64");
}
