// Argument reduction of the circular functions for every finite argument, after Payne and Hanek: x / 2 pi modulo 1 is a sum of products of x with
// pieces of 1 / 2 pi, each short enough for its product to be exact, each product reduced by what is whole in it.

import { fastTwoSum, halves, type Pair, twoProduct, twoSum } from "./double.ts";
import type { Num } from "./number.ts";

/** x = quadrant pi / 2 + r, |r| <= pi / 4; the quadrant is an integer, as a float. All in f64. */
export interface Angle {
  readonly quadrant: Num;
  readonly r: Pair;
}

/** 1 / 2 pi in pieces of 29 bits: piece i is an integer times 2^(-29 (i + 1)). */
const pieces29 = [85445659, 240010261, 88048874, 524801235, 249589169, 156865476, 119571452];

/** The same in pieces of 26 bits. */
const pieces26 = [
  10680707, 28915984, 22192066, 30798973, 20241856, 57510486, 26461241, 1081236, 23309278, 49223046, 57820899, 43029364,
  48236105, 12298279, 18424271, 59210439, 11610535, 16491016, 56578795, 47259962, 27029542, 47283705, 1284381, 26108116,
  54129820, 34700846, 64983683, 46661157, 67100165, 39862204, 49354933, 42113863, 57489022, 54304556, 10188020, 26204583,
  39840301, 30711531, 8306271, 6213441, 54130570, 21646249, 46118395, 4711255, 17323523, 12655601,
];

const twoPi = { high: 6.283185307179586, low: 2.4492935982947064e-16 };

/** For the 24 significant bits of an f32, converted to f64. */
export function reduceAngle24(x: Num): Angle {
  let sum = x.like(0);
  let rest = x.like(0);
  pieces29.forEach((piece, i) => {
    const product = x.mul(piece * 2 ** (-29 * (i + 1)));
    const fraction = product.sub(product.nearest());
    // The first two fractions have 53 bits together at most; from there on what is rounded off is kept.
    const next = fastTwoSum(sum, fraction);
    if (i >= 2) rest = rest.add(next.low);
    sum = next.high;
  });
  return toAngle(sum, rest, false);
}

/** For any f64: a window of eight pieces, chosen by the exponent, with x scaled to match. */
export function reduceAngle53(x: Num): Angle {
  const exponent = x.bits("i64").shr(52).and(0x7ff).add(0x4338000000000000n).bits("f64").sub(6755399441055744 + 1023);
  const start = exponent.sub(52).mul(1 / 26).floor().atLeast(0);
  const pieces = windowAt(start, 8);
  const shift = start.mul(26).add(6755399441055744).bits("i64").shl(52);
  const scaled = x.mul(shift.like(0x3ff0000000000000n).sub(shift).bits("f64"));
  const parts = halves(scaled);
  let sum = { high: x.like(0), low: x.like(0) };
  pieces.forEach((piece, i) => {
    for (const part of [parts.high, parts.low]) {
      const product = part.mul(piece).mul(2 ** (-26 * (i + 1)));
      // Beyond the fourth piece products are below 1/2.
      const fraction = i < 4 ? product.sub(product.nearest()) : product;
      const next = twoSum(sum.high, fraction);
      sum = { high: next.high, low: sum.low.add(next.low) };
    }
  });
  return toAngle(sum.high, sum.low, true);
}

/** pieces26[start ... start + count - 1], by halving the distance with selects. */
function windowAt(start: Num, count: number): readonly Num[] {
  let pieces: readonly Num[] = pieces26.map((piece) => start.like(piece));
  let rest = start;
  for (let step = 32; step >= 1; step /= 2) {
    const moves = rest.ge(step);
    const kept = Math.min(pieces.length, count + step - 1);
    pieces = pieces.slice(0, kept).map((piece, i) => {
      const further = pieces[i + step];
      return further === undefined ? piece : moves.choose(further, piece);
    });
    rest = moves.choose(rest.sub(step), rest);
  }
  return pieces.slice(0, count);
}

/** From turns to quadrants and the rest in radians. */
function toAngle(turns: Num, rest: Num, exact: boolean): Angle {
  const quadrant = turns.mul(4).nearest();
  const near = turns.sub(quadrant.mul(0.25));
  const { high, low } = fastTwoSum(near, rest);
  if (!exact) return { quadrant, r: { high: high.mul(twoPi.high), low } };
  const product = twoProduct(high, high.like(twoPi.high));
  const small = product.low.add(high.mul(twoPi.low)).add(low.mul(twoPi.high));
  return { quadrant, r: fastTwoSum(product.high, small) };
}
