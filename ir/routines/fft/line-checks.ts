// Shape and dtype rules that Fourier transforms share, of one line.

import { userError } from "../../errors.ts";
import { type Dim, showDim } from "../../size.ts";
import { isWideFloat, showShape, showType, type TensorType } from "../../types.ts";

/** Whether the length is 2^a 3^b 5^c: what the passes of the routine can do. */
export function isSmooth(length: number): boolean {
  let rest = length;
  for (const radix of [2, 3, 5]) while (rest > 0 && rest % radix === 0) rest /= radix;
  return rest === 1;
}

/** The length as a number. E205 if it is not known when the graph is built, or has other factors than 2, 3 and 5. */
export function checkLength(op: string, length: Dim): number {
  if (typeof length !== "number") throw userError("E205", { op, message: `the length ${showDim(length)} is not known when the graph is built` });
  if (!isSmooth(length)) throw userError("E205", { op, message: `the length ${length} has other factors than 2, 3 and 5` });
  return length;
}

/** E202 unless all are f32, or all f64; E203 unless the operand has the shape. */
export function checkOperands(op: string, operands: readonly TensorType[], shapes: readonly (readonly Dim[])[]): void {
  const [{ dtype } = { dtype: "f32" as const }] = operands;
  operands.forEach((operand, i) => {
    if (!isWideFloat(operand.dtype) || operand.dtype !== dtype) throw userError("E202", { op, message: `operand ${i}, ${showType(operand)}, must be ${isWideFloat(dtype) ? dtype : "f32 or f64"}` });
    const wanted = shapes[i]!;
    if (operand.shape.length !== wanted.length || operand.shape.some((dim, axis) => dim !== wanted[axis])) {
      throw userError("E203", { op, message: `operand ${i} has the shape ${showShape(operand.shape)} and needs ${showShape(wanted)}` });
    }
  });
}
