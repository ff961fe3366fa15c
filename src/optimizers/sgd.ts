// Gradient descent, plain, with momentum, or with Nesterov's.

import type { AnyShared } from "../types/index.ts";
import { type CostOrGradients, optimize, type OptimizerOptions, type Update } from "./optimizer.ts";

export interface SgdOptions extends OptimizerOptions {
  /** v = momentum * v + g; w = w - rate * v. */
  readonly momentum?: number | undefined;
  /** w = w - rate * (g + momentum * v) with the new v (Nesterov, 1983, as in Sutskever et al., 2013). */
  readonly nesterov?: boolean | undefined;
}

/** The rate is 0.01 unless said otherwise. */
export function sgd(target: CostOrGradients, parameters: readonly AnyShared[], options: SgdOptions = {}): Update[] {
  const { momentum = 0, nesterov = false } = options;
  return optimize("sgd", 0.01, target, parameters, options, ({ value, gradient, slot, scalar }, { rate }) => {
    const variable = value as unknown as AnyShared;
    if (momentum === 0) return [[variable, value.sub(gradient.mul(scalar(rate)))]];
    const velocity = slot("velocity");
    const moved = velocity.mul(momentum).add(gradient);
    const direction = nesterov ? gradient.add(moved.mul(momentum)) : moved;
    return [[velocity, moved], [variable, value.sub(direction.mul(scalar(rate)))]];
  });
}
