// An operand of a product seen along two axes: `outer` (the rows of a, the columns of b) and `depth` (k). Emits what loads its elements.

import type { OperandStrides, ProductDescription, ProductSizes } from "./describe-product.ts";

export interface Operand {
  /** Of its variables: `a` or `b`. */
  readonly name: "a" | "b";
  readonly strides: OperandStrides;
  /** The axis along which neighbours are neighbours in memory. */
  readonly unit: "outer" | "depth";
  /** Whether its buffer is read four elements at a time: everything that an index is made of is then a known multiple of 4. */
  readonly vectors: boolean;
  /** How many there are along `outer`: a WGSL expression. */
  readonly extent: string;
  /** Distance between neighbours: WGSL expressions. */
  readonly outerStride: string;
  readonly depthStride: string;
}

/** A size or stride in the text: a number where it is known. */
export function wordText(value: number | undefined, name: string): string {
  return value === undefined ? `sizes.${name}` : String(value);
}

export function operandOf(name: "a" | "b", { sizes, a, b }: ProductDescription): Operand {
  const strides = name === "a" ? a : b;
  const outerIsRow = name === "a";
  const row = strides.unit === "row" ? "1" : wordText(strides.rowStride, `${name}_row`);
  const column = strides.unit === "column" ? "1" : wordText(strides.columnStride, `${name}_column`);
  const extent = name === "a" ? "m" : "n";
  return {
    name, strides, vectors: takesVectors(strides, sizes, name), extent: wordText(sizes[extent], extent),
    unit: (strides.unit === "row") === outerIsRow ? "outer" : "depth",
    outerStride: outerIsRow ? row : column, depthStride: outerIsRow ? column : row,
  };
}

function takesVectors({ offset, batchStride, rowStride, columnStride, unit }: OperandStrides, { batch, m, n, k }: ProductSizes, name: "a" | "b"): boolean {
  const [rows, columns] = name === "a" ? [m, k] : [k, n];
  const [along, across, stride] = unit === "column" ? [columns, rows, rowStride] : [rows, columns, columnStride];
  const aligned = (value: number | undefined): boolean => value !== undefined && value % 4 === 0;
  return aligned(along) && aligned(offset) && (across === 1 || aligned(stride)) && (batch === 1 || aligned(batchStride));
}

/** The declaration of its buffer. */
export function declareOperand({ name, vectors }: Operand, binding: number): string {
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${vectors ? "vec4f" : "f32"}>;`;
}

/** Defines where the matrix of batch element `g` begins; loads read it. */
export function defineBase({ name, strides }: Operand): string {
  return `let ${name}_base = ${wordText(strides.offset, `${name}_offset`)} + g * ${wordText(strides.batchStride, `${name}_batch`)};`;
}

// Places outside the matrix are moved into it, so that nothing is read that is not there: what comes of it belongs to no element of the
// result, or is masked by the caller.

/** Four neighbours in memory from place (outer, depth) on, multiples of 4 along memory, of an operand that takes vectors. */
export function loadVector({ name, unit, extent, outerStride, depthStride }: Operand, outer: string, depth: string): string {
  const at = unit === "outer"
    ? `min(${outer}, ${extent} - 4) + min(${depth}, k - 1) * ${depthStride}`
    : `min(${outer}, ${extent} - 1) * ${outerStride} + min(${depth}, k - 4)`;
  return `${name}[(${name}_base + ${at}) / 4]`;
}

/** One element. */
export function loadElement({ name, vectors, extent, outerStride, depthStride }: Operand, outer: string, depth: string): string {
  const at = `${name}_base + min(${outer}, ${extent} - 1) * ${outerStride} + min(${depth}, k - 1) * ${depthStride}`;
  return vectors ? `${name}[(${at}) / 4][(${at}) % 4]` : `${name}[${at}]`;
}
