// The math functions for targets without f64: what has another form for f32 there computes in integers and in pairs of f32.

import { acosh } from "./logarithm.ts";
import { asin, atan2 } from "./arcus.ts";
import { erfc, erfinvOfSingle, erfOfSingle } from "./erf.ts";
import type { MathTable } from "./forms.ts";
import { pow } from "./power.ts";
import { digamma, lgamma } from "./single/gamma.ts";
import { fmod } from "./single/remainder.ts";
import { cbrt, rsqrt } from "./single/root.ts";
import { cos, sin, tan } from "./single/trigonometric.ts";
import { mathTable } from "./table.ts";

export const singleMath = {
  ...mathTable,
  rsqrt: { ...mathTable.rsqrt, f32: rsqrt }, cbrt: { ...mathTable.cbrt, f32: cbrt },
  sin: { ...mathTable.sin, f32: sin }, cos: { ...mathTable.cos, f32: cos }, tan: { ...mathTable.tan, f32: tan },
  asin: { ...mathTable.asin, f32: asin }, acosh: { ...mathTable.acosh, f32: acosh }, atan2: { ...mathTable.atan2, f32: atan2 },
  erf: { ...mathTable.erf, f32: erfOfSingle }, erfc: { ...mathTable.erfc, f32: erfc }, erfinv: { ...mathTable.erfinv, f32: erfinvOfSingle },
  lgamma: { ...mathTable.lgamma, f32: lgamma }, digamma: { ...mathTable.digamma, f32: digamma },
  pow: { ...mathTable.pow, f32: pow }, fmod: { ...mathTable.fmod, f32: fmod },
} satisfies MathTable;
