// All elementwise operations, family by family.

import { arithmeticOps } from "./arithmetic.ts";
import { bitwiseOps } from "./bitwise.ts";
import { comparisonOps } from "./comparison.ts";
import { conversionOps } from "./conversion.ts";
import { exponentialOps } from "./exponential.ts";
import { randomOps } from "./random.ts";
import { roundingOps } from "./rounding.ts";
import { specialOps } from "./special.ts";
import { trigonometricOps } from "./trigonometric.ts";

export const elementwiseOps = [
  ...arithmeticOps,
  ...roundingOps,
  ...exponentialOps,
  ...trigonometricOps,
  ...specialOps,
  ...comparisonOps,
  ...bitwiseOps,
  ...conversionOps,
  ...randomOps,
] as const;
