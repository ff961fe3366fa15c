// The special functions as operators on tensors, with their types.

import { lift } from "../methods.ts";
import type { Binary, Unary } from "../functions/elementwise.ts";
import * as bessel from "./bessel.ts";
import * as error from "./error.ts";
import * as logarithms from "./logarithms.ts";
import { inF64, type Smooth } from "./real.ts";

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
export const klDiv: Binary<"klDiv", "float"> = lift(inF64("klDiv", (x, y) => logarithms.klDiv(x!, y!)));
/** log(exp(a) + exp(b)), without overflow. */
export const logAddExp: Binary<"logAddExp", "float"> = lift(logarithms.logAddExp);
