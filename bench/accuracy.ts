// How far a result is from the true one, for the task whose functions engines compute differently.

import { chainInput, type Task } from "./task.ts";

export interface Accuracy {
  /** The largest error in itself, and in units of the last place (f32) of the larger of the two terms that are added: where they cancel, no
   *  precision of theirs is left in the sum. */
  readonly ulp: number;
  readonly absolute: number;
}

/** Distance of neighbouring f32 values at x. */
function ulpAt(x: number): number {
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - 23, -149);
}

/** Against the same formula in f64; undefined for other tasks. */
export function accuracyOf(task: Task, result: ArrayLike<number>): Accuracy | undefined {
  if (task.kind !== "chain" || result.length === 0) return undefined;
  let [ulp, absolute] = [0, 0];
  chainInput(task).forEach((x, i) => {
    const [left, right] = [Math.tanh(0.7 * x + 0.1) / (1 + Math.exp(-x)), Math.exp(-x * x)];
    const error = Math.abs(result[i]! - (left + right));
    absolute = Math.max(absolute, error);
    ulp = Math.max(ulp, error / ulpAt(Math.max(Math.abs(left), right)));
  });
  return { ulp, absolute };
}
