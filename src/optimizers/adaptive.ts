// Optimizers with a rate for each weight: AdaGrad, RMSProp, Adadelta.

import type { AnyShared } from "../types/index.ts";
import { type CostOrGradients, optimize, type OptimizerOptions, type Update } from "./optimizer.ts";

export interface AdaGradOptions extends OptimizerOptions {
  readonly epsilon?: number | undefined;
}

/** Duchi, Hazan, Singer, 2011: the sum of the squared gradients divides. The rate is 0.01 unless said otherwise. */
export function adaGrad(target: CostOrGradients, parameters: readonly AnyShared[], options: AdaGradOptions = {}): Update[] {
  return optimize("adagrad", 0.01, target, parameters, options, ({ value, gradient, slot, scalar }, { rate }) => {
    const sum = slot("sum");
    const total = sum.add(gradient.mul(gradient));
    const step = gradient.div(total.sqrt().add(options.epsilon ?? 1e-10));
    return [[sum, total], [value as unknown as AnyShared, value.sub(step.mul(scalar(rate)))]];
  });
}

export interface RmsPropOptions extends OptimizerOptions {
  /** 0.9 unless said otherwise. */
  readonly decay?: number | undefined;
  readonly epsilon?: number | undefined;
}

/** Tieleman and Hinton, 2012: a running mean of the squared gradients divides. The rate is 0.001 unless said otherwise. */
export function rmsProp(target: CostOrGradients, parameters: readonly AnyShared[], options: RmsPropOptions = {}): Update[] {
  const { decay = 0.9, epsilon = 1e-8 } = options;
  return optimize("rmsprop", 1e-3, target, parameters, options, ({ value, gradient, slot, scalar }, { rate }) => {
    const square = slot("square");
    const average = square.mul(decay).add(gradient.mul(gradient).mul(1 - decay));
    const step = gradient.div(average.sqrt().add(epsilon));
    return [[square, average], [value as unknown as AnyShared, value.sub(step.mul(scalar(rate)))]];
  });
}

export interface AdadeltaOptions extends OptimizerOptions {
  /** 0.95 unless said otherwise. */
  readonly decay?: number | undefined;
  readonly epsilon?: number | undefined;
}

/** Zeiler, "ADADELTA", 2012: steps have the units of the weights. The rate is 1 unless said otherwise. */
export function adadelta(target: CostOrGradients, parameters: readonly AnyShared[], options: AdadeltaOptions = {}): Update[] {
  const { decay = 0.95, epsilon = 1e-6 } = options;
  return optimize("adadelta", 1, target, parameters, options, ({ value, gradient, slot, scalar }, { rate }) => {
    const [square, moved] = [slot("square"), slot("moved")];
    const average = square.mul(decay).add(gradient.mul(gradient).mul(1 - decay));
    const step = moved.add(epsilon).sqrt().div(average.add(epsilon).sqrt()).mul(gradient);
    const steps = moved.mul(decay).add(step.mul(step).mul(1 - decay));
    return [[square, average], [moved, steps], [value as unknown as AnyShared, value.sub(step.mul(scalar(rate)))]];
  });
}
