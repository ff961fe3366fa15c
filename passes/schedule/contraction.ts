// dot_general as a product of matrices: which axes are batch, rows, columns and depth, and how the operands are walked.

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, mulDims, productOfDims } from "../../ir/size.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { isFloat } from "../../ir/types.ts";
import { collapse, type View, viewOf } from "./view.ts";

export interface MatrixView {
  readonly base: Node;
  readonly offset: Dim;
  readonly batchStride: Dim;
  readonly rowStride: Dim;
  readonly columnStride: Dim;
}

export interface Product {
  readonly batch: Dim;
  readonly m: Dim;
  readonly n: Dim;
  readonly k: Dim;
}

export interface OperandAxes {
  readonly batch: readonly number[];
  readonly free: readonly number[];
  readonly contract: readonly number[];
}

export function operandAxes(node: Node, side: "lhs" | "rhs"): OperandAxes {
  const batch = intsAttribute(node, `${side}_batch`);
  const contract = intsAttribute(node, `${side}_contract`);
  const { shape } = node.inputs[side === "lhs" ? 0 : 1]!.type;
  const free = shape.map((_, axis) => axis).filter((axis) => !batch.includes(axis) && !contract.includes(axis));
  return { batch, free, contract };
}

export function productOf(node: Node): Product {
  const [lhs, rhs] = [node.inputs[0]!.type.shape, node.inputs[1]!.type.shape];
  const [a, b] = [operandAxes(node, "lhs"), operandAxes(node, "rhs")];
  return {
    batch: productOfDims(a.batch.map((axis) => lhs[axis]!)),
    m: productOfDims(a.free.map((axis) => lhs[axis]!)),
    n: productOfDims(b.free.map((axis) => rhs[axis]!)),
    k: productOfDims(a.contract.map((axis) => lhs[axis]!)),
  };
}

/** Whether a product goes to the matrix kernel. Small ones (of each batch element), integers and dots of rows become plain loops that fuse. */
export function isMatrixProduct(node: Node, target: TargetDescription): boolean {
  if (node.op !== "dot_general" || !isFloat(node.type.dtype)) return false;
  const { m, n, k } = productOf(node);
  const known = [m, n, k].filter((dim) => typeof dim === "number").reduce((product, dim) => product * dim, 1);
  const symbolic = [m, n, k].some((dim) => typeof dim !== "number");
  return known > 0 && (symbolic ? known * symbolicGuess : known) >= target.smallContraction && !(target.inBlocks && isDotOfRows(node));
}

/**
 * Whether a `dot_general` is that of long rows and a vector (or of two vectors), both contiguous along the depth: a loop along it in lanes reads them as they lie, where a sum in
 * one order for each element would have to transpose them.
 */
export function isDotOfRows(node: Node): boolean {
  const { m, n, k } = productOf(node);
  if (!(m === 1 || n === 1) || (typeof k === "number" && k < longRow)) return false;
  return (["lhs", "rhs"] as const).every((side, input) => {
    const operand = node.inputs[input]!;
    const { strides } = viewOf(operand, () => false);
    const { contract } = operandAxes(node, side);
    return collapse(contract.map((axis) => operand.type.shape[axis]!), contract.map((axis) => strides[axis]!))?.stride === 1;
  });
}

/** From here on a last, partial turn is a small part of a row. */
const longRow = 64;

/** What a symbolic size is taken for when a choice must be made at compile time. */
const symbolicGuess = 32;

/** The operand as a matrix (rows x columns: lhs m x k, rhs k x n), or undefined if its axes have no single strides. */
export function matrixView(node: Node, side: "lhs" | "rhs", view: View): MatrixView | undefined {
  const { shape } = node.inputs[side === "lhs" ? 0 : 1]!.type;
  const axes = operandAxes(node, side);
  const run = (list: readonly number[]) => collapse(list.map((axis) => shape[axis]!), list.map((axis) => view.strides[axis]!));
  const [batch, free, contract] = [run(axes.batch), run(axes.free), run(axes.contract)];
  if (batch === undefined || free === undefined || contract === undefined) return undefined;
  const [row, column] = side === "lhs" ? [free, contract] : [contract, free];
  const unit = (axis: { extent: Dim; stride: Dim }) => axis.stride === 1 || axis.extent === 1;
  if (!unit(row) && !unit(column)) return undefined;
  // An axis of extent 1 has any stride: give it one, so that the other decides the layout.
  const rowStride = row.extent === 1 && column.stride !== 1 ? 1 : row.stride;
  const columnStride = column.extent === 1 && row.stride !== 1 ? 1 : column.stride;
  const dense = (stride: Dim, other: { extent: Dim }, self: { extent: Dim }): Dim =>
    self.extent === 1 && stride === 1 ? other.extent : stride;
  return {
    base: view.base,
    offset: view.offset,
    batchStride: batch.extent === 1 ? mulDims(row.extent, column.extent) : batch.stride,
    rowStride: columnStride === 1 ? dense(rowStride, column, row) : rowStride,
    columnStride,
  };
}

