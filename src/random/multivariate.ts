// The normal distribution of vectors.

import { createBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { cholesky } from "../../ir/routines/linalg/cholesky.ts";
import { isWideFloat } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { captureLocation } from "../location.ts";
import { dot } from "../ops/contraction.ts";
import * as e from "../ops/elementwise.ts";
import { tril } from "../ops/matrix.ts";
import { expectDType, type Operand, stretch, toDType, toOperand } from "../ops/operand.ts";
import { assume, transpose } from "../ops/primitive.ts";
import { neverEqual, toShape } from "../shape.ts";
import { standardNormal } from "./continuous.ts";
import type { FloatDType } from "./parameter.ts";

const op = "multivariateNormal";

/** A matrix [d,d], of which the lower triangle is read. */
export type MultivariateOptions<M = Operand> =
  /** The covariance, positive definite. */
  | { readonly covariance: M; readonly scaleTril?: never }
  /** Its Cholesky factor L: the covariance is L L^T. */
  | { readonly scaleTril: M; readonly covariance?: never };

/** Vectors mean + L z, `shape` draws for each row of means [...rows,d]: [...shape, ...rows, d]. */
export function multivariateNormal(key: Operand, mean: Operand, options: MultivariateOptions, shape: readonly unknown[] = []): Node {
  const { covariance, scaleTril } = options ?? {};
  const given = scaleTril ?? covariance;
  if (given === undefined || (scaleTril !== undefined && covariance !== undefined)) {
    throw userError("E205", { op, message: "takes a covariance or its Cholesky factor", hint: "pass { covariance } or { scaleTril }" });
  }
  const rows = expectDType(op, toOperand(op, mean), isWideFloat, "f32 or f64");
  const { dtype, shape: own } = rows.type as { readonly dtype: FloatDType; readonly shape: Node["type"]["shape"] };
  const matrix = toDType(op, given, dtype);
  const size = own.at(-1);
  const { shape: sides } = matrix.type;
  if (size === undefined || sides.length !== 2 || sides.some((side) => neverEqual(side, size))) {
    throw userError("E203", { op, message: `${describeTyped(matrix)} is no square matrix for a mean ${describeTyped(rows)}` });
  }
  const factor = covariance === undefined ? tril(matrix)
    : createBuilder(captureLocation(op)).make(cholesky.name, [assume(matrix, [size, size])], { on_error: "error" });
  const dims = [...toShape(shape), ...own];
  const standard = standardNormal(op, key, dims, dtype);
  return e.add(stretch(rows, dims), dot(standard, transpose(factor, [1, 0])));
}
