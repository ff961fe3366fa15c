// The math functions that most models use: exponentials, logarithms and their kin.

import { cosh, exp, exp2, expm1, logistic, sinh, tanh } from "./exponential.ts";
import { both, type MathTable, through64 } from "./forms.ts";
import { acosh, asinh, atanh, log, log1p, log2 } from "./logarithm.ts";

export const basicMath = {
  rsqrt: { f32: (x) => x.like(1).div(x.sqrt()), f64: (x) => x.like(1).div(x.sqrt()) },
  exp: both(exp), exp2: both(exp2), expm1: both(expm1),
  log: both(log), log2: both(log2), log1p: both(log1p),
  sinh: both(sinh), cosh: both(cosh), tanh: both(tanh), logistic: both(logistic),
  asinh: both(asinh), acosh: through64(acosh), atanh: both(atanh),
} satisfies MathTable;
