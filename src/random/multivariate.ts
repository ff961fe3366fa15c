// The normal distribution of vectors.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isFloat } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { dot } from "../ops/contraction.ts";
import * as e from "../ops/elementwise.ts";
import { tril } from "../ops/matrix.ts";
import { expectDType, type Operand, stretch, toDType, toOperand } from "../ops/operand.ts";
import { transpose } from "../ops/primitive.ts";
import { neverEqual, toShape } from "../shape.ts";
import { standardNormal } from "./continuous.ts";
import type { FloatDType } from "./parameter.ts";

const op = "multivariateNormal";

export interface MultivariateOptions {
  /** The lower Cholesky factor L of the covariance L L^T, [d,d]; what stands above the diagonal is not read. */
  readonly scaleTril: Operand;
}

/** Vectors mean + L z, `shape` draws for each row of means [...rows,d]: [...shape, ...rows, d]. E205 for a covariance in place of its factor. */
export function multivariateNormal(key: Operand, mean: Operand, options: MultivariateOptions, shape: readonly unknown[] = []): Node {
  if (options?.scaleTril === undefined) {
    const hint = "pass { scaleTril: cholesky(covariance) } with cholesky of damo/linalg";
    throw userError("E205", { op, message: "takes the covariance by its Cholesky factor", hint });
  }
  const rows = expectDType(op, toOperand(op, mean), isFloat, "f32 or f64");
  const { dtype, shape: own } = rows.type as { readonly dtype: FloatDType; readonly shape: Node["type"]["shape"] };
  const factor = toDType(op, options.scaleTril, dtype);
  const size = own.at(-1);
  const { shape: sides } = factor.type;
  if (size === undefined || sides.length !== 2 || sides.some((side) => neverEqual(side, size))) {
    throw userError("E203", { op, message: `${describeTyped(factor)} is no square factor for a mean ${describeTyped(rows)}` });
  }
  const dims = [...toShape(shape), ...own];
  const standard = standardNormal(op, key, dims, dtype);
  return e.add(stretch(rows, dims), dot(standard, transpose(tril(factor), [1, 0])));
}
