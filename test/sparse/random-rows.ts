// Random sparse matrices with dense operands, as inputs of each op on them, and those ops in plain loops over a dense matrix.

import fc from "fast-check";
import type { TensorData } from "../../ir/data.ts";
import { tensor } from "../../ir/ops/sample.ts";

export const ops = ["csr_matmul", "csr_matmul_transposed", "csr_sampled_matmul", "coo_matvec"] as const;
export type SparseOp = (typeof ops)[number];

export interface Case {
  readonly op: SparseOp;
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly inputs: readonly TensorData[];
  readonly attributes: { readonly size?: readonly number[] };
}

/** Up to 4 elements in most rows, 30 to 70 in some, by coordinates one row after another or in any order; places also from the end; so many numbers in a row of a dense operand. */
export function cases(dtype: "f32" | "f64", number: fc.Arbitrary<number>, widths: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(0, 1), fc.nat(37))): fc.Arbitrary<Case> {
  const lengths = fc.array(fc.oneof({ arbitrary: fc.nat(4), weight: 4 }, { arbitrary: fc.integer({ min: 30, max: 70 }), weight: 1 }), { maxLength: 9 });
  return fc.tuple(fc.constantFrom(...ops), lengths, fc.integer({ min: 1, max: 12 }), widths, fc.boolean()).chain(([op, each, columns, width, fromEnd]) => {
    const rows = each.length;
    const stored = each.reduce((sum, length) => sum + length, 0);
    const numbers = (shape: readonly number[]): fc.Arbitrary<TensorData> => {
      const count = shape.reduce((product, size) => product * size, 1);
      return fc.array(number, { minLength: count, maxLength: count }).map((given) => tensor(dtype, shape, given));
    };
    const places = fc.array(fc.integer({ min: fromEnd ? -columns : 0, max: columns - 1 }), { minLength: stored, maxLength: stored }).map((given) => tensor("i32", [stored], given));
    const borders = fc.constant(tensor("i32", [rows + 1], [0, ...each].map((_, i, all) => all.slice(0, i + 1).reduce((sum, length) => sum + length, 0))));
    const rowOf = each.flatMap((length, row) => new Array<number>(length).fill(row));
    const rowsOfEach = fc.oneof(fc.constant(rowOf), fc.shuffledSubarray(rowOf, { minLength: stored })).map((given) => tensor("i32", [stored], given.map((row, k) => (fromEnd && k % 3 === 0 ? row - rows : row))));
    const dense = { left: numbers([rows, width]), right: numbers([columns, width]) };
    const inputs = op === "coo_matvec" ? fc.tuple(numbers([stored]), rowsOfEach, places, numbers([columns]))
      : op === "csr_matmul" ? fc.tuple(numbers([stored]), places, borders, dense.right)
      : op === "csr_matmul_transposed" ? fc.tuple(numbers([stored]), places, borders, dense.left) : fc.tuple(places, borders, dense.left, dense.right);
    return inputs.map((given) => ({
      op, rows, columns, width: op === "coo_matvec" ? 1 : width, inputs: given,
      attributes: op === "csr_matmul_transposed" ? { size: [columns] } : op === "coo_matvec" ? { size: [rows] } : {},
    }));
  });
}

/** What the op gives, by definition: sums over all places of a dense matrix, in f64. */
export function plainly({ op, rows, columns, width, inputs }: Case): number[] {
  const sampled = op === "csr_sampled_matmul";
  const patterns = (sampled ? inputs : inputs.slice(1)).map(({ data }) => Array.from(data as Int32Array)) as [number[], number[]];
  const [places, others] = op === "coo_matvec" ? [patterns[1], patterns[0]] : patterns;
  const rowOf = op === "coo_matvec" ? others.map((row) => (row + rows) % rows) : places.map((_, k) => others.slice(1).filter((border) => border <= k).length);
  const columnOf = places.map((place) => (place + columns) % columns);
  const at = (operand: number, row: number, j: number): number => Number(inputs[operand]!.data[row * width + j]);
  const along = Array.from({ length: width }, (_, j) => j);
  if (sampled) return places.map((_, k) => along.reduce((sum, j) => sum + at(2, rowOf[k]!, j) * at(3, columnOf[k]!, j), 0));
  const dense = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  places.forEach((_, k) => (dense[rowOf[k]!]![columnOf[k]!]! += Number(inputs[0]!.data[k])));
  const sums = (own: number, others: number, element: (i: number, other: number) => number): number[] =>
    Array.from({ length: own }, (_, i) => along.map((j) => Array.from({ length: others }, (_unused, other) => element(i, other) * at(3, other, j)).reduce((sum, term) => sum + term, 0))).flat();
  return op !== "csr_matmul_transposed" ? sums(rows, columns, (i, other) => dense[i]![other]!) : sums(columns, rows, (i, other) => dense[other]![i]!);
}
