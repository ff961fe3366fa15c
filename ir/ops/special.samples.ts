// Documentation and samples of error and gamma functions. Expected values: mpmath.

import { floatSamples } from "./float.samples.ts";
import type { Sample } from "./sample.ts";

export const specialDocs: Readonly<Record<string, string>> = {
  erf: "The error function: 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.",
  erfc: "1 - erf(x), precise where erf is near 1.",
  erfinv: "The inverse of erf; infinite at -1 and 1, NaN beyond.",
  lgamma: "log|gamma(x)|; +inf at 0, -1, -2, ... and at infinities.",
  digamma: "The derivative of lgamma; -inf at 0, +inf at -0, NaN at -1, -2, ... and at -inf.",
};

export const specialSamples: readonly Sample[] = [
  ...floatSamples("erf", 4, [-1.5, -0.3, 0.1, 2.5], [-0.9661051464753108, -0.3286267594591274, 0.1124629160182849, 0.999593047982555]),
  ...floatSamples("erfc", 6, [-1.5, -0.3, 0.1, 2.5], [1.9661051464753108, 1.3286267594591274, 0.887537083981715, 0.0004069520174449589]),
  ...floatSamples("erfinv", 6, [-0.9, -0.3, 0.1, 0.99], [-1.1630871536766743, -0.2724627147267543, 0.08885599049425769, 1.8213863677184494]),
  ...floatSamples("lgamma", 8, [-2.5, 0.1, 2.75, 20], [-0.056243716497674054, 2.252712651734206, 0.47521466691493713, 39.339884187199495]),
  ...floatSamples("digamma", 8, [-2.5, 0.1, 2.75, 20], [1.103156640645243, -10.423754940411076, 0.8189010249754326, 2.970523992242149]),
];
