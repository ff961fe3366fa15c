// lgamma and digamma in f64: a polynomial on one interval with the zeros split off, recurrence towards it,
// Stirling's series far out, reflection below 0.

import { log } from "./logarithm.ts";
import type { Num } from "./number.ts";

/** lgamma(x) / ((x - 1) (x - 2)) in x - 2, for 1 <= x <= 3 */
const betweenOneAndThree = [
  0.42278433509846713, -0.10031730167435392, 0.03296500062115574, -0.012384192193371016, 0.004998641164703909,
  -0.0021081308339681087, 0.0009153769220598442, -0.00040570739723850657, 0.00018255264198823747, -8.309512965051842e-05,
  3.8168862724050054e-05, -1.7661650242382683e-05, 8.222347990270895e-06, -3.847461491834541e-06, 1.807457977913695e-06,
  -8.524504284248183e-07, 4.055673157097059e-07, -1.929966518782745e-07, 8.745276780367751e-08, -4.0957996415678634e-08,
  2.6255696253348533e-08, -1.3449908269699799e-08, -7.673357928781197e-10, 1.0590658586334795e-09, 4.9316979331858406e-09,
  -2.736415204780108e-09, -1.3911679253773288e-09, 7.828134599561325e-10, 4.247116737265513e-10, -2.2094293893940937e-10,
];
/** x (lgamma(x) - (x - 1/2) (log(x) - 1) - constant) in 1 / x^2, for x >= 8 */
const stirling = [
  0.08333333333333333, -0.0027777777777741003, 0.0007936507898355144, -0.0005952366071065988, 0.0008414728659994051,
  -0.0018905407877898145, 0.005069264684409852,
];
/** log(2 pi) / 2 - 1/2 */
const stirlingConstant = 0.4189385332046727;
const shiftsOfLgamma = 5;

/** sin(pi r) / r and cos(pi r) for |r| <= 1/2, in r^2 */
const sinePi = [
  3.141592653589793, -5.167712780049969, 2.5501640398773002, -0.5992645293189429, 0.08214588657306858,
  -0.007370430505570312, 0.0004662998142971118, -2.190349179041801e-05, 7.69776767724508e-07,
];
const cosinePi = [
  1.0, -4.934802200544676, 4.058712126416497, -1.335262768843438, 0.23533063012935243, -0.02580688873513826,
  0.0019295562621381279, -0.00010456652415669796, 4.149531355346516e-06,
];

/** lgamma(x) for x >= 0 */
function lgammaOfPositive(x: Num): Num {
  const below = x.lt(1);
  let y = x;
  let product = below.choose(x, 1);
  for (let i = 0; i < shiftsOfLgamma; i++) {
    const down = y.ge(3);
    const next = y.sub(1);
    y = down.choose(next, y);
    product = down.choose(product.mul(next), product);
  }
  const far = x.ge(8);
  const logarithm = log(far.choose(x, product));
  // Below 1 the polynomial is taken at x + 1, whose distances from 2 and 1 are x - 1 and x.
  const v = y.sub(below.choose(x.like(1), 2));
  const centre = v.mul(below.choose(x, y.sub(1))).mul(v.polynomial(betweenOneAndThree));
  const near = centre.add(below.choose(logarithm.neg(), logarithm));
  const inverse = x.like(1).div(x);
  const series = inverse.mul(inverse.mul(inverse).polynomial(stirling));
  const asymptotic = x.sub(0.5).mul(logarithm.sub(1)).add(series.add(stirlingConstant));
  // inf - inf would be NaN: infinity is its own result.
  return x.eq(Infinity).choose(x, far.choose(asymptotic, near));
}

/** log(pi / |x sin(pi x)|) - lgamma(|x|) below 0 */
export function lgamma(x: Num): Num {
  const a = x.abs();
  const positive = lgammaOfPositive(a);
  const r = x.sub(x.nearest()).abs();
  const sine = r.mul(r.mul(r).polynomial(sinePi));
  const mirror = log(x.like(Math.PI).div(a.mul(sine))).sub(positive);
  // Close to 0 the product with the sine would underflow; there lgamma(x) = -log|x|.
  const negative = a.lt(2 ** -60).or(a.eq(Infinity)).choose(positive, mirror);
  return x.lt(0).choose(negative, positive);
}

/** digamma(x) / (x - x0) in x - 3/2, for 1 <= x <= 2; x0 is its zero, in two parts */
const betweenOneAndTwo = [
  0.951055876031833, -0.4236274212814606, 0.24054248424077398, -0.14840492305389008, 0.09498872445497292,
  -0.06192213327469525, 0.04076083381079332, -0.026975796691267682, 0.01790725248185918, -0.011908219419220507,
  0.007926944011879601, -0.005279946259103026, 0.0035190121797775632, -0.0023454207648081764, 0.001556599187039416,
  -0.0010368422068619603, 0.0007234374861244749, -0.0004847301639500983, 0.0002270242290523674, -0.0001469778903230786,
  0.000259852164542426, -0.0001765629072721637,
];
const zero = { high: 1.4616321449683622, low: 9.549995429965697e-17 };
/** x^2 (log(x) - 1/(2x) - digamma(x)) in 1 / x^2, for x >= 10 */
const digammaTail = [
  0.08333333333333333, -0.00833333333333325, 0.003968253968075743, -0.004166666522377986, 0.007575700028209582,
  -0.02108025513545536, 0.0817995997930492, -0.34233510914392756,
];
const shiftsOfDigamma = 8;

/** digamma(x) for x > 0; the terms 1 / (x - k) of the recurrence are summed as one fraction. */
function digammaOfPositive(x: Num): Num {
  const small = x.lt(1);
  let y = small.choose(x.add(1), x);
  let numerator = small.choose(x.like(-1), 0);
  let divisor = small.choose(x, 1);
  for (let i = 0; i < shiftsOfDigamma; i++) {
    const down = y.gt(2);
    const next = y.sub(1);
    y = down.choose(next, y);
    numerator = down.choose(numerator.mul(next).add(divisor), numerator);
    divisor = down.choose(divisor.mul(next), divisor);
  }
  const centre = y.sub(zero.high).sub(zero.low).mul(y.sub(1.5).polynomial(betweenOneAndTwo));
  const near = centre.add(numerator.div(divisor));
  const inverse = x.like(1).div(x);
  const square = inverse.mul(inverse);
  const asymptotic = log(x).sub(inverse.mul(0.5).add(square.mul(square.polynomial(digammaTail))));
  return x.ge(10).choose(asymptotic, near);
}

/** digamma(1 - x) - pi / tan(pi x), below 0 digamma(-x) - 1/x - pi / tan(pi x) */
export function digamma(x: Num): Num {
  const a = x.abs();
  const positive = digammaOfPositive(a);
  const r = x.sub(x.nearest());
  const square = r.mul(r);
  const cotangent = square.polynomial(cosinePi).div(r.mul(square.polynomial(sinePi))).mul(Math.PI);
  const mirror = positive.add(x.like(1).div(a)).sub(cotangent);
  const negative = r.eq(0).choose(Number.NaN, mirror);
  const finite = x.lt(0).choose(negative, positive);
  return a.lt(2 ** -60).choose(x.like(-1).div(x), finite);
}
