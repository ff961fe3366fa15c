// What declarations of ops on matrices share, of one element of the batch: rules of shapes and dtypes, sizes, workspaces, names, attributes.

import { enumAttribute } from "../../attributes.ts";
import { userError } from "../../errors.ts";
import type { Node } from "../../node.ts";
import { addDims, type Dim, dimEquals, floorDivDims, maxDims, minDims, mulDims, subDims } from "../../size.ts";
import { isWideFloat, itemSize, showShape, showType, type TensorType } from "../../types.ts";
import type { RoutineSite } from "../../routine.ts";

/** E202 unless all are f32, or all f64. */
export function checkFloats(op: string, operands: readonly TensorType[]): void {
  const dtype = operands[0]!.dtype;
  if (!isWideFloat(dtype)) throw userError("E202", { op, message: `${showType(operands[0]!)} must be f32 or f64` });
  const other = operands.find((operand) => operand.dtype !== dtype);
  if (other !== undefined) throw userError("E202", { op, message: `dtypes ${dtype} and ${other.dtype} differ` });
}

/** The side of a square matrix; E203 if it is none. */
export function checkSquare(op: string, { shape }: TensorType): Dim {
  if (!dimEquals(shape[0]!, shape[1]!)) throw userError("E203", { op, message: `the matrix ${showShape(shape)} is not square` });
  return shape[0]!;
}

/** E203 unless the sizes are equal. */
export function checkEqualSides(op: string, what: string, a: Dim, b: Dim): void {
  if (!dimEquals(a, b)) throw userError("E203", { op, message: `${what}: sizes ${showShape([a])} and ${showShape([b])} differ` });
}

/** `cholesky_f32` of an op `cholesky` on f32. */
export const symbolOf = (name: string) => ({ operands }: RoutineSite): string => `${name}_${operands[0]!.dtype}`;

export const bytesOf = ({ operands }: RoutineSite, elements: Dim): Dim => mulDims(itemSize[operands[0]!.dtype], elements);

/** Elements of workspace for products of a left matrix of at most so many rows and columns, as `productWorkspace` in assembly/linalg/product.ts. */
export const productElements = ({ operands }: RoutineSite, rows: Dim, depth: Dim): Dim => {
  const bytes = itemSize[operands[0]!.dtype];
  return addDims(268 * (64 / bytes), mulDims(addDims(minDims(rows, 1440 / bytes), 6), addDims(minDims(depth, 256), 6)));
};

/** Elements of a copy of the matrix whose rows stand further apart, where one is made, as `rowLength` in assembly/linalg/rows.ts has it. */
export function spacedElements(site: RoutineSite, rows: Dim, columns: Dim): Dim {
  const bytes = itemSize[site.operands[0]!.dtype];
  const period = 4096 / bytes;
  const rest = subDims(columns, mulDims(period, floorDivDims(columns, period)));
  const isCopied = subDims(1, minDims(1, rest));
  return mulDims(isCopied, mulDims(rows, addDims(columns, 64 / bytes)));
}

export const rowsOf = ({ operands }: RoutineSite): Dim => operands[0]!.shape[0]!;
export const columnsOf = ({ operands }: RoutineSite): Dim => operands[0]!.shape[1]!;
export const shorterOf = (site: RoutineSite): Dim => minDims(rowsOf(site), columnsOf(site));
export const longerOf = (site: RoutineSite): Dim => maxDims(rowsOf(site), columnsOf(site));

/** What derivatives that divide by a singular factor are. */
export const onSingularOf = (node: Pick<Node, "attributes">): "error" | "nan" => enumAttribute<"error" | "nan">(node, "on_singular");
