// Documentation and samples of the ops on sparse matrices. Expected values are worked out by hand; the row borders are so that any turn of them is one of a matrix.

import { type Sample, tensor } from "../../ops/sample.ts";
import "./index.ts";

export const sparseDocs: Readonly<Record<string, string>> = {
  csr_matmul: "csr_matmul(values, columns, borders, x): A x of a matrix A in compressed rows and a dense x.",
  csr_matmul_transposed: "csr_matmul_transposed(values, columns, borders, x): A^T x, of `size` rows.",
  csr_sampled_matmul: "csr_sampled_matmul(columns, borders, x, y): of x y^T the elements that a matrix in compressed rows stores.",
  coo_matvec: "coo_matvec(values, rows, columns, x): A x, of `size` rows, of a matrix A by coordinates and a vector x.",
};

const columns = tensor("i32", [4], [0, 2, 1, -1]);
const borders = tensor("i32", [4], [2, 2, 2, 2]);
const values = [1, 2, 3, 4];
const x = [1, 10, 2, 20, 3, 30];

export const sparseSamples: readonly Sample[] = [
  { op: "csr_matmul", name: "an empty row", inputs: [tensor("f64", [4], values), columns, borders, tensor("f64", [3, 2], x)], expected: [7, 70, 0, 0, 18, 180] },
  { op: "csr_matmul", name: "a vector, f32", inputs: [tensor("f32", [4], values), columns, borders, tensor("f32", [3, 1], [1, 2, 3])], expected: [7, 0, 18] },
  { op: "csr_matmul_transposed", name: "two columns", inputs: [tensor("f64", [4], values), columns, borders, tensor("f64", [3, 2], x)], attributes: { size: [3] }, expected: [1, 10, 9, 90, 14, 140] },
  { op: "csr_matmul_transposed", name: "a vector, f32", inputs: [tensor("f32", [4], values), columns, borders, tensor("f32", [3, 1], [1, 2, 3])], attributes: { size: [4] }, expected: [1, 9, 2, 12] },
  { op: "csr_sampled_matmul", name: "two columns", inputs: [columns, borders, tensor("f64", [3, 2], x), tensor("f64", [3, 2], [1, 1, 2, 0, 0, 3])], expected: [11, 30, 6, 90] },
  { op: "csr_sampled_matmul", name: "one column, f32", inputs: [columns, borders, tensor("f32", [3, 1], [1, 2, 3]), tensor("f32", [3, 1], [1, 2, 5])], expected: [1, 5, 6, 15] },
  { op: "coo_matvec", name: "an empty row", inputs: [tensor("f64", [4], values), tensor("i32", [4], [0, 2, -3, -1]), columns, tensor("f64", [3], [1, 2, 3])], attributes: { size: [3] }, expected: [7, 0, 18] },
  { op: "coo_matvec", name: "elements of one place, f32", inputs: [tensor("f32", [4], values), tensor("i32", [4], [1, 1, 1, 1]), tensor("i32", [4], [0, 0, 0, 0]), tensor("f32", [3], [2, 20, 30])], attributes: { size: [2] }, expected: [0, 20] },
];
