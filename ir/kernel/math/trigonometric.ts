// sin, cos, tan. The reduced angle |r| <= pi/4 goes through two polynomials; the quadrant chooses and signs.

import type { Num } from "./number.ts";
import type { Pair } from "./double.ts";
import { type Angle, reduceAngle24, reduceAngle53 } from "./reduce-angle.ts";

/** (sin(r) - r) / r^3 and (cos(r) - 1 + r^2/2) / r^4, in r^2 */
export const sine32 = [-0.1666666716337204, 0.008333380334079266, -0.00019853509729728103, 2.8374881821946474e-06];
export const cosine32 = [0.04166664555668831, -0.00138873013202101, 2.4430672056041658e-05];
const sine64 = [
  -0.16666666666666666, 0.008333333333333323, -0.00019841269841255123, 2.7557319214219327e-06, -2.5052104919271165e-08,
  1.6058367624913031e-10, -7.578748188945311e-13,
];
const cosine64 = [
  0.041666666666666664, -0.0013888888888888874, 2.4801587301571526e-05, -2.7557319215388234e-07, 2.087675436892025e-09,
  -1.1470293576422645e-11, 4.738122897728069e-14,
];

/** The same to 2^-47, for results that are rounded to f32. */
const sineWide = [-0.16666666666631594, 0.008333333325271516, -0.00019841263822624862, 2.755535764799177e-06, -2.476164256546249e-08];
const cosineWide = [0.04166666666660221, -0.0013888888878267546, 2.48015809684247e-05, -2.755556650591151e-07, 2.064769586976976e-09];

export interface Waves {
  readonly sine: Num;
  readonly cosine: Num;
  /** The quadrant in the low bits of an integer. */
  readonly quadrant: Num;
}

function wavesOf32(x: Num): Waves {
  const { quadrant, r } = reduceAngle24(x.convert("f64"));
  const angle = r.high.convert("f32");
  const square = angle.mul(angle);
  const sine = angle.add(angle.mul(square).mul(square.polynomial(sine32)));
  const cosine = square.mul(square).mul(square.polynomial(cosine32)).sub(square.mul(0.5)).add(1);
  return { sine, cosine, quadrant: quadrant.convert("f32").add(12582912).bits("i32") };
}

/** Without the quadrant. */
export function wavesOfPair({ high, low }: Pair, sineTail: readonly number[], cosineTail: readonly number[]): Pick<Waves, "sine" | "cosine"> {
  const square = high.mul(high);
  const half = square.mul(0.5);
  // sin(high + low) = sin(high) + low cos(high), cos(high + low) = cos(high) - low sin(high)
  const sineRest = high.mul(square).mul(square.polynomial(sineTail)).add(low.sub(low.mul(half)));
  const one = half.like(1).sub(half);
  const cosineRest = half.like(1).sub(one).sub(half).add(square.mul(square).mul(square.polynomial(cosineTail)).sub(high.mul(low)));
  return { sine: high.add(sineRest), cosine: one.add(cosineRest) };
}

function wavesOf64({ r, quadrant }: Angle, sineTail: readonly number[], cosineTail: readonly number[]): Waves {
  return { ...wavesOfPair(r, sineTail, cosineTail), quadrant: quadrant.add(6755399441055744).bits("i64") };
}

const waves = (x: Num): Waves => (x.dtype === "f32" ? wavesOf32(x) : wavesOf64(reduceAngle53(x), sine64, cosine64));

/** The sign bit is bit 1 of the quadrant. */
export function signed(value: Num, quadrant: Num): Num {
  const integer = quadrant.dtype;
  const sign = quadrant.shr(1).shl(integer === "i32" ? 31 : 63);
  return value.bits(integer).xor(sign).bits(value.dtype);
}

export const isOdd = (quadrant: Num) => quadrant.and(1).ne(0);
/** Where sin(x) and tan(x) round to x, and reduction would lose bits of subnormals. */
export const tiny = (x: Num) => x.abs().lt(x.dtype === "f32" ? 2 ** -13 : 2 ** -27);

export function sin(x: Num): Num {
  const { sine, cosine, quadrant } = waves(x);
  return tiny(x).choose(x, signed(isOdd(quadrant).choose(cosine, sine), quadrant));
}

export function cos(x: Num): Num {
  const { sine, cosine, quadrant } = waves(x);
  return signed(isOdd(quadrant).choose(sine, cosine), quadrant.add(1));
}

/** sin / cos, or -cos / sin in odd quadrants. */
export function tangent({ sine, cosine, quadrant }: Waves): Num {
  const odd = isOdd(quadrant);
  return odd.choose(cosine.neg(), sine).div(odd.choose(sine, cosine));
}

export function tan(x: Num): Num {
  if (x.dtype === "f64") return tiny(x).choose(x, tangent(waves(x)));
  const wide = wavesOf64(reduceAngle24(x.convert("f64")), sineWide, cosineWide);
  return tiny(x).choose(x, tangent(wide).convert("f32"));
}
