// The ops of the test routines on tensors.

import type { AnyTensor } from "damo";
import type { Attributes } from "../../ir/node.ts";
import { toTensor } from "../../src/methods.ts";
import { toNode } from "../../src/ops/operand.ts";
import { make } from "../../src/ops/primitive.ts";
import { gram } from "./gram-op.ts";
import { order, roots, scale } from "./line-ops.ts";

const call = (op: { readonly name: string }, operands: readonly AnyTensor[], attributes: Attributes = {}) =>
  make(op.name, operands.map((operand) => toNode(op.name, operand)), attributes);
export const rootsOf = <T extends AnyTensor>(x: T, on_error: "error" | "nan" = "error"): T => toTensor(call(roots, [x], { limit: 100, on_error })) as unknown as T;
export const scaled = <T extends AnyTensor>(x: T, by: AnyTensor): T => toTensor(call(scale, [x, by])) as unknown as T;
export function orderOf<T extends AnyTensor>(x: T): { readonly sorted: T; readonly places: AnyTensor<"i32"> } {
  const node = call(order, [x]);
  const result = (index: number): unknown => toTensor(make("result", [node], { index }));
  return { sorted: result(0) as T, places: result(1) as AnyTensor<"i32"> };
}

export const gramOf = <T extends AnyTensor>(x: T): T => toTensor(call(gram, [x])) as unknown as T;
