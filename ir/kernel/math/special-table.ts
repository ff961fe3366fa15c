// The math functions that few models use: angles, powers, the error and gamma functions. A chunk of its own for browsers.

import { acos, asin, atan, atan2 } from "./arcus.ts";
import { erf, erfc, erfcOf32, erfinv, erfinvOf32 } from "./erf.ts";
import { both, type MathTable, through64 } from "./forms.ts";
import { digamma, lgamma } from "./gamma.ts";
import { cbrt, pow, powOf32 } from "./power.ts";
import { fmod, fmodOf32 } from "./remainder.ts";
import { cos, sin, tan } from "./trigonometric.ts";

export const specialMath = {
  cbrt: through64(cbrt),
  sin: both(sin), cos: both(cos), tan: both(tan), asin: through64(asin), acos: both(acos), atan: both(atan), atan2: through64(atan2),
  erf: both(erf), erfc: { f32: erfcOf32, f64: erfc }, erfinv: { f32: erfinvOf32, f64: erfinv },
  lgamma: through64(lgamma), digamma: through64(digamma),
  pow: { f32: powOf32, f64: pow }, fmod: { f32: fmodOf32, f64: fmod },
} satisfies MathTable;
