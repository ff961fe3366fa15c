// sin, cos and tan of f32 without f64: of the angle's absolute value, whose reduction is a pair.

import type { Num } from "../number.ts";
import { cosine32, isOdd, signed, sine32, tangent, tiny, type Waves, wavesOfPair } from "../trigonometric.ts";
import { reduceAngleOfSingle } from "./reduce-angle.ts";

function waves(a: Num): Waves {
  const { quadrant, r } = reduceAngleOfSingle(a);
  return { ...wavesOfPair(r, sine32, cosine32), quadrant };
}

/** Of x from the value at |x|: infinite angles have none. */
const odd = (x: Num, value: Num): Num => tiny(x).choose(x, x.abs().lt(Infinity).choose(x.lt(0).choose(value.neg(), value), Number.NaN));

export function sin(x: Num): Num {
  const { sine, cosine, quadrant } = waves(x.abs());
  return odd(x, signed(isOdd(quadrant).choose(cosine, sine), quadrant));
}

export function cos(x: Num): Num {
  const a = x.abs();
  const { sine, cosine, quadrant } = waves(a);
  return a.lt(Infinity).choose(signed(isOdd(quadrant).choose(sine, cosine), quadrant.add(1)), Number.NaN);
}

export function tan(x: Num): Num {
  return odd(x, tangent(waves(x.abs())));
}
