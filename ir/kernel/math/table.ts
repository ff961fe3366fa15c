// Every math function in every float dtype. Those of f32 that are not worth a form of their own go by way of f64.

import type { MathOp } from "../scalar.ts";
import type { FloatDType } from "../../types.ts";
import { cosh, exp, exp2, expm1, logistic, sinh, tanh } from "./exponential.ts";
import { acosh, asinh, atanh, log, log1p, log2 } from "./logarithm.ts";
import type { Num } from "./number.ts";
import { erf, erfc, erfcOf32, erfinv, erfinvOf32 } from "./erf.ts";
import { digamma, lgamma } from "./gamma.ts";
import { cbrt, pow, powOf32 } from "./power.ts";
import { fmod, fmodOf32 } from "./remainder.ts";
import { acos, asin, atan, atan2 } from "./arcus.ts";
import { cos, sin, tan } from "./trigonometric.ts";

export type Expansion = (x: Num, y: Num) => Num;

/** One form for both dtypes. */
const both = (expansion: Expansion) => ({ f32: expansion, f64: expansion });

/** f32 in f64 arithmetic, rounded at the end. */
const through64 = (expansion: Expansion) => ({
  f32: (x: Num, y: Num) => expansion(x.convert("f64"), y.convert("f64")).convert("f32"),
  f64: expansion,
});

export const mathTable: { readonly [K in MathOp]: { readonly [D in FloatDType]: Expansion } } = {
  cbrt: through64(cbrt),
  rsqrt: { f32: (x) => x.like(1).div(x.sqrt()), f64: (x) => x.like(1).div(x.sqrt()) },
  exp: both(exp), exp2: both(exp2), expm1: both(expm1),
  log: both(log), log2: both(log2), log1p: both(log1p),
  sin: both(sin), cos: both(cos), tan: both(tan), asin: through64(asin), acos: both(acos), atan: both(atan),
  sinh: both(sinh), cosh: both(cosh), tanh: both(tanh),
  asinh: both(asinh), acosh: through64(acosh), atanh: both(atanh),
  logistic: both(logistic), erf: both(erf), erfc: { f32: erfcOf32, f64: erfc },
  erfinv: { f32: erfinvOf32, f64: erfinv }, lgamma: through64(lgamma), digamma: through64(digamma),
  pow: { f32: powOf32, f64: pow }, atan2: through64(atan2), fmod: { f32: fmodOf32, f64: fmod },
};
