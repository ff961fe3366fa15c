// LU factorization with partial pivoting, A[permutation] = L U, by halves of the columns (Toledo 1997, Locality of reference in LU
// decomposition with partial pivoting). Never fails: a zero pivot leaves a zero on U's diagonal.

import { address, get, put } from "./element";
import { subtractProduct } from "./product";
import { solveLower } from "./solve-lower";
import { divide, exchange, placeOfLargest, subtractRows, transpose } from "./vector";

const BASE = 16;

/** `lu` [m,n]: U, and L without its diagonal of ones. `pivots` [min(m,n)]: the row that row i was exchanged with. Workspace: 16 m and a product's. */
function lu<T>(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  if (result != a) memory.copy(result, a, (<usize>(m * n)) << alignof<T>());
  const steps = min(m, n);
  factorColumns<T>(m, steps, result, n, pivots, workspace);
  if (n > steps) {
    const right = address<T>(result, steps);
    exchangeRows<T>(steps, n - steps, right, n, pivots);
    solveLower<T>(steps, n - steps, result, n, 1, true, right, n, workspace);
  }
  for (let i = 0; i < m; i++) put<i32>(permutation, i, i);
  for (let i = 0; i < steps; i++) {
    const other = get<i32>(pivots, i);
    const row = get<i32>(permutation, i);
    put<i32>(permutation, i, get<i32>(permutation, other));
    put<i32>(permutation, other, row);
  }
  return 0;
}

/** Factors `columns` <= m columns of a matrix with m rows, in place; pivots count from its first row. */
export function factorColumns<T>(m: i32, columns: i32, a: usize, row: i32, pivots: usize, workspace: usize): void {
  if (columns <= BASE) {
    factorPanel<T>(m, columns, a, row, pivots, workspace);
    return;
  }
  const left = ((columns + 2 * BASE - 1) / (2 * BASE)) * BASE;
  const rest = columns - left;
  const right = address<T>(a, left);
  const below = address<T>(a, left * row);
  const corner = address<T>(below, left);
  const later = address<i32>(pivots, left);
  factorColumns<T>(m, left, a, row, pivots, workspace);
  exchangeRows<T>(left, rest, right, row, pivots);
  solveLower<T>(left, rest, a, row, 1, true, right, row, workspace);
  subtractProduct<T>(m - left, rest, left, below, row, 1, right, row, 1, corner, row, workspace);
  factorColumns<T>(m - left, rest, corner, row, later, workspace);
  exchangeRows<T>(rest, left, below, row, later);
  for (let i = 0; i < rest; i++) put<i32>(later, i, get<i32>(later, i) + left);
}

export function exchangeRows<T>(steps: i32, columns: i32, a: usize, row: i32, pivots: usize): void {
  for (let i = 0; i < steps; i++) {
    const other = get<i32>(pivots, i);
    if (other != i) exchange<T>(columns, address<T>(a, i * row), address<T>(a, other * row));
  }
}

/** The columns lie in the workspace one after the other while they are factored, each after those before it. */
function factorPanel<T>(m: i32, columns: i32, a: usize, row: i32, pivots: usize, workspace: usize): void {
  transpose<T>(m, columns, a, row, workspace, m);
  for (let j = 0; j < columns; j++) {
    const column = address<T>(workspace, j * m);
    for (let i = 1; i < j; i++) {
      let sum = get<T>(column, i);
      for (let p = 0; p < i; p++) sum -= get<T>(column, p) * get<T>(workspace, p * m + i);
      put<T>(column, i, sum);
    }
    subtractRows<T>(m - j, j, column, address<T>(workspace, j), m, address<T>(column, j));
    const pivot = j + placeOfLargest<T>(m - j, address<T>(column, j));
    put<i32>(pivots, j, pivot);
    if (pivot != j) {
      for (let k = 0; k < columns; k++) {
        const other = address<T>(workspace, k * m);
        const value = get<T>(other, j);
        put<T>(other, j, get<T>(other, pivot));
        put<T>(other, pivot, value);
      }
    }
    const value = get<T>(column, j);
    if (value != 0) divide<T>(m - j - 1, value, address<T>(column, j + 1));
  }
  transpose<T>(columns, m, workspace, m, a, row);
}

export function lu_f32(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f32>(a, result, pivots, permutation, m, n, workspace);
}

export function lu_f64(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f64>(a, result, pivots, permutation, m, n, workspace);
}
