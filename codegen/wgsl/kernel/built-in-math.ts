// The math functions that WGSL has, by its names; in a kernel there are some left only with fast math.

import type { MathOp } from "../../../ir/kernel/scalar.ts";

export const builtInMath: { readonly [Op in MathOp]?: string } = {
  rsqrt: "inverseSqrt", exp: "exp", exp2: "exp2", log: "log", log2: "log2", pow: "pow",
  sin: "sin", cos: "cos", tan: "tan", asin: "asin", acos: "acos", atan: "atan", atan2: "atan2",
  sinh: "sinh", cosh: "cosh", tanh: "tanh", asinh: "asinh", acosh: "acosh", atanh: "atanh",
};
