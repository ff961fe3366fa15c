// The special functions as operators on tensors, with their types.

import type { Node } from "../../ir/node.ts";
import { lift } from "../methods.ts";
import type { Binary, Unary } from "../functions/elementwise.ts";
import type { Operand as Value } from "../ops/operand.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, BroadcastOf, BroadcastOf3, Float, Ok, Operand, OwnDType, PromoteOf, ShapeOf } from "../types/index.ts";
import * as bessel from "./bessel.ts";
import * as error from "./error.ts";
import * as gammas from "./gamma.ts";
import { betainc as incompleteBeta } from "./incomplete-beta.ts";
import * as incompleteGamma from "./incomplete-gamma.ts";
import * as logarithms from "./logarithms.ts";
import { inF64, type Smooth } from "./real.ts";
import * as zetas from "./zeta.ts";

const two = <Op extends string>(op: Op, f: (x: Node, y: Node) => Node): Binary<Op, "float"> => lift(inF64(op, (x, y) => f(x!, y!)));
const one = (op: string, f: Smooth): Unary<"float"> => lift(inF64(op, (x) => f(x!)));

/** Bessel function of the first kind, of order 0. */
export const j0: Unary<"float"> = one("j0", bessel.j0);
/** Bessel function of the first kind, of order 1. */
export const j1: Unary<"float"> = one("j1", bessel.j1);
/** Modified Bessel function of the first kind, of order 0. */
export const i0: Unary<"float"> = one("i0", bessel.i0);
/** Modified Bessel function of the first kind, of order 1. */
export const i1: Unary<"float"> = one("i1", bessel.i1);
/** exp(-|x|) i0(x), which does not overflow. */
export const i0e: Unary<"float"> = one("i0e", bessel.i0e);
/** exp(-|x|) i1(x), which does not overflow. */
export const i1e: Unary<"float"> = one("i1e", bessel.i1e);

/** exp(x^2) erfc(x), which does not underflow. */
export const erfcx: Unary<"float"> = one("erfcx", error.erfcx);
/** The normal distribution function: the probability of less than x. */
export const ndtr: Unary<"float"> = one("ndtr", error.ndtr);
/** Its logarithm, in the far tail, too. */
export const logNdtr: Unary<"float"> = one("logNdtr", error.logNdtr);

/** The gamma function: NaN at -1, -2, ... */
export const gamma: Unary<"float"> = one("gamma", gammas.gamma);
/** The beta function gamma(a) gamma(b) / gamma(a + b). */
export const beta: Binary<"beta", "float"> = two("beta", gammas.beta);
/** log|beta(a, b)| */
export const betaln: Binary<"betaln", "float"> = two("betaln", gammas.betaln);
/** The regularised lower incomplete gamma function P(a, x): the probability of a gamma variable below x. */
export const gammainc: Binary<"gammainc", "float"> = two("gammainc", incompleteGamma.gammainc);
/** The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with its own digits. */
export const gammaincc: Binary<"gammaincc", "float"> = two("gammaincc", incompleteGamma.gammaincc);
/** The regularised incomplete beta function: the probability of a beta variable below x. */
export const betainc: {
  <A extends Operand, B extends Operand, C extends Operand>(a: A, b: Arg<"betainc", BroadcastOf<A, B>, B>, x: Arg<"betainc", BroadcastOf3<A, B, C>, C>):
    Tensor<Float<PromoteOf<A, AnyTensor<PromoteOf<B, C>>>>, Ok<BroadcastOf3<A, B, C>>>;
} = lift(inF64("betainc", (a, b, x) => incompleteBeta(a!, b!, x!)));
/** Hurwitz's zeta function: the sum of (k + q)^-x; without q Riemann's, which is defined for all x. */
export const zeta: {
  <X extends Operand>(x: X): Tensor<Float<OwnDType<X>>, ShapeOf<X>>;
  <X extends Operand, Q extends Operand>(x: X, q: Arg<"zeta", BroadcastOf<X, Q>, Q>): Tensor<Float<PromoteOf<X, Q>>, Ok<BroadcastOf<X, Q>>>;
} = lift(inF64("zeta", (x, q) => (q === undefined ? zetas.riemann(x!) : zetas.hurwitz(x!, q))));
/** The n-th derivative of digamma, n an integer from 0 to 30. */
export const polygamma: {
  <X extends Operand>(n: number, x: X): Tensor<Float<OwnDType<X>>, ShapeOf<X>>;
} = lift((n: unknown, x: Value) => inF64("polygamma", (node) => zetas.polygamma(n, node!))(x));

/** log(p / (1 - p)), the inverse of expit. */
export const logit: Unary<"float"> = lift(logarithms.logit);
/** 1 / (1 + exp(-x)): SciPy's name for sigmoid. */
export const expit: Unary<"float"> = lift(logarithms.expit);
/** log(expit(x)): SciPy's name for logSigmoid. */
export const logExpit: Unary<"float"> = lift(logarithms.logExpit);
/** log(1 + exp(x)): another name for softplus. */
export const log1pExp: Unary<"float"> = lift(logarithms.log1pExp);
/** x log(y), 0 where x is 0. */
export const xlogy: Binary<"xlogy", "float"> = lift(logarithms.xlogy);
/** x log(1 + y), 0 where x is 0. */
export const xlog1py: Binary<"xlog1py", "float"> = lift(logarithms.xlog1py);
/** -x log(x): 0 at 0, -inf below. */
export const entr: Unary<"float"> = lift(logarithms.entr);
/** x log(x / y): 0 where x is 0 and y at least 0, inf where one of them is negative. */
export const relEntr: Binary<"relEntr", "float"> = lift(logarithms.relEntr);
/** x log(x / y) - x + y, with relEntr's edges. */
export const klDiv: Binary<"klDiv", "float"> = two("klDiv", logarithms.klDiv);
/** log(exp(a) + exp(b)), without overflow. */
export const logAddExp: Binary<"logAddExp", "float"> = lift(logarithms.logAddExp);
