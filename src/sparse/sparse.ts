// A sparse matrix: which elements are stored, in compressed rows or by coordinates, and their values. The parts are tensors like any
// others; the dense shape and the number of stored elements are sizes of the graph. docs/adr/0029.

import { createBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { rowsOf as rowsOfBorders } from "../../ir/routines/sparse/compressed-rows.ts";
import type { Dim } from "../../ir/size.ts";
import { addDims, showDim } from "../../ir/size.ts";
import { showShape } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { captureLocation } from "../location.ts";
import { toTensor } from "../methods.ts";
import { expectDType, type Operand, toOperand } from "../ops/operand.ts";
import { assume } from "../ops/primitive.ts";
import { neverEqual, toUserShape, toShape, type UserDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, DType } from "../types/index.ts";

/** Row i has the stored elements indptr[i] to before indptr[i + 1]. */
export interface CsrParts<D extends DType = DType> {
  readonly values: AnyTensor<D>;
  /** The column of each stored element. */
  readonly indices: AnyTensor<"i32">;
  readonly indptr: AnyTensor<"i32">;
}

export interface CooParts<D extends DType = DType> {
  readonly values: AnyTensor<D>;
  readonly rows: AnyTensor<"i32">;
  readonly columns: AnyTensor<"i32">;
}

/** The places of stored elements, which matrices may share. */
export interface Pattern {
  readonly format: "csr" | "coo";
  /** The dense shape. */
  readonly shape: readonly [rows: Dim, columns: Dim];
  readonly stored: Dim;
  readonly columns: Node;
  /** `indptr` of compressed rows, else the row of each stored element. */
  readonly rows: Node;
  /** What these coordinates are the transpose of. */
  readonly turned?: Pattern;
}

/** A sparse matrix. Elements that are stored twice count twice: their values add. */
export class Sparse<D extends DType = DType> {
  readonly pattern: Pattern;
  /** The values. */
  readonly node: Node;

  constructor(pattern: Pattern, values: Node) {
    this.pattern = pattern;
    this.node = values;
  }

  get dtype(): D {
    return this.node.type.dtype as D;
  }

  get format(): "csr" | "coo" {
    return this.pattern.format;
  }

  /** The dense shape. */
  get shape(): UserDim[] {
    return toUserShape(this.pattern.shape);
  }

  /** How many elements are stored, zeros and doubles included. */
  get stored(): UserDim {
    return toUserShape([this.pattern.stored])[0]!;
  }

  /** The stored values; gradients by them are gradients by the matrix. */
  get values(): Tensor<D, [number]> {
    return toTensor(this.node);
  }

  /** A record of tensors, for outputs of functions, states of loops and whatever takes tensors. */
  get parts(): CsrParts<D> | CooParts<D> {
    const { format, rows, columns } = this.pattern;
    const [places, others] = [toTensor<"i32", [number]>(rows), toTensor<"i32", [number]>(columns)];
    return format === "csr" ? { values: this.values, indices: others, indptr: places } : { values: this.values, rows: places, columns: others };
  }

  toString(): string {
    return `Sparse ${this.dtype}${showShape(this.pattern.shape)}, ${showDim(this.pattern.stored)} stored as ${this.format}`;
  }
}

/** E209 for what is no sparse matrix. */
export function toSparse(op: string, value: unknown): Sparse {
  if (value instanceof Sparse) return value;
  throw userError("E209", { op, message: "the operand is not a sparse matrix", hint: "make one with csr(), coo() or fromDense()" });
}

/** A vector of i32 of a size that is known from elsewhere, or its own. E202, E203. */
function placesOf(op: string, name: string, value: unknown, size?: Dim): Node {
  const node = expectDType(op, toOperand(op, value as Operand), (dtype) => dtype === "i32", `i32, as ${name}`);
  return ofSize(op, name, node, size);
}

export function ofSize(op: string, name: string, node: Node, size: Dim | undefined): Node {
  const own = node.type.shape[0];
  if (node.type.shape.length !== 1 || (size !== undefined && neverEqual(own!, size))) {
    throw userError("E203", { op, message: `${name} is ${describeTyped(node)}, it must be a vector${size === undefined ? "" : ` of ${showDim(size)}`}` });
  }
  return size === undefined || own === size ? node : assume(node, [size]);
}

function denseShape(op: string, shape: unknown): readonly [Dim, Dim] {
  const dims = Array.isArray(shape) ? toShape(shape) : [];
  if (dims.length === 2) return [dims[0]!, dims[1]!];
  throw userError("E102", { op, message: `the shape ${JSON.stringify(shape)} is not that of a matrix`, hint: "it is [rows, columns]" });
}

/** The matrix of this shape from tensors that say what is stored. */
export function fromParts(op: string, format: "csr" | "coo", parts: { readonly [name: string]: unknown }, shape: unknown): Sparse {
  const dims = denseShape(op, shape);
  const values = ofSize(op, "values", toOperand(op, parts["values"] as Operand), undefined);
  const stored = values.type.shape[0]!;
  const [rows, columns] = format === "csr"
    ? [placesOf(op, "indptr", parts["indptr"], addDims(dims[0], 1)), placesOf(op, "indices", parts["indices"], stored)]
    : [placesOf(op, "rows", parts["rows"], stored), placesOf(op, "columns", parts["columns"], stored)];
  return new Sparse({ format, shape: dims, stored, rows, columns }, values);
}

/** The row of each stored element; of compressed rows E609 for borders that do not rise. */
export function rowsOf({ format, rows, stored }: Pattern): Node {
  return format === "coo" ? rows : rowsOfBorders(createBuilder(captureLocation()), "csr", rows, stored);
}
