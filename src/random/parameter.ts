// Parameters and dtypes of distributions.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type DType, isFloat, isWideFloat, type Shape } from "../../ir/types.ts";
import { stretchTo } from "../ops/movement.ts";
import { type Operand, toDType } from "../ops/operand.ts";
import { make } from "../ops/primitive.ts";

export type FloatDType = "f32" | "f64";

export interface DrawOptions {
  readonly dtype?: DType | undefined;
}

/** E101 unless it is f32 or f64. */
export function floatDType(op: string, options: DrawOptions | undefined): FloatDType {
  const dtype = options?.dtype ?? "f32";
  if (isWideFloat(dtype)) return dtype;
  const isHalf = dtype === "f16";
  throw userError("E101", { op, message: isHalf ? "draws are f32 or f64" : `${String(dtype)} is not a float dtype`, hint: isHalf ? "convert what is drawn" : undefined });
}

/** For values of `dtype`, a float: there are no draws in f16. */
export function drawnIn(dtype: DType): FloatDType {
  return dtype === "f64" ? "f64" : "f32";
}

/** A parameter of a distribution, stretched over the draws. */
export function parameterOf(op: string, value: Operand, dtype: DType, shape: Shape): Node {
  return stretchTo(op, toDType(op, value, dtype), shape);
}

/** A parameter by which the draws jump from one whole number or class to another. The derivative of a draw would be zero, and that
 *  of its expectation is not: to ask for it is E304. */
export function jumpingParameter(op: string, node: Node): Node {
  return refuseGradient(op, node, "its draws jump from one value to the next");
}

export function refuseGradient(by: string, node: Node, reason: string): Node {
  return isFloat(node.type.dtype) && node.op !== "full" && node.op !== "constant" ? make("refuse_gradient", [node], { by, reason }) : node;
}
