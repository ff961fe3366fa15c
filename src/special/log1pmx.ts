// log(1 + x) - x without cancellation, in f64: what densities and divergences are made of near their maxima.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { log1pmxRatio } from "./gamma-coefficients.ts";
import { polynomial } from "./real.ts";

/** Where `log1pmx` is worth it. */
export const isSmall = (x: Node): Node => e.and(e.ge(x, -0.4), e.le(x, 0.6));

/** log(1 + x) - x for a small x, and a naive difference elsewhere. */
export function log1pmx(x: Node): Node {
  const inside = e.clip(x, -0.4, 0.6);
  const series = e.mul(e.mul(inside, inside), polynomial(log1pmxRatio, e.sub(e.mul(inside, 2), 0.2)));
  return e.select(isSmall(x), series, e.sub(e.log1p(x), x));
}
