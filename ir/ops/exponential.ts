// Roots, exponentials and logarithms.

import type { GraphBuilder } from "../op.ts";
import type { Node } from "../node.ts";
import { logistic } from "../reference/exponential.ts";
import { floatUnary } from "./elementwise-entry.ts";

const over = (b: GraphBuilder, numerator: number, denominator: Node) =>
  b.div(b.fullLike(denominator, numerator), denominator);
const times = (b: GraphBuilder, factor: number, x: Node) => b.mul(b.fullLike(x, factor), x);

export const exponentialOps = [
  floatUnary("sqrt", Math.sqrt, (b, _, root) => over(b, 0.5, root)),
  floatUnary("rsqrt", (x) => 1 / Math.sqrt(x), (b, x, root) => b.div(times(b, -0.5, root), x)),
  floatUnary("cbrt", Math.cbrt, (b, _, root) => over(b, 1 / 3, b.mul(root, root))),
  floatUnary("exp", Math.exp, (_b, _x, result) => result),
  floatUnary("exp2", (x) => 2 ** x, (b, _, result) => times(b, Math.LN2, result)),
  // exp(x), not result + 1, which cancels where the result is near -1
  floatUnary("expm1", Math.expm1, (b, x) => b.unary("exp", x)),
  floatUnary("log", Math.log, (b, x) => over(b, 1, x)),
  floatUnary("log2", Math.log2, (b, x) => over(b, Math.LOG2E, x)),
  floatUnary("log1p", Math.log1p, (b, x) => over(b, 1, b.add(b.fullLike(x, 1), x))),
  floatUnary("logistic", logistic, (b, _, y) => b.mul(y, b.sub(b.fullLike(y, 1), y))),
] as const;
