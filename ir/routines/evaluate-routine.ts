// The meaning of an op that calls a routine: its naive version on each element of the batch.

import { allocateTensor, type TensorData, type TypedArray } from "../data.ts";
import { userError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import { batchShape, type Routine, siteOf, strideOf } from "../routine.ts";
import { isFloat, type Shape, type TensorType } from "../types.ts";

/** Types are concrete. E609 as the routine's failures say, unless the attribute `on_error` is `nan`. */
export function evaluateRoutine(op: string, routine: Routine, operands: readonly TensorData[], types: readonly TensorType[], attributes: Attributes): readonly TensorData[] {
  const results = types.map(({ dtype, shape }) => allocateTensor(dtype, shape as readonly number[]));
  const site = siteOf(routine, { inputs: operands.map((type) => ({ type })), results: types, attributes });
  const sizes = routine.sizes(site) as readonly number[];
  const batch = batchShape(routine, operands) as readonly number[];
  for (const { operand, limit } of routine.indices ?? []) checkIndices(op, operands[operand]!, limit(site) as number);
  const parts = routine.parts === undefined ? [] : [0, routine.parts(site) as number];
  const codes = Array.from({ length: batch.reduce((product, size) => product * size, 1) }, (_, at) =>
    routine.perform(operands.map((operand, i) => elementOf(operand, routine.operandRanks[i]!, batch.length, at)),
      results.map((result, i) => elementOf(result, routine.resultRanks[i]!, batch.length, at)), [...sizes, ...parts]));
  if (attributes["on_error"] === "nan") {
    codes.forEach((code, at) => {
      if (code !== 0) results.forEach((result, i) => voidElement(result, elementOf(result, routine.resultRanks[i]!, batch.length, at)));
    });
  } else {
    routine.failures.forEach((failure, i) => {
      const at = codes.indexOf(i + 1);
      if (at >= 0) throw userError("E609", { op, message: failureMessage(failure, batch, at) });
    });
  }
  return results;
}

/** E601 for an index that lies outside. */
function checkIndices(op: string, { data }: TensorData, limit: number): void {
  for (const index of data as Int32Array) {
    if (index < -limit || index >= limit) throw userError("E601", { op, message: `index ${index} is out of range for ${limit} elements` });
  }
}

/** Names the element where there is a batch; `at` may stand for a number that is known when the model runs. */
export function failureMessage(failure: string, batch: Shape, at: number | string): string {
  return batch.length === 0 ? failure : `${failure} (element ${at} of the batch)`;
}

function elementOf(tensor: TensorData, rank: number, batchRank: number, at: number): TypedArray {
  const length = tensor.shape.slice(tensor.shape.length - rank).reduce((product, size) => product * size, 1);
  const start = at * (strideOf(tensor, rank, batchRank) as number);
  return tensor.data.subarray(start, start + length);
}

function voidElement({ dtype }: TensorData, element: TypedArray): void {
  if (isFloat(dtype)) (element as Float64Array).fill(Number.NaN);
  else if (dtype === "i64") (element as BigInt64Array).fill(0n);
  else (element as Int32Array).fill(0);
}
