// Arithmetic with pairs of a float dtype: an unevaluated sum high + low, |low| at most half a unit in the last place of high.
// Dekker (1971); Knuth's two-sum. No fused multiply-add is needed.

import type { Num } from "./number.ts";

export interface Pair {
  readonly high: Num;
  readonly low: Num;
}

/** a + b exactly, for |a| >= |b| or a = 0. */
export function fastTwoSum(a: Num, b: Num): Pair {
  const high = a.add(b);
  return { high, low: b.sub(high.sub(a)) };
}

/** a + b exactly. */
export function twoSum(a: Num, b: Num): Pair {
  const high = a.add(b);
  const partOfB = high.sub(a);
  return { high, low: a.sub(high.sub(partOfB)).add(b.sub(partOfB)) };
}

/** The upper half of the significand, 26 bits or 12, and the rest; exact. */
export function halves(a: Num): Pair {
  const high = a.dtype === "f32" ? a.bits("i32").and(-0x1000).bits("f32") : a.bits("i64").and(-0x8000000n).bits("f64");
  return { high, low: a.sub(high) };
}

/** a b, exact to the last bit of the pair. */
export function twoProduct(a: Num, b: Num): Pair {
  const high = a.mul(b);
  const [x, y] = [halves(a), halves(b)];
  const low = x.high.mul(y.high).sub(high).add(x.high.mul(y.low)).add(x.low.mul(y.high)).add(x.low.mul(y.low));
  return { high, low };
}

/** a / b to a few units of the last place of the pair, however well single quotients are rounded. */
export function dividePairs(a: Pair, b: Pair): Pair {
  const high = a.high.div(b.high);
  const back = twoProduct(high, b.high);
  const rest = a.high.sub(back.high).sub(back.low).add(a.low).sub(high.mul(b.low));
  return { high, low: rest.div(b.high) };
}

export function addPairs(a: Pair, b: Pair): Pair {
  const sum = twoSum(a.high, b.high);
  return fastTwoSum(sum.high, sum.low.add(a.low).add(b.low));
}

export function multiplyPairs(a: Pair, b: Pair): Pair {
  const product = twoProduct(a.high, b.high);
  return fastTwoSum(product.high, product.low.add(a.high.mul(b.low)).add(a.low.mul(b.high)));
}
