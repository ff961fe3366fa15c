// Documentation and samples of roots, exponentials and logarithms. Expected values: mpmath.

import { floatSamples } from "./float.samples.ts";
import type { Sample } from "./sample.ts";

export const exponentialDocs: Readonly<Record<string, string>> = {
  sqrt: "sqrt(x): the square root; NaN below 0, and -0 for -0.",
  rsqrt: "1 / sqrt(x); +inf at 0, -inf at -0.",
  cbrt: "The real cube root, of negative numbers too.",
  exp: "e^x.",
  exp2: "2^x.",
  expm1: "e^x - 1, precise near 0.",
  log: "The natural logarithm; -inf at 0, NaN below.",
  log2: "The logarithm to base 2; -inf at 0, NaN below.",
  log1p: "log(1 + x), precise near 0.",
  logistic: "1 / (1 + e^-x), the sigmoid; without overflow on either side.",
};

export const exponentialSamples: readonly Sample[] = [
  ...floatSamples("sqrt", 0, [0.25, 2, 9, 0.001], [0.5, 1.4142135623730951, 3.0, 0.03162277660168379]),
  ...floatSamples("rsqrt", 1, [0.25, 2, 9, 0.001], [2.0, 0.7071067811865476, 0.3333333333333333, 31.622776601683793]),
  ...floatSamples("cbrt", 1, [-8, 0.3, 2, 27], [-2.0, 0.6694329500821695, 1.2599210498948732, 3.0]),
  ...floatSamples("exp", 1, [-20, -0.5, 0.3, 1.75], [2.061153622438558e-09, 0.6065306597126334, 1.3498588075760032, 5.754602676005731]),
  ...floatSamples("exp2", 1, [-3, -0.5, 0.3, 1.75], [0.125, 0.7071067811865476, 1.2311444133449163, 3.363585661014858]),
  ...floatSamples("expm1", 1, [-20, -0.5, 1e-05, 1.75], [-0.9999999979388464, -0.3934693402873666, 1.0000050000166668e-05, 4.754602676005731]),
  ...floatSamples("log", 1, [0.1, 0.9, 1.1, 1000], [-2.3025850929940455, -0.10536051565782628, 0.09531017980432493, 6.907755278982137]),
  ...floatSamples("log2", 1, [0.1, 0.9, 1.1, 1000], [-3.321928094887362, -0.15200309344504995, 0.13750352374993502, 9.965784284662087]),
  ...floatSamples("log1p", 1, [-0.9, -1e-05, 0.3, 1000], [-2.302585092994046, -1.0000050000333337e-05, 0.26236426446749106, 6.90875477931522]),
  ...floatSamples("logistic", 2, [-30, -0.5, 0.3, 4], [9.357622968839299e-14, 0.37754066879814546, 0.574442516811659, 0.9820137900379085]),
];
