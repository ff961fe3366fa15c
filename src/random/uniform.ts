// Draws whose bits need no rounding: uniform numbers and integers. They are the same on every target.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isInt, type Shape } from "../../ir/types.ts";
import * as e from "../ops/elementwise.ts";
import type { Operand } from "../ops/operand.ts";
import { convert, full } from "../ops/primitive.ts";
import { toShape } from "../shape.ts";
import { randomWords, type Round } from "./keys.ts";
import { type DrawOptions, type FloatDType, floatDType, parameterOf } from "./parameter.ts";

/** Random words as they are. */
export function bits(key: Operand, shape: readonly unknown[]): Node {
  return randomWords("bits", key, toShape(shape))[0];
}

/** [0, 1): multiples of 2^-24 in f32, of 2^-53 in f64. */
export function unitInterval(op: string, key: unknown, shape: Shape, dtype: FloatDType, round: Round = 0): Node {
  const [high, low] = randomWords(op, key, shape, round);
  if (dtype === "f32") return e.mul(convert(e.shiftRight(high, 8), "f32"), 2 ** -24);
  const wide = e.add(e.mul(convert(e.shiftRight(high, 5), "f64"), 2 ** 26), convert(e.shiftRight(low, 6), "f64"));
  return e.mul(wide, 2 ** -53);
}

/** (0, 1], fine near 0, where logarithms are large: multiples of 2^-33 in f32, rounded. */
export function fineInterval(op: string, key: unknown, shape: Shape, dtype: FloatDType, round: Round = 0): Node {
  if (dtype === "f64") return openInterval(op, key, shape, dtype, round);
  return e.mul(e.add(convert(randomWords(op, key, shape, round)[0], "f32"), 0.5), 2 ** -32);
}

/** (0, 1), symmetric about 1/2: odd multiples of 2^-24 in f32, of 2^-53 in f64. */
export function openInterval(op: string, key: unknown, shape: Shape, dtype: FloatDType, round: Round = 0): Node {
  const [high, low] = randomWords(op, key, shape, round);
  if (dtype === "f32") return e.mul(e.add(convert(e.shiftRight(high, 9), "f32"), 0.5), 2 ** -23);
  const wide = e.add(e.mul(convert(e.shiftRight(high, 6), "f64"), 2 ** 26), convert(e.shiftRight(low, 6), "f64"));
  return e.mul(e.add(wide, 0.5), 2 ** -52);
}

export interface UniformOptions extends DrawOptions {
  readonly low?: Operand | undefined;
  readonly high?: Operand | undefined;
}

/** Uniform on [low, high), [0, 1) unless said otherwise; rounding may give `high` itself. */
export function uniform(key: Operand, shape: readonly unknown[], options: UniformOptions = {}): Node {
  const dtype = floatDType("uniform", options);
  const dims = toShape(shape);
  const unit = unitInterval("uniform", key, dims, dtype);
  const { low = 0, high = 1 } = options;
  if (low === 0 && high === 1) return unit;
  const [from, to] = [low, high].map((bound) => parameterOf("uniform", bound, dtype, dims)) as [Node, Node];
  return e.add(from, e.mul(e.sub(to, from), unit));
}

/** Bits 32 to 63 of the product of two u32. */
function highProduct(a: Node, b: Node): Node {
  const high = (x: Node): Node => e.shiftRight(x, 16);
  const low = (x: Node): Node => e.and(x, 0xffff);
  const [inner, outer] = [e.mul(low(a), high(b)), e.mul(high(a), low(b))];
  const middle = e.add(e.add(high(e.mul(low(a), low(b))), low(inner)), low(outer));
  return e.add(e.add(e.mul(high(a), high(b)), high(inner)), e.add(high(outer), high(middle)));
}

/** Integers from `low` to before `high`, i32 unless said otherwise. 64 random bits are scaled to the range: no value's
 *  probability is off by more than 2^-32 of itself. An empty range gives `low`. */
export function integers(key: Operand, shape: readonly unknown[], low: Operand, high: Operand, options?: DrawOptions): Node {
  const dtype = options?.dtype ?? "i32";
  if (!isInt(dtype) || dtype === "i64") throw userError("E101", { op: "integers", message: `${String(dtype)} is not an integer dtype of at most 32 bits` });
  const dims = toShape(shape);
  const [from, to] = [low, high].map((bound) => convert(parameterOf("integers", bound, dtype, dims), "u32")) as [Node, Node];
  const range = e.sub(to, from);
  const [first, second] = randomWords("integers", key, dims);
  const product = e.mul(first, range);
  const carried = e.lt(e.add(product, highProduct(second, range)), product);
  const offset = e.add(highProduct(first, range), e.select(carried, full(1, "u32", dims), full(0, "u32", dims)));
  return convert(e.add(from, offset), dtype);
}
