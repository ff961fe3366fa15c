// LU factorization with partial pivoting, A[permutation] = L U, by halves of the columns (Toledo 1997, Locality of reference in LU
// decomposition with partial pivoting). Never fails: a zero pivot leaves a zero on U's diagonal.

import { address, get, put } from "./element";
import { factorPanel, PANEL } from "./lu-panel";
import { subtractProduct } from "./product";
import { copyRows, rowLength } from "./rows";
import { solveLower } from "./solve-lower";
import { exchange } from "./vector";

/** `lu` [m,n]: U, and L without its diagonal of ones. `pivots` [min(m,n)]: the row that row i was exchanged with. Workspace: 16 (m + 16), or a
 *  product's; before it m rows, where `rowLength` is not n. */
function lu<T>(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  const steps = min(m, n);
  const row = rowLength<T>(n);
  let factors = result;
  if (row == n) {
    if (result != a) memory.copy(result, a, (<usize>(m * n)) << alignof<T>());
  } else {
    factors = workspace;
    workspace = address<T>(workspace, m * row);
    copyRows<T>(m, n, a, n, factors, row);
  }
  factorColumns<T>(m, steps, factors, row, pivots, workspace);
  if (n > steps) {
    const right = address<T>(factors, steps);
    exchangeRows<T>(steps, n - steps, right, row, pivots);
    solveLower<T>(steps, n - steps, factors, row, 1, true, right, row, workspace);
  }
  if (row != n) copyRows<T>(m, n, factors, row, result, n);
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
  if (columns <= PANEL) {
    factorPanel<T>(m, columns, a, row, pivots, workspace);
    return;
  }
  const left = ((columns + 2 * PANEL - 1) / (2 * PANEL)) * PANEL;
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

export function lu_f32(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f32>(a, result, pivots, permutation, m, n, workspace);
}

export function lu_f64(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f64>(a, result, pivots, permutation, m, n, workspace);
}
