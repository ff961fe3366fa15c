// LU factorization with partial pivoting, A[permutation] = L U, by halves of the columns (Toledo 1997, Locality of reference in LU
// decomposition with partial pivoting). Never fails: a zero pivot leaves a zero on U's diagonal.

import { address, get, lanes, put } from "./element";
import { subtractProduct } from "./product";
import { solveLower } from "./solve-lower";
import { copyRows, rowLength } from "./rows";
import { divide, exchange, placeOfLargest, subtractRows, transpose } from "./vector";

const BASE = 16;
/** Columns of a panel stand further apart than they are long, or those of a power of two would meet in a few sets of the cache. */
const GAP = 16;

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

/** The columns lie in the workspace one after the other while they are factored, four at a time, each after those before it. */
function factorPanel<T>(m: i32, columns: i32, a: usize, row: i32, pivots: usize, workspace: usize): void {
  const length = m + GAP;
  transpose<T>(m, columns, a, row, workspace, length);
  for (let j = 0; j < columns; j++) {
    const column = address<T>(workspace, j * length);
    const first = j & -4;
    if (j == first && j > 0) {
      const count = min(4, columns - j);
      for (let c = 0; c < count; c++) solveUnit<T>(j, workspace, length, address<T>(column, c * length));
      subtractColumns<T>(m - j, j, count, address<T>(workspace, j), length, column);
    }
    const own = address<T>(workspace, first * length + first);
    solveUnit<T>(j - first, own, length, address<T>(column, first));
    subtractRows<T>(m - j, j - first, address<T>(column, first), address<T>(own, j - first), length, address<T>(column, j));
    const pivot = j + placeOfLargest<T>(m - j, address<T>(column, j));
    put<i32>(pivots, j, pivot);
    if (pivot != j) {
      for (let k = 0; k < columns; k++) {
        const other = address<T>(workspace, k * length);
        const value = get<T>(other, j);
        put<T>(other, j, get<T>(other, pivot));
        put<T>(other, pivot, value);
      }
    }
    const value = get<T>(column, j);
    if (value != 0) divide<T>(m - j - 1, value, address<T>(column, j + 1));
  }
  transpose<T>(columns, m, workspace, length, a, row);
}

/** x [n] = L^-1 x for the unit lower triangle of columns that are `length` apart. */
function solveUnit<T>(n: i32, l: usize, length: i32, x: usize): void {
  for (let p = 0; p < n; p++) {
    const column = address<T>(l, p * length);
    const value = get<T>(x, p);
    for (let i = p + 1; i < n; i++) put<T>(x, i, get<T>(x, i) - get<T>(column, i) * value);
  }
}

/** The n numbers below the first `depth` of `count` columns take, product after product, what the columns before them contribute. */
function subtractColumns<T>(n: i32, depth: i32, count: i32, before: usize, length: i32, columns: usize): void {
  let done = 0;
  if (count == 4) {
    const f1 = address<T>(columns, length);
    const f2 = address<T>(f1, length);
    const f3 = address<T>(f2, length);
    for (; done + 2 * lanes<T>() <= n; done += 2 * lanes<T>()) {
      const c0 = address<T>(columns, depth + done);
      const c1 = address<T>(c0, length);
      const c2 = address<T>(c1, length);
      const c3 = address<T>(c2, length);
      let s00 = v128.load(c0), s01 = v128.load(c0, 16);
      let s10 = v128.load(c1), s11 = v128.load(c1, 16);
      let s20 = v128.load(c2), s21 = v128.load(c2, 16);
      let s30 = v128.load(c3), s31 = v128.load(c3, 16);
      let from = address<T>(before, done);
      for (let p = 0; p < depth; p++) {
        const x0 = v128.load(from);
        const x1 = v128.load(from, 16);
        let factor = v128.load_splat<T>(address<T>(columns, p));
        s00 = v128.sub<T>(s00, v128.mul<T>(factor, x0));
        s01 = v128.sub<T>(s01, v128.mul<T>(factor, x1));
        factor = v128.load_splat<T>(address<T>(f1, p));
        s10 = v128.sub<T>(s10, v128.mul<T>(factor, x0));
        s11 = v128.sub<T>(s11, v128.mul<T>(factor, x1));
        factor = v128.load_splat<T>(address<T>(f2, p));
        s20 = v128.sub<T>(s20, v128.mul<T>(factor, x0));
        s21 = v128.sub<T>(s21, v128.mul<T>(factor, x1));
        factor = v128.load_splat<T>(address<T>(f3, p));
        s30 = v128.sub<T>(s30, v128.mul<T>(factor, x0));
        s31 = v128.sub<T>(s31, v128.mul<T>(factor, x1));
        from = address<T>(from, length);
      }
      v128.store(c0, s00);
      v128.store(c0, s01, 16);
      v128.store(c1, s10);
      v128.store(c1, s11, 16);
      v128.store(c2, s20);
      v128.store(c2, s21, 16);
      v128.store(c3, s30);
      v128.store(c3, s31, 16);
    }
  }
  for (let c = 0; c < count; c++) {
    const column = address<T>(columns, c * length);
    subtractRows<T>(n - done, depth, column, address<T>(before, done), length, address<T>(column, depth + done));
  }
}

export function lu_f32(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f32>(a, result, pivots, permutation, m, n, workspace);
}

export function lu_f64(a: usize, result: usize, pivots: usize, permutation: usize, m: i32, n: i32, workspace: usize): i32 {
  return lu<f64>(a, result, pivots, permutation, m, n, workspace);
}
