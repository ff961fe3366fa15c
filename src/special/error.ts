// Functions about the normal distribution that keep their digits in its tails: the scaled complementary error function, and the
// distribution function itself and its logarithm.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { convert } from "../ops/primitive.ts";
import { atLeast, polynomial, smooth, type Smooth, withPartials } from "./real.ts";

/** (1 + 2 x) e^(x^2) erfc(x) in (x - 4) / (x + 4), for x >= 0. */
const erfcxRatio = [
  1.2329951186255526, -0.13962111684056228, 0.015379652102619974, 0.06809705425466839, -0.10103906603631811, 0.09373283499911264,
  -0.06633036581186058, 0.037167515526338006, -0.01619773406293477, 0.005031970069102256, -0.0007577732435942576,
  -0.0001992571524726518, 0.00015062142608651945, -2.4397731143023292e-05, -1.1221135665965907e-05, 5.70657829924074e-06,
  2.9173425573089733e-07, -8.210647933297337e-07, 7.771943241086912e-08, 1.0631817593818149e-07, -2.0725802488181963e-08,
  -1.2338731403798444e-08, 3.2323973445082033e-09, 9.297625263709659e-10, -2.764120233734578e-10,
];

/** e^(x^2) erfc(x) for x >= 0 (the variable of the polynomial is that of Shepherd and Laframboise, 1981). */
export function scaledTail(x: Node): Node {
  const ratio = polynomial(erfcxRatio, e.div(e.sub(x, 4), e.add(x, 4)));
  return e.select(e.eq(x, Infinity), 0, e.div(e.mul(ratio, 0.5), e.add(x, 0.5)));
}

/** e^(scale x^2) for |scale| a power of two, with what is lost in squaring made good: the upper half of x has an exact square. */
function expOfSquare(x: Node, scale: number): Node {
  const high = convert(convert(x, "f32"), "f64");
  const rest = e.mul(e.sub(x, high), e.add(x, high));
  return e.mul(e.exp(e.mul(e.mul(high, high), scale)), e.exp(e.mul(rest, scale)));
}

/** Beyond |x| = 40 the powers of e have gone to 0 or infinity. */
const bounded = (x: Node): Node => e.clip(x, -40, 40);

function erfcxValue(x: Node): Node {
  const positive = scaledTail(e.abs(x));
  return e.select(e.lt(x, 0), e.sub(e.mul(expOfSquare(bounded(x), 1), 2), positive), positive);
}

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** From here on 2 x erfcx(x) and 2 / sqrt(pi) have their leading digits in common, and the difference is summed term by term. */
const nearlyEqual = 10;
const tailTerms = 18;

/** (2 / sqrt(pi)) (-1/(2 x^2) + 3/(2 x^2)^2 - ...) (DLMF 7.12.1) */
const slopeTail: number[] = [-twoOverRootPi];
for (let k = 1; k < tailTerms; k++) slopeTail.push(-slopeTail[k - 1]! * (2 * k + 1));

/** e^(x^2) erfc(x) */
export const erfcx: Smooth = smooth("erfcx", erfcxValue, (x, order) => {
  const far = atLeast(x, nearlyEqual);
  const inverse = e.div(Math.SQRT1_2, far);
  const square = e.mul(inverse, inverse);
  const near = e.sub(e.mul(e.mul(x, 2), erfcx(x, order)), twoOverRootPi);
  return e.select(e.lt(x, nearlyEqual), near, e.mul(square, polynomial(slopeTail, square)));
});

const density = (x: Node): Node => e.mul(expOfSquare(bounded(x), -0.5), 1 / Math.sqrt(2 * Math.PI));
/** The probability of less than x: for x < -1 by the scaled tail, which keeps its digits. */
function lowerTail(x: Node): Node {
  const scaled = scaledTail(e.mul(e.maximum(e.neg(x), 0), Math.SQRT1_2));
  const tail = e.mul(e.mul(expOfSquare(bounded(e.minimum(x, 0)), -0.5), 0.5), scaled);
  return e.select(e.lt(x, -1), tail, e.mul(e.erfc(e.mul(x, -Math.SQRT1_2)), 0.5));
}

/** The normal distribution function. */
export function ndtr(x: Node): Node {
  return withPartials(lowerTail(x), [x, density(x)]);
}

/** Its logarithm; the derivative is the density over the distribution function. */
export const logNdtr: Smooth = smooth("logNdtr", (x) => {
  const scaled = scaledTail(e.mul(e.maximum(e.neg(x), 0), Math.SQRT1_2));
  const tail = e.sub(e.log(e.mul(scaled, 0.5)), e.mul(e.mul(x, x), 0.5));
  return e.select(e.lt(x, -1), tail, e.log1p(e.neg(lowerTail(e.neg(x)))));
}, (x, order) => e.div(Math.sqrt(2 / Math.PI), erfcx(e.mul(x, -Math.SQRT1_2), order)));
