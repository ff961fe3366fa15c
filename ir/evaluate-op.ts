// One op on values: its `evaluate`. On f16 an op is what it is on f32, its results rounded once at the end.

import type { TensorData } from "./data.ts";
import { roundToHalf } from "./half.ts";
import type { ConcreteType, EvaluateContext, OpDefinition } from "./op.ts";

/** One value for each result. */
export function evaluateOp(definition: OpDefinition, operands: readonly TensorData[], context: EvaluateContext): readonly TensorData[] {
  const results = context.regions?.results ?? [context.type];
  // A region takes values of its parameters' types.
  const isWhole = ![...operands, ...results].some(isHalf) || Object.values(definition.attributes).includes("region");
  if (isWhole) return listOf(definition.evaluate(operands, context));
  // Without operands in f16 (a conversion, a constant) the op makes it itself.
  const widens = operands.some(isHalf);
  const wide = <T extends ConcreteType>(tensor: T): T => (widens && isHalf(tensor) ? { ...tensor, dtype: "f32" } : tensor);
  const { regions } = context;
  const values = listOf(definition.evaluate(operands.map(wide), {
    ...context, type: wide(context.type), ...(regions === undefined ? {} : { regions: { ...regions, results: results.map(wide) } }),
  }));
  return values.map((value, i) => (isHalf(results[i]!) ? { dtype: "f16", shape: value.shape, data: (value.data as Float32Array).map(roundToHalf) } : value));
}

function isHalf({ dtype }: ConcreteType): boolean {
  return dtype === "f16";
}

function listOf(value: TensorData | readonly TensorData[]): readonly TensorData[] {
  return Array.isArray(value) ? value : [value as TensorData];
}
