// `damo/testing`: what Damo tests itself with, for users' property-based suites. Needs fast-check.

export { dtypes, randomGraphs, type ShapeOptions, shapes, type TensorOptions, tensors } from "./arbitraries.ts";
export { checkGradient, type CheckGradientOptions, type Point } from "./check-gradient.ts";
export { checkGradientGraph, checkGraph } from "./check-graph.ts";
export { checkRewrite } from "./check-rewrite.ts";
export { checkTargetsAgree, type CheckTargetsOptions } from "./check-targets.ts";
export { type RandomGraph, randomGraph, type RandomGraphOptions, type Regime } from "./random-graph.ts";
