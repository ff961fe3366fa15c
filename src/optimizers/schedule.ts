// Learning rates as functions of the step counter (i32, 0 at the first call).

import { select } from "../functions/elementwise.ts";
import type { Tensor } from "../tensor.ts";

export type Schedule = (step: Tensor<"i32", []>) => Tensor<"f32", []>;

/** rate * factor ^ (step / every), in whole steps if `staircase`. */
export function exponentialDecay(rate: number, options: { readonly every: number; readonly factor: number; readonly staircase?: boolean }): Schedule {
  const { every, factor, staircase = false } = options;
  return (step) => {
    const place = step.convert("f32").div(every);
    return (staircase ? place.floor() : place).mul(Math.log(factor)).exp().mul(rate);
  };
}

/** From `rate` to `final` along half a cosine in `steps` steps, then `final` (Loshchilov and Hutter, 2017). */
export function cosineDecay(rate: number, options: { readonly steps: number; readonly final?: number }): Schedule {
  const { steps, final = 0 } = options;
  return (step) => {
    const place = step.minimum(steps).convert("f32").mul(Math.PI / steps);
    return place.cos().add(1).mul((rate - final) / 2).add(final);
  };
}

/** Straight from 0 to the rate in `steps` steps, then `after` (a number or a schedule that starts there). */
export function warmUp(rate: number, options: { readonly steps: number; readonly after?: Schedule }): Schedule {
  const { steps, after } = options;
  return (step) => {
    const rising = step.add(1).convert("f32").mul(rate / steps);
    const later = after === undefined ? rate : after(step.sub(steps).maximum(0));
    return select(step.lt(steps), rising, later) as Tensor<"f32", []>;
  };
}

/** The rates of a list, each from its step on: `stepwise(0.1, [[100, 0.01], [200, 0.001]])`. */
export function stepwise(rate: number, changes: readonly (readonly [from: number, rate: number])[]): Schedule {
  return (step) => changes.reduce<Tensor<"f32", []>>(
    (current, [from, next]) => select(step.ge(from), next, current) as Tensor<"f32", []>,
    step.convert("f32").mul(0).add(rate) as Tensor<"f32", []>,
  );
}
