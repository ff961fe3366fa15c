// A matrix with strides as an operand of a multiplication.

import { noBase, type OperandStrides, type ProductDescription } from "./describe-product.ts";
import type { ProductSizes } from "./multiplication.ts";
import type { Operand } from "./operand.ts";
import { allSingle, widened } from "./stored.ts";

/** A size or stride in the text: a number where it is known. */
export function wordText(value: number | undefined, name: string): string {
  return value === undefined ? `sizes.${name}` : String(value);
}

export function matrixOperand(name: "a" | "b", description: ProductDescription): Operand {
  const strides = description[name];
  const stored = (description.stored ?? allSingle)[name];
  const [row, column] = [
    strides.unit === "row" ? "1" : wordText(strides.rowStride, `${name}_row`),
    strides.unit === "column" ? "1" : wordText(strides.columnStride, `${name}_column`),
  ];
  const [outerAxis, outerStride, depthStride] = name === "a" ? (["row", row, column] as const) : (["column", column, row] as const);
  const base = description.bases?.[name] ?? noBase;
  const unit = strides.unit === outerAxis ? "outer" : "depth";
  const vectors = base.aligned && isAligned(strides, description.sizes, name);
  const times = (place: string, stride: string): string => (stride === "1" ? place : place === "0" ? "0" : `(${place}) * ${stride}`);
  const at = (outer: string, depth: string): string => `${name}_base + ${times(outer, outerStride)} + ${times(depth, depthStride)}`;
  return {
    name, unit,
    base: `let ${name}_base = ${wordText(strides.offset, `${name}_offset`)} + g * ${wordText(strides.batchStride, `${name}_batch`)}${baseWords(name, base.words).map((word) => ` + sizes.${word}`).join("")};`,
    vector: vectors ? (outer, depth) => widened(stored, true, `${name}[(${at(outer, depth)}) / 4]`) : undefined,
    element: (outer, depth) => widened(stored, false, vectors ? `${name}[(${at(outer, depth)}) / 4][(${at(outer, depth)}) % 4]` : `${name}[${at(outer, depth)}]`),
  };
}

/** The words that add up to where the operand begins. */
export function baseWords(name: "a" | "b", count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}_base_${i}`);
}

/** Whether everything that the index of a vector is made of is a known multiple of 4. */
function isAligned({ offset, batchStride, rowStride, columnStride, unit }: OperandStrides, { batch, m, n, k }: ProductSizes, name: "a" | "b"): boolean {
  const [rows, columns] = name === "a" ? [m, k] : [k, n];
  const [along, across, stride] = unit === "column" ? [columns, rows, rowStride] : [rows, columns, columnStride];
  const aligned = (value: number | undefined): boolean => value !== undefined && value % 4 === 0;
  return along !== 0 && aligned(along) && aligned(offset) && (across === 1 || aligned(stride)) && (batch === 1 || aligned(batchStride));
}
