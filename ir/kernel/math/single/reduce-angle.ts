// Argument reduction of the circular functions for every finite f32 without f64, after Payne and Hanek: the significand times 96 bits of
// 1 / 2 pi, chosen by the exponent, in u32 arithmetic modulo whole turns.

import { fastTwoSum, multiplyPairs, type Pair } from "../double.ts";
import type { Num } from "../number.ts";

/** x = quadrant pi / 2 + r, |r| <= pi / 4 or little more; the quadrant in the low bits of an i32. */
export interface SingleAngle {
  readonly quadrant: Num;
  readonly r: Pair;
}

/** The binary digits of 1 / 2 pi behind 24 zeros: from digit s on they belong to significands with the exponent s - 24. */
const digits = [0x00000028, 0xbe60db93, 0x91054a7f, 0x09d5f47d, 0x4d377036, 0xd8a5664f, 0x10e4107f, 0];
const halfPi = { high: 1.5707963705062866, low: -4.371138828673793e-8 };

/** For 1/2 <= x < infinity; below, x is its own r. */
export function reduceAngleOfSingle(x: Num): SingleAngle {
  const bits = x.bits("u32");
  const significand = bits.and(0x7fffff).or(0x800000);
  const [high, middle, low] = digitsFrom(bits.shr(23).sub(126));
  const [second, third] = [multiplyWide(significand, middle), multiplyWide(significand, low)];
  // Turns, in units of 2^-32, 2^-64 and 2^-96.
  const b = second.low.add(third.high);
  const carry = b.lt(third.high).choose(b.like(1), 0);
  const a = significand.mul(high).add(second.high).add(carry);
  const c = third.low;
  const quadrant = a.add(0x20000000).shr(30);
  // What is left, in quadrants: a fraction from -1/2 on. Its complement stands for its negative, which is one unit less.
  const fraction = a.shl(2).or(b.shr(30));
  const sign = fraction.bits("i32").shr(31).bits("u32");
  const [p, q, r] = [fraction, b.shl(2).or(c.shr(30)), c.shl(2)].map((word) => word.xor(sign)) as [Num, Num, Num];
  // In three pieces of 24 bits, each exact in f32.
  const first = p.shr(8).convert("f32").mul(2 ** -24);
  const next = p.shl(24).shr(8).or(q.shr(16)).convert("f32").mul(2 ** -48);
  const last = q.shl(16).shr(8).or(r.shr(24)).convert("f32").mul(2 ** -72);
  const sum = fastTwoSum(first, next);
  const quadrants = fastTwoSum(sum.high, sum.low.add(last));
  const angle = multiplyPairs(quadrants, { high: x.like(halfPi.high), low: x.like(halfPi.low) });
  const small = x.lt(0.5);
  const signed = (part: Num): Num => part.bits("u32").xor(sign.shl(31)).bits("f32");
  return {
    quadrant: small.choose(quadrant.like(0), quadrant).bits("i32"),
    r: { high: small.choose(x, signed(angle.high)), low: small.choose(x.like(0), signed(angle.low)) },
  };
}

/** 96 digits from one of the first 128, in words. */
function digitsFrom(start: Num): readonly [Num, Num, Num] {
  let words: readonly Num[] = digits.map((word) => start.like(word));
  for (const step of [4, 2, 1]) {
    const moves = start.and(32 * step).ne(0);
    words = words.slice(0, 3 + step).map((word, i) => moves.choose(words[i + step] ?? word, word));
  }
  const count = start.and(31);
  const back = count.like(31).sub(count);
  const [a, b, c] = [0, 1, 2].map((i) => words[i]!.shl(count).or(words[i + 1]!.shr(1).shr(back)));
  return [a!, b!, c!];
}

/** The upper and the lower word of a product, from halves. */
function multiplyWide(a: Num, b: Num): Pair {
  const [aHigh, aLow, bHigh, bLow] = [a.shr(16), a.and(0xffff), b.shr(16), b.and(0xffff)];
  const right = aLow.mul(bHigh).add(aLow.mul(bLow).shr(16));
  const left = aHigh.mul(bLow).add(right.and(0xffff));
  return { high: aHigh.mul(bHigh).add(right.shr(16)).add(left.shr(16)), low: a.mul(b) };
}
