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

/** The same in pieces of 26 bits; the zeros in front serve small x. */
const leadingZeros = 4;
const pieces26 = [
  0, 0, 0, 0,
  10680707, 28915984, 22192066, 30798973, 20241856, 57510486, 26461241, 1081236, 23309278, 49223046, 57820899, 43029364,
  48236105, 12298279, 18424271, 59210439, 11610535, 16491016, 56578795, 47259962, 27029542, 47283705, 1284381, 26108116,
  54129820, 34700846, 64983683, 46661157, 67100165, 39862204, 49354933, 42113863, 57489022, 54304556, 10188020, 26204583,
  39840301, 30711531, 8306271, 6213441, 54130570, 21646249, 46118395, 4711255, 17323523, 12655601,
];

const twoPi = { high: 6.283185307179586, low: 2.4492935982947064e-16 };

/** For the 24 significant bits of an f32, converted to f64. */
export function reduceAngle24(x: Num): Angle {
  const fractions = pieces29.map((piece, i) => {
    const product = x.mul(piece * 2 ** (-29 * (i + 1)));
    return product.sub(product.nearest());
  });
  const quadrant = fractions.reduce((sum, fraction) => sum.add(fraction)).mul(4).nearest();
  // Summed again from the quadrant on: where the result is small, so are the partial sums, which are then exact.
  const turns = fractions.reduce((sum, fraction) => sum.add(fraction), quadrant.mul(-0.25));
  return { quadrant, r: { high: turns.mul(twoPi.high), low: x.like(0) } };
}

/** For any f64 from 2^-27 on: a window of eight pieces, chosen by the exponent, with x scaled to [2^52, 2^78). */
export function reduceAngle53(x: Num): Angle {
  const exponent = x.bits("i64").shr(52).and(0x7ff).add(0x4338000000000000n).bits("f64").sub(6755399441055744 + 1023);
  const start = exponent.sub(52).mul(1 / 26).floor().atLeast(-leadingZeros);
  const pieces = windowAt(start.add(leadingZeros), 8);
  const shift = start.mul(26).add(6755399441055744).bits("i64").shl(52);
  const parts = halves(x.mul(shift.like(0x3ff0000000000000n).sub(shift).bits("f64")));
  const product = (part: "high" | "low", i: number): Num => parts[part].mul(pieces[i]!).mul(2 ** (-26 * (i + 1)));
  const fraction = (part: "high" | "low", i: number): Num => {
    const value = product(part, i);
    return value.sub(value.nearest());
  };
  // The first product is whole; the next four fractions are multiples of 2^-52, so that their sum is exact.
  const coarse = fraction("low", 0).add(fraction("high", 1)).add(fraction("low", 1)).add(fraction("high", 2));
  const first = takeQuadrants(coarse);
  // From here on terms decrease; a sum that cancels is renormalised before the next one comes.
  let sum: Pair = { high: first.rest, low: x.like(0) };
  sum = addTerm(addTerm(sum, fraction("low", 2)), fraction("high", 3));
  const second = takeQuadrants(sum.high);
  sum = twoSum(second.rest, sum.low);
  for (const [part, i] of smallProducts) sum = addTerm(sum, product(part, i));
  const third = takeQuadrants(sum.high);
  return { quadrant: first.quadrant.add(second.quadrant).add(third.quadrant), r: toRadians(twoSum(third.rest, sum.low)) };
}

const smallProducts = [
  ["low", 3], ["high", 4], ["low", 4], ["high", 5], ["low", 5], ["high", 6], ["low", 6], ["high", 7],
] as const;

function addTerm(sum: Pair, term: Num): Pair {
  const next = twoSum(sum.high, term);
  return fastTwoSum(next.high, next.low.add(sum.low));
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

/** Quarters of a turn, and what is left: exact. */
function takeQuadrants(turns: Num): { readonly quadrant: Num; readonly rest: Num } {
  const quadrant = turns.mul(4).nearest();
  return { quadrant, rest: turns.sub(quadrant.mul(0.25)) };
}

function toRadians({ high, low }: Pair): Pair {
  const product = twoProduct(high, high.like(twoPi.high));
  return fastTwoSum(product.high, product.low.add(high.mul(twoPi.low)).add(low.mul(twoPi.high)));
}
