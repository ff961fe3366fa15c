// Concrete tensors on the host: dtype, shape of integers, and a dense row-major typed array.

import type { DType } from "./types.ts";

export interface DTypeArrays {
  /** Its elements are halves: `ir/half.ts`. */
  f16: Float32Array;
  f32: Float32Array;
  f64: Float64Array;
  i32: Int32Array;
  u32: Uint32Array;
  i64: BigInt64Array;
  i8: Int8Array;
  u8: Uint8Array;
  bool: Uint8Array;
}

export type TypedArray = DTypeArrays[DType];

/** A dense row-major tensor. `data.length` is the product of `shape`; bools are 0 or 1. */
export interface TensorData<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DTypeArrays[D];
}

const constructors: { readonly [D in DType]: new (length: number) => DTypeArrays[D] } = {
  f16: Float32Array, f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array,
  i8: Int8Array, u8: Uint8Array, bool: Uint8Array,
};

export const arrayViews: {
  readonly [D in DType]: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => DTypeArrays[D]
} = {
  f16: Float32Array, f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array,
  i8: Int8Array, u8: Uint8Array, bool: Uint8Array,
};

export function allocateArray<D extends DType>(dtype: D, length: number): DTypeArrays[D] {
  return new constructors[dtype](length);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function allocateTensor<D extends DType>(dtype: D, shape: readonly number[]): TensorData<D> {
  return { dtype, shape, data: allocateArray(dtype, elementCount(shape)) };
}

export function copyTensor({ dtype, shape, data }: TensorData): TensorData {
  return { dtype, shape, data: data.slice() };
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}
