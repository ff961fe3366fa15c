// Functions of square matrices.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { identityLike } from "../../ir/routines/linalg/matrix.ts";
import { dot } from "../ops/contraction.ts";
import type { Operand } from "../ops/operand.ts";
import { builder, type OnError, onErrorOf, toSquare } from "./operand.ts";
import { invert } from "./solve.ts";

/** By repeated squaring; a negative power is one of the inverse. */
export function matrixPower(a: Operand, power: number, options?: OnError): Node {
  const op = "matrixPower";
  if (!Number.isSafeInteger(power)) throw userError("E205", { op, message: `the power ${String(power)} is not an integer` });
  const matrix = toSquare(op, a);
  if (power === 0) return identityLike(builder(op), matrix);
  let square = power < 0 ? invert(op, matrix, options) : matrix;
  let result: Node | undefined;
  for (let rest = Math.abs(power); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : dot(result, square);
    if (rest > 1) square = dot(square, square);
  }
  return result!;
}

/** The matrix exponential. */
export function expm(a: Operand, options?: OnError): Node {
  return builder("expm").make("expm", [toSquare("expm", a)], onErrorOf("expm", options));
}
