// lgamma and digamma of f32 in pairs of f32: below 0, where their terms cancel, and next to zeros, they keep their digits. The methods of gamma.ts.

import { addPairs, dividePairs, multiplyPairs, type Pair, twoProduct, twoSum } from "../double.ts";
import type { Num } from "../number.ts";
import { logOfPair } from "../power.ts";

/** lgamma(x) / ((x - 1) (x - 2)) in x - 2, for 3/2 <= x <= 5/2 */
const lgammaCentre = [
  0.42278433509848373, -0.10031730167071283, 0.03296500061465762, -0.012384192598683503, 0.004998641578675442,
  -0.002108117969547734, 0.0009153670596324129, -0.00040588174516255853, 0.0001826640507722942, -8.19550012004932e-05,
  3.752807781613122e-05, -2.1173935529246846e-05, 1.0013365449248842e-05,
];
/** x (lgamma(x) - (x - 1/2) (log(x) - 1) - constant) in 1 / x^2, for x >= 8 */
const stirling = [0.0833333333329735, -0.0027777770345351503, 0.0007934105136672753, -0.0005701974460348437];
/** log(2 pi) / 2 - 1/2 */
const stirlingConstant = 0.41893853320467274;
const shiftsOfLgamma = 6;

/** digamma(x) / (x - x0) in x - 3/2, for 1 <= x <= 2; x0 is its zero */
const digammaCentre = [
  0.9510558760314877, -0.42362742137318843, 0.24054248443735016, -0.14840490946119977, 0.0949887067211681,
  -0.06192271403611282, 0.040761429251580515, -0.02696491053503006, 0.017897611774457117, -0.012012082748153897,
  0.008010222145999201, -0.004758094502546803, 0.0031296073126441484, -0.0036250621776843022, 0.0024627970596169647,
];
const zero = 1.4616321449683623;
/** x^2 (log(x) - 1/(2x) - digamma(x)) in 1 / x^2, for x >= 10 */
const digammaTail = [0.08333333333332965, -0.008333333314813616, 0.0039682390259861205, -0.004162432057283018, 0.0070809250536397325];
const shiftsOfDigamma = 8;

/** sin(pi r) / r and cos(pi r) for |r| <= 1/2, in r^2 */
const sinePi = [
  3.1415926535896355, -5.167712779988018, 2.55016403590851, -0.5992644339489874, 0.08214479464290725, -0.007364004911571434, 0.0004474907220837687,
];
const cosinePi = [
  0.9999999999992497, -4.934802200250263, 4.0587121075520125, -1.3352623154300933, 0.23532543726962774, -0.025776316656312522, 0.0018399868175207556,
];

/** Where lgamma(x) = -log|x| and digamma(x) = -1/x. */
const tiny = 2 ** -30;

const single = (x: Num): Pair => ({ high: x, low: x.like(0) });
const constant = (x: Num, value: number): Pair => ({ high: x.like(value), low: x.like(value - Math.fround(value)) });
const negative = ({ high, low }: Pair): Pair => ({ high: high.neg(), low: low.neg() });
const choosePair = (condition: Num, yes: Pair, no: Pair): Pair => ({ high: condition.choose(yes.high, no.high), low: condition.choose(yes.low, no.low) });
const reciprocal = (x: Num): Pair => dividePairs(single(x.like(1)), single(x));

/** The first coefficients and all that they are added to are pairs. */
function polynomial(x: Pair, coefficients: readonly number[], pairs: number): Pair {
  let sum = single(x.high.polynomial(coefficients.slice(pairs)));
  for (let i = pairs - 1; i >= 0; i--) sum = addPairs(multiplyPairs(sum, x), constant(x.high, coefficients[i]!));
  return sum;
}

/** lgamma(x) for x >= 0 */
function lgammaOfPositive(x: Num): Pair {
  const [small, below] = [x.lt(0.5), x.lt(1.5)];
  // Below 1/2 x is two steps from the centre, whose products are x and x + 1; up to 3/2 one step.
  let product = choosePair(small.and(x.ge(tiny)), multiplyPairs(single(x), twoSum(x, x.like(1))), single(below.choose(x, 1)));
  let y = x;
  for (let i = 0; i < shiftsOfLgamma; i++) {
    const next = y.sub(1);
    const down = y.ge(2.5);
    y = down.choose(next, y);
    product = choosePair(down, multiplyPairs(product, single(next)), product);
  }
  const far = x.ge(8);
  const logarithm = logOfPair(choosePair(far, single(x), product));
  const v = y.sub(small.choose(x.like(0), below.choose(x.like(1), 2)));
  const factor = multiplyPairs(twoSum(v, v.like(1)), single(v));
  const centre = multiplyPairs(polynomial(single(v), lgammaCentre, 5), factor);
  const near = addPairs(centre, choosePair(below, negative(logarithm), logarithm));
  const inverse = reciprocal(x);
  const series = multiplyPairs(inverse, polynomial(multiplyPairs(inverse, inverse), stirling, 1));
  const rest = addPairs(logarithm, single(x.like(-1)));
  const asymptotic = addPairs(multiplyPairs(single(x.sub(0.5)), rest), addPairs(constant(x, stirlingConstant), series));
  // Far out halves of products would overflow before the result does.
  const beyond = x.ge(2 ** 60);
  const large = single(x.eq(Infinity).choose(x, x.mul(rest.high)));
  return choosePair(beyond, large, choosePair(far, asymptotic, near));
}

/** log(pi / |x sin(pi x)|) - lgamma(|x|) below 0 */
export function lgamma(x: Num): Num {
  const a = x.abs();
  const positive = lgammaOfPositive(a);
  const r = x.sub(x.nearest()).abs();
  const sine = multiplyPairs(single(r), polynomial(twoProduct(r, r), sinePi, 5));
  const mirror = addPairs(logOfPair(dividePairs(constant(x, Math.PI), multiplyPairs(single(a), sine))), negative(positive));
  const reflected = x.lt(-tiny).and(a.lt(2 ** 23));
  const value = reflected.choose(mirror.high.add(mirror.low), a.ge(2 ** 60).choose(positive.high, positive.high.add(positive.low)));
  const pole = a.eq(0).or(x.lt(0).and(a.ge(2 ** 23).or(r.eq(0).and(a.ge(1)))));
  return x.ne(x).choose(x, pole.choose(Infinity, value));
}

/** digamma(x) for tiny <= x < infinity */
function digammaOfPositive(x: Num): Pair {
  const small = x.lt(1);
  let y = x;
  let sum = choosePair(small, negative(reciprocal(x)), single(x.like(0)));
  for (let i = 0; i < shiftsOfDigamma; i++) {
    const next = y.sub(1);
    const down = y.gt(2);
    y = down.choose(next, y);
    sum = choosePair(down, addPairs(sum, reciprocal(next)), sum);
  }
  // Below 1 the polynomial is taken at x + 1.
  const rounded = Math.fround(zero);
  const distance = twoSum(y.sub(small.choose(x.like(rounded - 1), rounded)), x.like(rounded - zero));
  const centre = multiplyPairs(distance, polynomial(single(y.sub(small.choose(x.like(0.5), 1.5))), digammaCentre, 7));
  const inverse = reciprocal(x);
  const square = multiplyPairs(inverse, inverse);
  const half = { high: inverse.high.mul(0.5), low: inverse.low.mul(0.5) };
  const tail = multiplyPairs(square, polynomial(square, digammaTail, 1));
  const asymptotic = addPairs(logOfPair(single(x)), negative(addPairs(half, tail)));
  return choosePair(x.ge(10), asymptotic, addPairs(sum, centre));
}

/** digamma(-x) - 1/x - pi / tan(pi x) below 0 */
export function digamma(x: Num): Num {
  const a = x.abs();
  const positive = digammaOfPositive(a);
  const r = x.sub(x.nearest());
  const square = twoProduct(r, r);
  const sine = multiplyPairs(single(r), polynomial(square, sinePi, 5));
  const cotangent = multiplyPairs(dividePairs(polynomial(square, cosinePi, 5), sine), constant(x, Math.PI));
  const mirror = addPairs(addPairs(positive, reciprocal(a)), negative(cotangent));
  const pole = r.eq(0).or(a.ge(2 ** 23));
  const below = pole.choose(Number.NaN, mirror.high.add(mirror.low));
  const above = a.eq(Infinity).choose(a, positive.high.add(positive.low));
  // The reciprocal of a subnormal is taken from its bits.
  const inverse = a.lt(2 ** -126).choose(a.like(2 ** 100).div(a.bits("i32").convert("f32")).mul(2 ** 49), a.like(1).div(a)).copysign(x);
  return x.ne(x).choose(x, a.lt(tiny).choose(inverse.neg(), x.lt(0).choose(below, above)));
}
