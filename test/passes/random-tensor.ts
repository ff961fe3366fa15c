// Tensors of full mantissas: only the same order of additions gives the same bits.

import { allocateTensor, type TensorData } from "../../ir/data.ts";
import type { DType } from "../../ir/types.ts";

export function random(dtype: DType, shape: readonly number[], seed: number): TensorData {
  const tensor = allocateTensor(dtype, shape);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < tensor.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    tensor.data[i] = dtype === "i32" ? state | 0 : state / 2 ** 31 - 1;
  }
  return tensor;
}

export const bitsOf = ({ data }: Pick<TensorData, "data">): readonly bigint[] | readonly number[] =>
  data.BYTES_PER_ELEMENT === 8 ? [...new BigInt64Array(data.buffer, data.byteOffset, data.length)] : [...new Int32Array(data.buffer, data.byteOffset, data.length)];
