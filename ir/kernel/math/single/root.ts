// The cube root and the reciprocal square root of f32 without f64.

import { halves, twoProduct } from "../double.ts";
import type { Num } from "../number.ts";
import { cubeRoot, cubeRoots } from "../power.ts";
import { powerOfTwo, takeApart } from "./significand.ts";

/** One step of Halley's iteration from a root of 12 bits, whose square is exact. */
export function cbrt(x: Num): Num {
  const a = x.abs();
  const { m, n } = takeApart(a);
  const third = n.add(150).mul(21846).shr(16).sub(50); // n / 3, rounded down
  const rest = n.sub(third.mul(3));
  const chosen = (one: number, two: number, four: number): Num => rest.eq(0).choose(m.like(one), rest.eq(1).choose(m.like(two), four));
  const start = halves(m.polynomial(cubeRoot).mul(chosen(1, ...cubeRoots))).high;
  const radicand = m.mul(chosen(1, 2, 4));
  const cube = twoProduct(start.mul(start), start);
  const error = radicand.sub(cube.high).sub(cube.low);
  const root = start.add(start.mul(error).div(cube.high.add(cube.high).add(radicand)));
  const finite = a.gt(0).and(a.lt(Infinity));
  return finite.choose(root.mul(powerOfTwo(third)), a).copysign(x);
}

/** Of a subnormal, 2^74 times that of its bits as an integer, doubled. */
export function rsqrt(x: Num): Num {
  const subnormal = x.gt(0).and(x.lt(2 ** -126));
  const root = subnormal.choose(x.bits("i32").convert("f32").mul(2), x).sqrt();
  return subnormal.choose(x.like(2 ** 75), 1).div(root);
}
