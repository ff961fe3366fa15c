// Constants: numbers, nested arrays or flat arrays with a shape, as tensors.

import { copyTensor } from "../ir/data.ts";
import { located } from "./location.ts";
import { toTensor } from "./methods.ts";
import { checkDType } from "./ops/elementwise.ts";
import { isWeak } from "./ops/operand.ts";
import { constant as constantNode, full } from "./ops/primitive.ts";
import { sizeValue } from "./ops/size.ts";
import { toDim } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { Dims, DType, FlatArray, FlatDType, Nested, NestedDType, NestedShape, Shape } from "./types/index.ts";
import { toTensorData } from "./value.ts";

interface MakeConstant {
  <const F extends FlatArray<DType, Shape>>(value: F): Tensor<FlatDType<F>, Dims<F["shape"]>>;
  <const N extends Nested, D extends DType | undefined = undefined>(
    value: N, options?: { readonly dtype?: D }): Tensor<D extends DType ? D : NestedDType<N>, NestedShape<N>>;
}

/** A constant. Numbers are f32, bigints i64, booleans bool, unless `dtype` says otherwise; typed arrays say it themselves. */
export const constant = makeConstant as MakeConstant;

function makeConstant(value: unknown, options?: { readonly dtype?: DType }): unknown {
  return located(() => {
    const data = toTensorData(value, options?.dtype === undefined ? undefined : checkDType("constant", options.dtype));
    if (isWeak(value)) return toTensor(full(data.data[0]!, data.dtype, []));
    // A copy: what is done to the array later does not reach the graph.
    return toTensor(constantNode(copyTensor(data)));
  });
}

/** A size as an i32 scalar of the computation: `sizeOf("n")`, `sizeOf(x.shape[0])`. */
export function sizeOf(size: number | string): Tensor<"i32", []> {
  return located(() => toTensor(sizeValue(toDim(size))));
}
