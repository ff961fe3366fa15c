// Documentation and samples of the ops that factorize matrices. Expected values are worked out by hand.

import { type Sample, tensor } from "../../ops/sample.ts";
import "./index.ts";

export const linalgDocs: Readonly<Record<string, string>> = {
  cholesky: "L of A = L L^T, lower triangular. Only the lower triangle of A is read.",
  cholesky_update: "The factor of L L^T + x x^T, or, with `downdate`, of L L^T - x x^T.",
  triangular_solve: "X of A X = B, or of A^T X = B if `transposed`, for a triangular A; `unit`: its diagonal counts as 1.",
  lu: "L and U of A[permutation] = L U in one matrix, the row that each row was exchanged with, the permutation; `on_singular`: what derivatives are of a singular matrix, an error or NaN.",
  qr: "Q and R of A = Q R by Householder reflections; `full`: Q is square; `on_singular`: as in `lu`, where R is.",
  eigh: "Eigenvalues, ascending, and eigenvectors of a symmetric matrix, of which the lower triangle is read.",
  svd: "U, s (descending) and V^T of A = U diag(s) V^T.",
  eig: "Real and imaginary parts of the eigenvalues and right eigenvectors of a square matrix.",
  eigvals: "The same without vectors.",
  expm: "The exponential of a square matrix.",
};

const strict = { on_error: "error" };
const factors = { on_singular: "error" };
const lower = { upper: false, transposed: false, unit: false, ...strict };

export const linalgSamples: readonly Sample[] = [
  { op: "cholesky", name: "one", inputs: [tensor("f64", [2, 2], [4, 9, 2, 5])], attributes: strict, expected: [2, 0, 1, 2] },
  { op: "cholesky", name: "batch, f32", inputs: [tensor("f32", [2, 1, 1], [9, 16])], attributes: strict, expected: [3, 4] },
  { op: "cholesky_update", name: "up", inputs: [tensor("f64", [2, 2], [3, 9, 1, 2]), tensor("f64", [2], [4, 3])], attributes: { downdate: false, ...strict }, expected: [5, 0, 3, Math.sqrt(5)], ulp: 2 },
  { op: "cholesky_update", name: "down", inputs: [tensor("f64", [1, 1], [5]), tensor("f64", [1], [3])], attributes: { downdate: true, ...strict }, expected: [4] },
  { op: "triangular_solve", name: "lower", inputs: [tensor("f64", [2, 2], [2, 7, 1, 4]), tensor("f64", [2, 1], [4, 6])], attributes: lower, expected: [2, 1] },
  { op: "triangular_solve", name: "upper, transposed, unit", inputs: [tensor("f32", [2, 2], [9, 3, 9, 9]), tensor("f32", [2, 2], [1, 2, 5, 7])], attributes: { upper: true, transposed: true, unit: true, ...strict }, expected: [1, 2, 2, 1] },
  { op: "lu", name: "with an exchange", inputs: [tensor("f64", [2, 2], [1, 3, 2, 4])], attributes: factors, expected: [2, 4, 0.5, 1] },
  { op: "qr", name: "thin", inputs: [tensor("f64", [2, 1], [3, 4])], attributes: { full: false, ...factors }, expected: [-0.6, -0.8], ulp: 1 },
  { op: "qr", name: "wide, f32", inputs: [tensor("f32", [1, 2], [3, 4])], attributes: { full: false, ...factors }, expected: [1] },
  { op: "eigh", name: "one", inputs: [tensor("f64", [2, 2], [2, 7, 1, 2])], attributes: strict, expected: [1, 3], ulp: 2 },
  { op: "svd", name: "tall", inputs: [tensor("f64", [2, 1], [3, 4])], attributes: strict, expected: [0.6, 0.8], ulp: 1 },
  { op: "eig", name: "real values", inputs: [tensor("f64", [2, 2], [1, 2, 0, 3])], attributes: strict, expected: [1, 3], ulp: 2 },
  { op: "eig", name: "a conjugate pair", inputs: [tensor("f64", [2, 2], [1, 2, -2, 1.5])], attributes: strict, expected: [1.25, 1.25], ulp: 2 },
  { op: "eigvals", name: "a conjugate pair", inputs: [tensor("f64", [2, 2], [1, 2, -2, 1.5])], attributes: strict, expected: [1.25, 1.25], ulp: 2 },
  { op: "expm", name: "nilpotent", inputs: [tensor("f64", [2, 2], [0, 1, 0, 0])], attributes: strict, expected: [1, 1, 0, 1], ulp: 2 },
];
