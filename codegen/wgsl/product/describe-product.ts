// A product of matrices as its shader sees it: what is known of its sizes and strides when it is emitted, and the words of the uniform
// that hold the rest. Equal descriptions share a shader.

import { InternalError } from "../../../ir/errors.ts";
import type { Contract, MatrixOperand } from "../../../ir/program/program.ts";
import { type Dim, dimEquals } from "../../../ir/size.ts";
import type { EpilogueDescription } from "./epilogue.ts";
import type { ProductSizes } from "./multiplication.ts";
import type { StoredDTypes } from "./stored.ts";

/** In elements; undefined: known when it runs, from its word. */
export interface OperandStrides {
  readonly offset: number | undefined;
  readonly batchStride: number | undefined;
  readonly rowStride: number | undefined;
  readonly columnStride: number | undefined;
  /** The axis with stride 1. */
  readonly unit: "row" | "column";
}

/** Words of the uniform that add up to where an operand begins, beside its offset: it is a part of what is bound. */
export interface OperandBase {
  readonly words: number;
  /** Whether all of them are multiples of 4. */
  readonly aligned: boolean;
}

export const noBase: OperandBase = { words: 0, aligned: true };

/** c[b] = a[b] (m x k) times b[b] (k x n), c dense row-major; in f32. */
export interface ProductDescription {
  readonly sizes: ProductSizes;
  readonly a: OperandStrides;
  readonly b: OperandStrides;
  /** Absent: f32. */
  readonly stored?: StoredDTypes;
  /** Absent: none. */
  readonly bases?: { readonly a: OperandBase; readonly b: OperandBase };
  /** Absent: c is stored and that is all. */
  readonly epilogue?: EpilogueDescription;
}

/** The words of the uniform, in order: batch, m, n, k, and four for each operand; those of `bases` follow, a's first, and those of the epilogue: its sizes and bases. */
export function productSizes({ batch, m, n, k, a, b }: Contract): readonly Dim[] {
  const words = ({ offset, batchStride, rowStride, columnStride }: MatrixOperand): readonly Dim[] => [offset, batchStride, rowStride, columnStride];
  return [batch, m, n, k, ...words(a), ...words(b)];
}

export function describeProduct({ dtype, batch, m, n, k, a, b }: Contract): ProductDescription {
  if (dtype !== "f32") throw new InternalError(`a product of ${dtype} on webgpu`);
  return { sizes: { batch: known(batch), m: known(m), n: known(n), k: known(k) }, a: describeOperand(a), b: describeOperand(b) };
}

function describeOperand(operand: MatrixOperand): OperandStrides {
  const { offset, batchStride, rowStride, columnStride } = operand;
  const unit = dimEquals(columnStride, 1) ? "column" : dimEquals(rowStride, 1) ? "row" : undefined;
  if (unit === undefined) throw new InternalError("a matrix operand has no stride of 1");
  return { offset: known(offset), batchStride: known(batchStride), rowStride: known(rowStride), columnStride: known(columnStride), unit };
}

function known(dim: Dim): number | undefined {
  return typeof dim === "number" ? dim : undefined;
}
