// Walking over concrete tensors element by element: what the naive evaluations stand on.

import { type TensorData, allocateTensor, elementCount, stridesOf } from "../data.ts";
import type { EvaluateContext } from "../op.ts";

/** One element of any dtype: bigint for i64, number for the others. */
export type Element = number | bigint;

/** A typed array of whichever dtype, read and written one element at a time. */
export interface Elements {
  readonly length: number;
  fill(value: Element): unknown;
  [index: number]: Element;
}

export function elementsOf(tensor: TensorData): Elements {
  return tensor.data as unknown as Elements;
}

/** Calls `visit` with every index in row-major order; `index` is reused between calls. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[], position: number) => void): void {
  const count = elementCount(shape);
  const index = shape.map(() => 0);
  for (let position = 0; position < count; position++) {
    visit(index, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

export function offsetAt(index: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < strides.length; axis++) offset += index[axis]! * strides[axis]!;
  return offset;
}

/** Reads elements of a tensor by index. */
export function readerOf(tensor: TensorData): (index: readonly number[]) => Element {
  const data = elementsOf(tensor);
  const strides = stridesOf(tensor.shape);
  return (index) => data[offsetAt(index, strides)]!;
}

/** The result whose element at each index is `element(index)`. */
export function tabulate(context: EvaluateContext, element: (index: readonly number[]) => Element): TensorData {
  const result = allocateTensor(context.type.dtype, context.type.shape);
  const data = elementsOf(result);
  forEachIndex(result.shape, (index, position) => {
    data[position] = element(index);
  });
  return result;
}
