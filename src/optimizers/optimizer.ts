// What all optimizers share: gradients in, updates out, a slot of state for each parameter, learning rates that may be
// expressions of a step counter.

import { userError } from "../../ir/errors.ts";
import { Expression } from "../expression.ts";
import { grad } from "../grad.ts";
import { located } from "../location.ts";
import { shared, SharedExpression } from "../shared.ts";
import type { Shared, Tensor } from "../tensor.ts";
import { zeros } from "../functions/making.ts";
import type { AnyShared, AnyTensor, DType, Operand } from "../types/index.ts";

export type Update = readonly [target: AnyShared, value: Operand];

/** A number, a scalar expression, or a function of the step (i32, 0 at the first call). */
export type LearningRate = number | AnyTensor | ((step: Tensor<"i32", []>) => AnyTensor | number);

/** A cost to be differentiated, or the gradients themselves, one per parameter. */
export type CostOrGradients = AnyTensor | readonly AnyTensor[];

export interface OptimizerOptions {
  readonly learningRate?: LearningRate | undefined;
  /** Stands in the names of the state: `w1_adam_m`. The optimizer's own name unless said otherwise. */
  readonly name?: string | undefined;
}

/** One parameter under the hands of an optimizer. All expressions are of the parameter's type. */
export interface Parameter {
  readonly value: Tensor<"f32">;
  readonly gradient: Tensor<"f32">;
  /** State of the parameter's type, initially zero. */
  slot(name: string): Shared<"f32">;
  /** A scalar of the parameter's dtype. */
  scalar(value: number | Tensor<"f32" | "i32", []>): Tensor<"f32", []> | number;
}

export interface Rule {
  readonly rate: number | Tensor<"f32", []>;
  /** The number of this step, from 1; asking for it adds the counter to the state. */
  stepNumber(): Tensor<"i32", []>;
}

/** Builds the updates of a list of parameters by one rule for each. */
export function optimize(
  name: string, defaultRate: number, target: CostOrGradients, parameters: readonly AnyShared[], options: OptimizerOptions,
  update: (parameter: Parameter, rule: Rule) => readonly Update[],
): Update[] {
  return located(() => {
    const list = checkParameters(name, parameters);
    const label = options.name ?? name;
    const gradients = gradientsOf(name, target, list);
    let counter: Shared<"i32", []> | undefined;
    const step = (): Shared<"i32", []> => (counter ??= shared(`${list[0]!.name}_${label}_step`, 0, { dtype: "i32" }));
    const rule: Rule = {
      rate: rateOf(options.learningRate ?? defaultRate, step),
      stepNumber: () => step().add(1),
    };
    const updates = list.flatMap((variable, i) => [...update(parameterOf(variable, gradients[i]!, label), rule)]);
    // One number for all parameters: every update reads the old one.
    if (counter !== undefined) updates.push([counter, counter.add(1)]);
    return updates;
  }, name);
}

function checkParameters(op: string, parameters: readonly AnyShared[]): readonly SharedExpression[] {
  if (!Array.isArray(parameters) || parameters.length === 0) throw userError("E209", { op, message: "takes a list of shared variables" });
  return parameters.map((parameter: unknown) => {
    if (parameter instanceof SharedExpression) return parameter;
    throw userError("E209", { op, message: `${parameter instanceof Expression ? "an expression" : String(parameter)} is not a shared variable` });
  });
}

function gradientsOf(op: string, target: CostOrGradients, parameters: readonly SharedExpression[]): readonly Tensor<"f32">[] {
  const list = parameters as unknown as readonly Tensor<"f32">[];
  if (!Array.isArray(target)) return grad(target as Tensor<"f32", []>, list);
  if (target.length !== parameters.length) throw userError("E209", { op, message: `${target.length} gradients for ${parameters.length} parameters` });
  return target as readonly Tensor<"f32">[];
}

function rateOf(rate: LearningRate, step: () => Tensor<"i32", []>): number | Tensor<"f32", []> {
  return (typeof rate === "function" ? rate(step()) : rate) as number | Tensor<"f32", []>;
}

function parameterOf(variable: SharedExpression, gradient: Tensor<"f32">, label: string): Parameter {
  const { name, dtype, shape } = variable;
  return {
    value: variable as unknown as Tensor<"f32">,
    gradient,
    slot: (slot) => shared(`${name}_${label}_${slot}`, zeros(shape, { dtype: dtype as DType })) as unknown as Shared<"f32">,
    scalar: (value) => (typeof value === "number" ? value : (value.convert(dtype) as unknown as Tensor<"f32", []>)),
  };
}
