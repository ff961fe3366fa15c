export { type CustomOpOptions, customOp, type ElementType } from "./custom-op.ts";
export type { AssemblyScript, OperationCode } from "./code.ts";
export type { GivenDerivatives, GivenDifferential } from "./gradient.ts";
