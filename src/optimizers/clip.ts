// Gradient clipping.

import { stack } from "../functions/movement.ts";
import { located } from "../location.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor } from "../types/index.ts";

type Tensors<L> = { -readonly [K in keyof L]: L[K] extends AnyTensor<infer D, infer S> ? Tensor<D, S> : never };

/** Every element brought between -limit and limit. */
export function clipByValue<const L extends readonly AnyTensor[]>(gradients: L, limit: number): Tensors<L> {
  return located(() => (gradients as readonly AnyTensor[]).map((gradient) => (gradient as Tensor<"f32">).clip(-limit, limit))) as unknown as Tensors<L>;
}

/** All gradients scaled by one factor such that the norm of all elements together is at most `limit`
 *  (Pascanu, Mikolov, Bengio, 2013). */
export function clipByGlobalNorm<const L extends readonly AnyTensor[]>(gradients: L, limit: number): Tensors<L> {
  return located(() => {
    const list = gradients as readonly AnyTensor[] as readonly Tensor<"f32">[];
    const norm = stack(list.map((gradient) => gradient.square().sum())).sum().sqrt() as unknown as Tensor<"f32", []>;
    // limit / max(norm, limit) is 1 up to the limit, and never divides by zero.
    const factor = norm.maximum(limit).reciprocal().mul(limit);
    return list.map((gradient) => gradient.mul(factor.convert(gradient.dtype)));
  }) as unknown as Tensors<L>;
}
