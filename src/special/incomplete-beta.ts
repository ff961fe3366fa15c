// The regularised incomplete beta function by its continued fraction (DLMF 8.17.22), on the side of the mean where it converges fast.

import type { Node } from "../../ir/node.ts";
import { pushForward } from "../grad.ts";
import * as e from "../ops/elementwise.ts";
import { convert, fullLike, make } from "../ops/primitive.ts";
import { refuseGradient } from "../random/parameter.ts";
import { evaluateFraction } from "./continued-fraction.ts";
import { betaln, large, stirlingRest } from "./gamma.ts";
import { log1pmx } from "./log1pmx.ts";
import { atLeast, withPartials } from "./real.ts";

/** Steps grow with the root of the larger parameter. */
const most = 10_000;

interface Side {
  readonly a: Node;
  readonly b: Node;
  readonly x: Node;
  /** 1 - x */
  readonly y: Node;
}

/** x^a y^b / B(a, b) */
function powers({ a, b, x, y }: Side): Node {
  const [p, q] = [atLeast(a, large), atLeast(b, large)];
  const sum = e.add(p, q);
  // About the mean a / (a + b) the linear terms of the two logarithms cancel.
  const excess = e.sub(e.mul(x, q), e.mul(y, p));
  const bent = (change: Node, ratio: Node): Node => e.select(e.lt(e.abs(change), 0.4), log1pmx(change), e.sub(e.log(ratio), change));
  const exponent = e.add(e.mul(p, bent(e.div(excess, p), e.mul(x, e.div(sum, p)))), e.mul(q, bent(e.neg(e.div(excess, q)), e.mul(y, e.div(sum, q)))));
  const rest = e.sub(stirlingRest(sum), e.add(stirlingRest(p), stirlingRest(q)));
  const far = e.mul(e.sqrt(e.div(e.mul(e.div(p, sum), q), 2 * Math.PI)), e.exp(e.add(exponent, rest)));
  // The smaller of x and y is exact; the logarithm of the other is taken from it.
  const logX = e.select(e.le(x, y), e.log(x), e.log1p(e.neg(y)));
  const logY = e.select(e.le(x, y), e.log1p(e.neg(x)), e.log(y));
  const near = e.exp(e.sub(e.add(e.mul(a, logX), e.mul(b, logY)), betaln(a, b)));
  return e.select(e.and(e.ge(a, large), e.ge(b, large)), far, near);
}

/** 1 + d1 / (1 + d2 / (1 + ...)) */
function fraction({ a, b, x }: Side, wanted: Node, forDerivatives: boolean): Node {
  const sum = e.add(a, b);
  // For whole parameters the fraction ends; its derivatives by them do not.
  const least = e.add(e.mul(e.sqrt(e.maximum(a, b)), 6), 40);
  return evaluateFraction("betainc", fullLike(x, 1), wanted, (index) => {
    const half = convert(e.floorDiv(index, 2), "f64");
    const odd = e.eq(e.rem(index, 2), 1);
    const at = e.add(a, e.mul(half, 2));
    const even = e.div(e.mul(e.mul(half, e.sub(b, half)), x), e.mul(e.sub(at, 1), at));
    const other = e.div(e.mul(e.mul(e.add(a, half), e.add(sum, half)), x), e.mul(at, e.add(at, 1)));
    return { numerator: e.select(odd, e.neg(other), even), denominator: fullLike(x, 1) };
  }, { most, ...(forDerivatives ? { least: make("stop_gradient", [least]) } : {}) });
}

function regularized(a: Node, b: Node, x: Node, forDerivatives: boolean): Node {
  const inside = e.and(e.and(e.and(e.gt(a, 0), e.lt(a, Infinity)), e.and(e.gt(b, 0), e.lt(b, Infinity))), e.and(e.gt(x, 0), e.lt(x, 1)));
  const [p, q, z] = [e.select(inside, a, 1), e.select(inside, b, 1), e.select(inside, x, 0.5)];
  const swapped = e.gt(e.mul(z, e.add(p, q)), p);
  const rest = e.sub(1, z);
  const side = { a: e.select(swapped, q, p), b: e.select(swapped, p, q), x: e.select(swapped, rest, z), y: e.select(swapped, z, rest) };
  const first = e.div(powers(side), side.a);
  const tail = e.div(first, fraction(side, inside, forDerivatives));
  // Beside 1 the fraction, which may be none, does not count.
  const other = e.sub(1, e.select(e.lt(first, 2 ** -60), 0, tail));
  return e.select(inside, e.select(swapped, other, tail), edge(a, b, x));
}

/** I where x is 0 or 1 or a parameter 0 or infinite; NaN outside, and where the limit depends on the way. */
function edge(a: Node, b: Node, x: Node): Node {
  const none = e.or(e.or(e.eq(x, 0), e.eq(b, 0)), e.eq(a, Infinity));
  const all = e.or(e.or(e.eq(x, 1), e.eq(a, 0)), e.eq(b, Infinity));
  const domain = e.and(e.and(e.ge(a, 0), e.ge(b, 0)), e.and(e.ge(x, 0), e.le(x, 1)));
  return e.select(e.and(domain, e.not(e.and(none, all))), e.select(none, 0, fullLike(x, 1)), NaN);
}

/** x^(a - 1) (1 - x)^(b - 1) / B(a, b), the derivative by x. */
function densityOf(a: Node, b: Node, x: Node): Node {
  const inside = e.and(e.gt(x, 0), e.lt(x, 1));
  const z = e.select(inside, x, 0.5);
  const rest = e.sub(1, z);
  const side = e.select(e.eq(x, 0), a, b);
  // At the ends the other factor is 1, and 1 / B(1, b) = b.
  const atEnd = e.select(e.lt(side, 1), Infinity, e.select(e.eq(side, 1), e.select(e.eq(x, 0), b, a), 0));
  return e.select(inside, e.div(powers({ a, b, x: z, y: rest }), e.mul(z, rest)), atEnd);
}

/** I(x; a, b). Derivatives by a and b are those of the fraction, taken along with it (as Boik and Robison-Cox, 1998). */
export function betainc(a: Node, b: Node, x: Node): Node {
  const [p, q] = [a, b].map((parameter) => refuseGradient("betainc", parameter, "by a and b it has first derivatives only")) as [Node, Node];
  const moved = regularized(p, q, make("stop_gradient", [x]), true);
  const by = (parameter: Node): Node => pushForward("betainc", [moved], [parameter], [fullLike(parameter, 1)])[0]!;
  return withPartials(regularized(a, b, x, false), [a, by(p)], [b, by(q)], [x, densityOf(a, b, x)]);
}
