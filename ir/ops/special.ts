// Error and gamma functions.

import type { GraphBuilder } from "../op.ts";
import type { Node } from "../node.ts";
import { erf, erfc, erfinv } from "../reference/erf.ts";
import { digamma, lgamma } from "../reference/gamma.ts";
import { floatUnary } from "./elementwise-entry.ts";

const scaled = (b: GraphBuilder, factor: number, x: Node) => b.mul(b.fullLike(x, factor), x);

/** factor * exp(sign * x^2) */
function gauss(b: GraphBuilder, factor: number, sign: 1 | -1, x: Node): Node {
  const square = b.mul(x, x);
  return scaled(b, factor, b.unary("exp", sign === 1 ? square : b.neg(square)));
}

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

export const specialOps = [
  floatUnary("erf", erf, (b, x) => gauss(b, twoOverRootPi, -1, x)),
  floatUnary("erfc", erfc, (b, x) => gauss(b, -twoOverRootPi, -1, x)),
  floatUnary("erfinv", erfinv, (b, _, result) => gauss(b, 1 / twoOverRootPi, 1, result)),
  floatUnary("lgamma", lgamma, (b, x) => b.unary("digamma", x)),
  floatUnary("digamma", digamma, trigamma),
] as const;

/** Coefficients of 1/y^3, 1/y^5, ...: Bernoulli numbers (DLMF 5.15.8). */
const trigammaSeries = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];
const recurrenceSteps = 10;

/** digamma'(x) in terms of other operations, so that it has derivatives itself; reflected below 1/2. */
function trigamma(b: GraphBuilder, x: Node): Node {
  const constant = (value: number) => b.fullLike(x, value);
  const inverseSquare = (y: Node) => b.div(constant(1), b.mul(y, y));
  const reflected = b.binary("lt", x, constant(0.5));
  const argument = b.select(reflected, b.sub(constant(1), x), x);
  let sum = inverseSquare(argument);
  for (let k = 1; k < recurrenceSteps; k++) sum = b.add(sum, inverseSquare(b.add(argument, constant(k))));
  const y = b.add(argument, constant(recurrenceSteps));
  const square = inverseSquare(y);
  let tail = constant(trigammaSeries[trigammaSeries.length - 1]!);
  for (const coefficient of trigammaSeries.slice(0, -1).reverse()) {
    tail = b.add(constant(coefficient), b.mul(square, tail));
  }
  // 1/y + 1/(2 y^2) + tail / y^3
  const asymptotic = b.add(b.div(constant(1), y), b.mul(square, b.add(constant(0.5), b.div(tail, y))));
  const direct = b.add(sum, asymptotic);
  // pi^2 / sin^2(pi x) - trigamma(1 - x), with x reduced to its distance from the nearest integer
  const distance = b.sub(x, b.unary("round", x));
  const sine = b.unary("sin", scaled(b, Math.PI, b.select(reflected, distance, constant(0.5))));
  const mirror = b.div(constant(Math.PI * Math.PI), b.mul(sine, sine));
  return b.select(reflected, b.sub(mirror, direct), direct);
}
