// The form of samples: typed inputs with which an op is tested on the evaluator, its gradient and every target. Samples
// stand beside their family in `<family>.samples.ts`, outside the shipped bundle; a new op needs nothing more to be tested.

import type { DTypeArrays, TensorData } from "../data.ts";
import { allocateTensor } from "../data.ts";
import { InternalError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import type { DType } from "../types.ts";

export interface Sample {
  readonly op: string;
  /** What it exercises: `negative strides`, `NaN and -0`. Unique among the samples of its op. */
  readonly name: string;
  readonly inputs: readonly TensorData[];
  readonly attributes?: Attributes;
  /** The result's elements in row-major order, from an independent source (closed form, fixture). */
  readonly expected?: readonly (number | bigint)[];
  /** Allowed error of `expected` in units in the last place of the result's dtype; 0 (the default) means equal bits. */
  readonly ulp?: number;
  /** False where the op is not smooth at these inputs, so that finite differences mean nothing. Default true. */
  readonly smooth?: boolean;
}

/** `tensor("f32", [2, 2], [1, 2, 3, 4])`; bools as 0 and 1, i64 from numbers or bigints. */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], values: readonly (number | bigint)[]): TensorData<D> {
  const result = allocateTensor(dtype, shape);
  if (result.data.length !== values.length) {
    throw new InternalError(`${values.length} values do not fill shape [${shape.join(",")}]`);
  }
  const data: DTypeArrays[DType] = result.data;
  values.forEach((value, i) => {
    if (data instanceof BigInt64Array) data[i] = BigInt(value);
    else data[i] = Number(value);
  });
  return result;
}
