// Gradients against central differences, in f64 on the reference target.

import { allocateTensor, type TensorData } from "../../ir/data.ts";
import { compile } from "../compile.ts";
import { fn } from "../fn.ts";
import { grad } from "../grad.ts";
import { input } from "../input.ts";
import type { Tensor } from "../tensor.ts";
import { toTensorData } from "../value.ts";

export interface CheckGradientOptions {
  /** Step of the differences, relative to max(1, |x|): 1e-5 by default, where truncation and rounding are about equal in f64. */
  readonly step?: number;
  /** Accepted error, relative to max(1, |difference|): 1e-6 by default. */
  readonly tolerance?: number;
}

/** What a gradient check takes for a point: nested arrays or a flat array with its shape. */
export type Point = number | readonly unknown[] | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/**
 * Checks the gradient of a scalar function of f64 tensors at a point (one entry per argument) against central differences.
 * Throws an Error that names the argument and the element where they differ. Choose points away from kinks.
 */
export async function checkGradient(f: (...args: Tensor<"f64">[]) => Tensor<"f64">, point: readonly Point[], options: CheckGradientOptions = {}): Promise<void> {
  const { step = 1e-5, tolerance = 1e-6 } = options;
  const values = point.map(toF64);
  const args = values.map(({ shape }, i) => input(`x${i}`, shape, { dtype: "f64" }));
  const inputs = Object.fromEntries(args.map((arg, i) => [`x${i}`, arg]));
  const cost = f(...(args as unknown as Tensor<"f64">[]));
  const gradients = grad(cost as never, args as never, { disconnectedInputs: "ignore" }) as unknown as Tensor<"f64">[];
  const outputs = { cost, ...Object.fromEntries(gradients.map((gradient, i) => [`g${i}`, gradient])) };
  const definition = fn({ inputs, outputs, onUnusedInput: "ignore" } as never);
  const model = await compile(definition as never, { target: "reference" }) as unknown as Evaluate;
  const feed = (): Record<string, TensorData> => Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
  const actual = model(feed());
  values.forEach(({ data }, i) => {
    for (let at = 0; at < data.length; at++) {
      const x = data[at]!;
      const h = step * Math.max(1, Math.abs(x));
      const costAt = (value: number): number => {
        data[at] = value;
        return Number(model(feed())["cost"]!.data[0]);
      };
      const difference = (costAt(x + h) - costAt(x - h)) / (2 * h);
      data[at] = x;
      const gradient = Number(actual[`g${i}`]!.data[at]);
      if (Math.abs(gradient - difference) <= tolerance * Math.max(1, Math.abs(difference))) continue;
      throw new Error(`the gradient by argument ${i} at element ${at} is ${gradient}, differences give ${difference}`);
    }
  });
}

type Evaluate = (inputs: Record<string, TensorData>) => Record<string, TensorData>;

function toF64(point: Point): TensorData<"f64"> {
  const given = typeof point === "object" && "data" in point ? { dtype: "f64", shape: point.shape, data: Float64Array.from(point.data) } : point;
  const { shape, data } = toTensorData(given, "f64");
  const tensor = allocateTensor("f64", shape);
  tensor.data.set(data as Float64Array);
  return tensor;
}
