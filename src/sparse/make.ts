// Where sparse matrices come from: tensors, host arrays, inputs of a function, dense tensors.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { addDims, type Dim, productOfDims } from "../../ir/size.ts";
import { check } from "../debug/check.ts";
import { Expression } from "../expression.ts";
import { input, inputOf } from "../input.ts";
import { toTensor } from "../methods.ts";
import { compress, notGiven } from "../ops/compress.ts";
import * as e from "../ops/elementwise.ts";
import { concat } from "../ops/movement.ts";
import { type Operand, toNode } from "../ops/operand.ts";
import { constant, convert, iota, make as makeNode, reshape } from "../ops/primitive.ts";
import { sum } from "../ops/reduction.ts";
import { sizeValue } from "../ops/size.ts";
import { toDim, toShape } from "../shape.ts";
import type { Input } from "../tensor.ts";
import type { AnyTensor, DType } from "../types/index.ts";
import { HostValue, toTensorData } from "../value.ts";
import { checkHostParts } from "./host.ts";
import { fromParts, Sparse } from "./sparse.ts";

const isHost = (value: unknown): boolean => !(value instanceof Expression || value instanceof HostValue || (typeof value === "object" && value !== null && "op" in value));

/** From tensors, or from host arrays, which are checked (E203, E205, E208) and become constants. */
export function make(op: string, format: "csr" | "coo", given: object, shape: unknown): Sparse {
  const parts = given as { readonly [name: string]: unknown };
  const names = format === "csr" ? ["values", "indices", "indptr"] : ["values", "rows", "columns"];
  for (const name of names) {
    if (typeof parts !== "object" || parts === null || parts[name] === undefined) throw userError("E209", { op, message: `${name} is missing`, hint: `it takes ${names.join(", ")}` });
  }
  if (!names.every((name) => isHost(parts[name]))) return fromParts(op, format, parts, shape);
  const known = Array.isArray(shape) && shape.length === 2 && shape.every((dim) => Number.isInteger(dim) && dim >= 0);
  if (!known) throw userError("E102", { op, message: `the shape ${JSON.stringify(shape)} is not that of a matrix of host arrays`, hint: "it is [rows, columns], both integers" });
  checkHostParts(op, format, parts as never, shape as unknown as readonly [number, number]);
  const tensors = names.map((name) => [name, constant(toTensorData(parts[name], name === "values" ? undefined : "i32"))]);
  return fromParts(op, format, Object.fromEntries(tensors) as { readonly [name: string]: Node }, shape);
}

export interface SparseInputOptions<D extends DType = DType> {
  /** The number of stored elements, or its name; `NAME_stored` unless said otherwise. */
  readonly stored?: number | string;
  readonly dtype?: D;
}

type InputsOf<Name extends string, Part extends string, D extends DType> = { readonly [K in `${Name}_${Part}`]: Input<K extends `${Name}_values` ? D : "i32", [number]> };

/** A sparse matrix that is passed at each call. */
export class SparseInput<Name extends string = string, Part extends string = string, D extends DType = DType> extends Sparse<D> {
  /** By name, for the inputs of a function: `NAME_values` and so on. */
  get inputs(): InputsOf<Name, Part, D> {
    const inputs = [this.node, this.pattern.columns, this.pattern.rows].map((node) => inputOf(node)!);
    return Object.fromEntries(inputs.map((part) => [part.name, part])) as unknown as InputsOf<Name, Part, D>;
  }
}

/** Inputs of a function, of the names `NAME_values` and so on, as a matrix. */
export function makeInput(op: string, format: "csr" | "coo", name: string, shape: readonly (number | string)[], options: SparseInputOptions = {}): SparseInput {
  const { stored, dtype = "f32" } = options;
  const size = stored ?? `${name}_stored`;
  const values = input(`${name}_values`, [size], { dtype });
  const places = (part: string, of: Dim | string): unknown => input(`${name}_${part}`, [of as number], { dtype: "i32" });
  const parts = format === "csr"
    ? { values, indices: places("indices", size), indptr: places("indptr", addDims(toShape(shape)[0]!, 1)) }
    : { values, rows: places("rows", size), columns: places("columns", size) };
  const { pattern, node } = fromParts(op, format, parts, shape);
  return new SparseInput(pattern, node);
}

export interface FromDenseOptions {
  /** How many elements there is room for. */
  readonly stored: number | string;
  /** Coordinates unless said otherwise. */
  readonly format?: "coo" | "csr";
}

/** The elements that are not 0, in row-major order. `stored` bounds them: what is left over are zeros stored at [0, 0] (in compressed rows, in the last row), and a call with more elements fails with E607. */
export function fromDense(x: Operand, options: FromDenseOptions = notGiven): Sparse {
  const { format = "coo" } = options;
  if (format !== "coo" && format !== "csr") throw userError("E205", { op: "fromDense", message: `the format is ${String(format)}`, hint: `it is "coo" or "csr"` });
  const node = toNode("fromDense", x);
  const [rows, columns] = node.type.shape;
  if (node.type.shape.length !== 2) throw userError("E203", { op: "fromDense", message: "takes a matrix" });
  const flat = reshape(node, [productOfDims(node.type.shape)]);
  const kept = e.ne(flat, 0);
  const limit = toDim(options.stored);
  const count = sum(convert(kept, "i32"), [0]);
  const size = { size: options.stored };
  const message = "the matrix has more elements that are not 0 than are to be stored";
  const checked = toNode("fromDense", check(toTensor(compress(kept, flat, size)) as AnyTensor, toTensor(e.le(count, sizeValue(limit))) as never, message));
  const places = (axis: number): Node => compress(kept, reshape(iota("i32", [rows!, columns!], axis), flat.type.shape), size);
  const column = places(1);
  if (format === "csr") {
    // A row begins where those before it end; what is left over stands at the end of the last.
    const counts = sum(convert(e.ne(node, 0), "i32"), [1]);
    const begins = e.sub(makeNode("cumsum", [counts], { axis: 0, reverse: false }), counts);
    const indptr = concat([begins, reshape(convert(sizeValue(limit), "i32"), [1])], 0);
    return new Sparse({ format, shape: [rows!, columns!], stored: limit, rows: indptr, columns: column }, checked);
  }
  const row = places(0);
  return new Sparse({ format: "coo", shape: [rows!, columns!], stored: limit, rows: row, columns: column }, checked);
}
