// erf, erfc and the inverse of erf.
// Near 0 erf is x times an even polynomial; further out erfc(x) = e^(-x^2) R(x) / (1 + 2x), R a polynomial in
// (x - 4) / (x + 4) after Shepherd and Laframboise (1981).

import { dividePairs, fastTwoSum, twoProduct, twoSum } from "./double.ts";
import { expOfPair, expOfSmall } from "./exponential.ts";
import { log, log1p } from "./logarithm.ts";
import type { Num } from "./number.ts";
import { expWide, logWide } from "./wide.ts";

/** erf(x) / x - 1 in x^2, for |x| <= 0.93 in f32 and 1 in f64 */
const near32 = [
  0.12837916612625122, -0.3761262893676758, 0.11283624172210693, -0.02685558795928955, 0.005191948264837265,
  -0.0008043852285481989, 7.969754369696602e-05,
];
const near64 = [
  0.1283791670955126, -0.37612638903183754, 0.1128379167095512, -0.026866170645129868, 0.00522397762542361,
  -0.0008548327021956017, 0.00012055332903812239, -1.492564759448736e-05, 1.6462045980350688e-06, -1.636464954866977e-07,
  1.4792469619071706e-08, -1.2164968467898888e-09, 8.710464827248316e-11, -4.233128760126749e-12,
];
/** -log(erfc(x)) for 0.9 <= x <= 4 */
const far32 = [
  -0.00017054873751476407, 1.1294951438903809, 0.6333866715431213, 0.10823660343885422, -0.025091497227549553,
  0.004160531796514988, -0.00043230471783317626, 2.09096833714284e-05,
];
/** (1 + 2x) e^(x^2) erfc(x) in (x - 4) / (x + 4): to 2^-30 for 0 <= x <= 10.2, to 2^-64 for 0.45 <= x <= 27.3 */
const scaledWide = [
  1.2329951187798154, -0.1396211311631268, 0.015379622520339658, 0.06809784720767979, -0.10103762382940906,
  0.09372136152759326, -0.06635619434203256, 0.037219625515333296, -0.016021624779685082, 0.0050524782216301075,
  -0.0011288208830391258, -0.0006397032037876774,
];
const scaled64 = [
  1.2329951186255526, -0.1396211168405625, 0.01537965210262001, 0.0680970542546916, -0.10103906603632268,
  0.09373283499839369, -0.06633036581172358, 0.0371675155366892, -0.016197734064695723, 0.005031969985416658,
  -0.0007577732320945605, -0.00019925673326623672, 0.00015062138762040762, -2.4399104122989935e-05, -1.1221092086114634e-05,
  5.709591501176984e-06, 2.918659344001701e-07, -8.25489996136816e-07, 7.712457407213556e-08, 1.1052104531154801e-07,
  -1.9723695742748766e-08, -1.468788091115988e-08, 2.4062663974495456e-09, 1.519734651711694e-09,
];
/** erfinv(y) / y with w = -log(1 - y^2): in w - 2.5 for w < 5, in sqrt(w) - 3 up to 16, in sqrt(w) - 5 beyond */
const inverseCentre = [
  1.5014093535137456, 0.24664028763395368, -0.004177339406732025, -0.0012527446098598021, 0.00021828263301455948,
  -4.961912077009644e-06, -3.434612237140723e-06, 4.6589209382060395e-07, 1.8037260002081856e-08, -8.772820357727865e-09,
  3.355384590478867e-10,
];
const inverseFar = [
  2.8329768002012186, 1.0016752348421245, 0.009445391305962982, -0.0076426612330091825, 0.005686751301304222,
  -0.003567951724461787, 0.0014786638722243967, -0.00011782981273119151, -0.0002830559222924422, 0.00015880697209615487,
  -2.6347491178538713e-05,
];
const inverseFarthest = [
  4.8499063977451975, 1.0103004702200191, -0.0001386145375365171, -0.0002150767864796456,
  7.553392096698536e-05, -1.9539054599303195e-05, 5.154302368226479e-06, -1.1773896365601558e-06,
];

const halfRootPi = 0.886226925452758;

const erfNear = (x: Num, coefficients: readonly number[]): Num => x.add(x.mul(x.mul(x).polynomial(coefficients)));

export function erf(x: Num): Num {
  const a = x.abs();
  if (x.dtype === "f32") {
    const far = x.like(1).sub(expOfSmall(a.atMost(4).polynomial(far32).neg()));
    return a.lt(0.925).choose(erfNear(a, near32), far).copysign(x);
  }
  return a.lt(1).choose(erfNear(a, near64), x.like(1).sub(erfcFar(a))).copysign(x);
}

/** Of an f32 without f64. Tiny arguments are multiplied in one go: of subnormals a GPU may make 0, so theirs are taken from their bits. */
export function erfOfSingle(x: Num): Num {
  const a = x.abs();
  const units = a.bits("i32").convert("f32").mul(1 / halfRootPi);
  const tiny = a.lt(2 ** -126).choose(units.mul(2 ** -100).mul(2 ** -49), a.mul(1 / halfRootPi));
  return a.lt(2 ** -100).choose(tiny.copysign(x), erf(x));
}

/** erfc(a) for a >= 0.45, in pairs until the last rounding. */
function erfcFar(a: Num): Num {
  const isSingle = a.dtype === "f32";
  const x = a.atMost(isSingle ? 10.5 : 28);
  const q = x.sub(4).div(x.add(4));
  const [first, ...rest] = isSingle ? scaledWide : scaled64;
  const series = q.mul(q.polynomial(rest));
  const numerator = fastTwoSum(x.like(first!), isSingle ? series.add(first! - Math.fround(first!)) : series);
  const divisor = twoSum(x.add(x), x.like(1));
  const quotient = dividePairs(numerator, divisor);
  const square = twoProduct(x, x);
  const { value, scale } = expOfPair({ high: square.high.neg(), low: square.low.neg() });
  const product = twoProduct(quotient.high, value.high);
  const small = product.low.add(quotient.high.mul(value.low)).add(quotient.low.mul(value.high));
  return scale(product.high.add(small));
}

export function erfc(x: Num): Num {
  const a = x.abs();
  const far = erfcFar(a);
  const outer = x.lt(0).choose(x.like(2).sub(far), far);
  return a.lt(0.47).choose(x.like(1).sub(erfNear(x, x.dtype === "f32" ? near32 : near64)), outer);
}

/** erfc of an f32, in f64 arithmetic without pairs. */
export function erfcOf32(single: Num): Num {
  const x = single.convert("f64");
  const a = x.abs().atMost(12);
  const q = a.sub(4).div(a.add(4));
  const far = q.polynomial(scaledWide).div(a.add(a).add(1)).mul(expWide(a.mul(a).neg()));
  return x.lt(0).choose(x.like(2).sub(far), far).convert("f32");
}

/** erfinv(a) to 2^-28, with w = -log(1 - a^2). */
function erfinvApproximation(a: Num, w: Num): Num {
  const root = w.sqrt();
  const far = root.lt(4).choose(root.sub(3).polynomial(inverseFar), root.sub(5).polynomial(inverseFarthest));
  return w.lt(5).choose(w.sub(2.5).polynomial(inverseCentre), far).mul(a);
}

const atEnds = (a: Num, value: Num): Num => a.eq(1).choose(Infinity, a.gt(1).choose(Number.NaN, value));

/** One step of Halley's iteration from the approximation; the residual is taken on the side that loses nothing. */
export function erfinv(y: Num): Num {
  const a = y.abs();
  const x = erfinvApproximation(a, log1p(a.mul(a).neg()).neg());
  const near = erfNear(x, near64).sub(a);
  const far = y.like(1).sub(a).sub(erfcFar(x));
  const residual = a.lt(0.52).choose(near, far);
  const step = residual.mul(expOfSmall(x.mul(x)).mul(halfRootPi));
  const improved = x.sub(step.div(x.mul(step).add(1)));
  return atEnds(a, a.lt(2 ** -500).choose(a.mul(halfRootPi), improved)).copysign(y);
}

/** Of an f32 without f64. */
export function erfinvOfSingle(y: Num): Num {
  const a = y.abs();
  const w = log(a.like(1).sub(a).mul(a.add(1))).neg();
  return atEnds(a, erfinvApproximation(a, w)).copysign(y);
}

/** Of an f32, whose square is exact in f64. */
export function erfinvOf32(single: Num): Num {
  const y = single.convert("f64");
  const a = y.abs();
  const approximation = erfinvApproximation(a, logWide(a.like(1).sub(a.mul(a))).neg());
  return atEnds(a, approximation).copysign(y).convert("f32");
}
