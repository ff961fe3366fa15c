// fmod of f32, exact, in i32 arithmetic: long division of significands, 20 bits of the quotient a step.

import type { Num } from "../number.ts";
import { powerOfTwo, takeApart } from "./significand.ts";

const bitsPerStep = 20;
/** |x / y| < 2^277 */
const steps = Math.floor(276 / bitsPerStep);

export function fmod(x: Num, y: Num): Num {
  const [a, b] = [x.abs(), y.abs()];
  const [dividend, divisor] = [takeApart(a), takeApart(b)];
  const m = divisor.m.bits("i32").and(0x7fffff).or(0x800000);
  const distance = dividend.n.sub(divisor.n).atLeast(0);
  const whole = distance.mul(3277).shr(16); // distance / 20
  /** The remainder of rest 2^k by m; rest < m. The quotient is wrong by one at most, which shows in what is left. */
  const inverse = m.like(1).convert("f32").div(m.convert("f32"));
  const reduce = (rest: Num, float: Num, integer: Num | number): Num => {
    const quotient = rest.convert("f32").mul(float).mul(inverse).convert("i32");
    const left = rest.mul(integer).sub(quotient.mul(m));
    const up = left.lt(0).choose(left.add(m), left);
    return up.ge(m).choose(up.sub(m), up);
  };
  const first = dividend.m.bits("i32").and(0x7fffff).or(0x800000);
  let rest = first.ge(m).choose(first.sub(m), first);
  for (let step = 0; step < steps; step++) {
    rest = whole.gt(step).choose(reduce(rest, inverse.like(2 ** bitsPerStep), 2 ** bitsPerStep), rest);
  }
  const power = powerOfTwo(distance.sub(whole.mul(bitsPerStep)));
  rest = reduce(rest, power, power.convert("i32"));
  const value = scaled(rest, divisor.n);
  const ordinary = a.lt(b).choose(x, value.copysign(x));
  const undefinedHere = b.eq(0).or(a.eq(Infinity)).or(x.ne(x)).or(y.ne(y));
  return undefinedHere.choose(Number.NaN, ordinary);
}

/** rest 2^(n - 23), exact: a subnormal is its bits. */
function scaled(rest: Num, n: Num): Num {
  const float = rest.convert("f32");
  const units = float.mul(powerOfTwo(n.add(126).atMost(30)));
  const half = n.sub(23).shr(1);
  const normal = float.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(23).sub(half)));
  return units.lt(2 ** 23).choose(units.convert("i32").bits("f32"), normal);
}
