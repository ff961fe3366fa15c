// X = op(A)^-1 B for a triangular A [n,n] and B [n,columns]. The other triangle is not read.

import { address, get } from "./element";
import { solveLower } from "./solve-lower";

/** A zero on the diagonal. */
const SINGULAR = 1;

/** `upper`: the triangle that A has. `transposed`: solves with A^T. `unit`: the diagonal counts as 1. */
function triangularSolve<T>(a: usize, b: usize, x: usize, n: i32, columns: i32, upper: i32, transposed: i32, unit: i32, workspace: usize): i32 {
  if (x != b) memory.copy(x, b, (<usize>(n * columns)) << alignof<T>());
  if (!unit) {
    for (let i = 0; i < n; i++) if (get<T>(a, i * (n + 1)) == 0) return SINGULAR;
  }
  const row = transposed ? 1 : n;
  const column = transposed ? n : 1;
  if (upper == transposed) {
    solveLower<T>(n, columns, a, row, column, unit != 0, x, columns, workspace);
  } else {
    solveLower<T>(n, columns, address<T>(a, (n - 1) * (n + 1)), -row, -column, unit != 0, address<T>(x, (n - 1) * columns), -columns, workspace);
  }
  return 0;
}

export function triangular_solve_f32(a: usize, b: usize, x: usize, n: i32, columns: i32, upper: i32, transposed: i32, unit: i32, workspace: usize): i32 {
  return triangularSolve<f32>(a, b, x, n, columns, upper, transposed, unit, workspace);
}

export function triangular_solve_f64(a: usize, b: usize, x: usize, n: i32, columns: i32, upper: i32, transposed: i32, unit: i32, workspace: usize): i32 {
  return triangularSolve<f64>(a, b, x, n, columns, upper, transposed, unit, workspace);
}
