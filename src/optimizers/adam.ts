// Adam and AdamW: first and second moments of the gradients, corrected for their start at zero.

import type { Tensor } from "../tensor.ts";
import type { AnyShared } from "../types/index.ts";
import { type CostOrGradients, optimize, type OptimizerOptions, type Parameter, type Rule, type Update } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  readonly epsilon?: number | undefined;
}

/** The step and the updates of the moments. */
function moments({ gradient, slot, scalar }: Parameter, { stepNumber }: Rule, options: AdamOptions): { updates: Update[]; direction: Tensor<"f32"> } {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const [m, v] = [slot("m"), slot("v")];
  const first = m.mul(beta1).add(gradient.mul(1 - beta1));
  const second = v.mul(beta2).add(gradient.mul(gradient).mul(1 - beta2));
  // In the parameter's own precision.
  const step = scalar(stepNumber()) as Tensor<"f32", []>;
  // 1 - beta^t through expm1: near t = 1 and beta = 1 the difference would lose digits.
  const correct = (beta: number): Tensor<"f32", []> => step.mul(Math.log(beta)).expm1().neg();
  const corrected = first.div(correct(beta1));
  const size = second.div(correct(beta2)).sqrt().add(epsilon);
  return { updates: [[m, first], [v, second]], direction: corrected.div(size) as unknown as Tensor<"f32"> };
}

/** Kingma and Ba, "Adam: a method for stochastic optimization", 2015. The rate is 0.001 unless said otherwise. */
export function adam(target: CostOrGradients, parameters: readonly AnyShared[], options: AdamOptions = {}): Update[] {
  return optimize("adam", 1e-3, target, parameters, options, (parameter, rule) => {
    const { updates, direction } = moments(parameter, rule, options);
    const variable = parameter.value as unknown as AnyShared;
    return [...updates, [variable, parameter.value.sub(direction.mul(parameter.scalar(rule.rate)))]];
  });
}

export interface AdamWOptions extends AdamOptions {
  /** 0.01 unless said otherwise. */
  readonly weightDecay?: number | undefined;
}

/** Loshchilov and Hutter, "Decoupled weight decay regularization", 2019: w = w - rate * (step + decay * w). */
export function adamW(target: CostOrGradients, parameters: readonly AnyShared[], options: AdamWOptions = {}): Update[] {
  return optimize("adamw", 1e-3, target, parameters, options, (parameter, rule) => {
    const { updates, direction } = moments(parameter, rule, options);
    const variable = parameter.value as unknown as AnyShared;
    const decayed = direction.add(parameter.value.mul(options.weightDecay ?? 0.01));
    return [...updates, [variable, parameter.value.sub(decayed.mul(parameter.scalar(rule.rate)))]];
  });
}
