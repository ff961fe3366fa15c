// Systems with a lower triangular matrix, by halves: the halves meet in a product, so nearly all the work is products.
// An upper triangle is a lower one read from its last element on, with negative strides. What stands above the diagonal is not read.

import { address, get, lanes, put } from "./element";
import { subtractProduct } from "./product";
import { addScaled, dot } from "./vector";

/** Rows that are solved one by one. A half is a multiple of it. */
const BASE = 16;

// @ts-ignore: decorator
@inline
function half(n: i32): i32 {
  return ((n + 2 * BASE - 1) / (2 * BASE)) * BASE;
}

/** B [n,columns] = L^-1 B; rows of B are contiguous. `unit`: the diagonal is 1 and not read. */
export function solveLower<T>(n: i32, columns: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32, workspace: usize): void {
  if (columns == 1 && (bRow == 1 || bRow == -1)) {
    solveVector<T>(n, l, lRow, lColumn, unit, b, bRow);
    return;
  }
  if (n <= BASE) {
    solveRows<T>(n, columns, l, lRow, lColumn, unit, b, bRow);
    return;
  }
  const top = half(n);
  const below = address<T>(b, top * bRow);
  solveLower<T>(top, columns, l, lRow, lColumn, unit, b, bRow, workspace);
  subtractProduct<T>(n - top, columns, top, address<T>(l, top * lRow), lRow, lColumn, b, bRow, 1, below, bRow, workspace);
  solveLower<T>(n - top, columns, address<T>(l, top * (lRow + lColumn)), lRow, lColumn, unit, below, bRow, workspace);
}

/** X [m,n] = X L^-T. Rows of X and L are contiguous. */
export function solveTransposedRight<T>(m: i32, n: i32, l: usize, lRow: i32, x: usize, xRow: i32, workspace: usize): void {
  if (n <= BASE) {
    solveColumns<T>(m, n, l, lRow, x, xRow, workspace);
    return;
  }
  const left = half(n);
  const below = address<T>(l, left * lRow);
  const right = address<T>(x, left);
  solveTransposedRight<T>(m, left, l, lRow, x, xRow, workspace);
  subtractProduct<T>(m, n - left, left, x, xRow, 1, below, 1, lRow, right, xRow, workspace);
  solveTransposedRight<T>(m, n - left, address<T>(below, left), lRow, right, xRow, workspace);
}

/** One right side, whose elements are neighbours in either direction. */
function solveVector<T>(n: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32): void {
  if (lColumn == bRow) {
    for (let i = 0; i < n; i++) {
      const row = address<T>(l, i * lRow);
      // Both ascend or both descend: their lowest addresses are where the sum starts.
      const first = bRow == 1 ? 0 : 1 - i;
      const sum = get<T>(b, i * bRow) - dot<T>(i, address<T>(row, first), address<T>(b, first));
      put<T>(b, i * bRow, unit ? sum : sum / get<T>(row, i * lColumn));
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    const column = address<T>(l, i * lColumn);
    const rest = n - i - 1;
    const value = unit ? get<T>(b, i * bRow) : get<T>(b, i * bRow) / get<T>(column, i * lRow);
    put<T>(b, i * bRow, value);
    if (lRow == bRow) {
      const first = bRow == 1 ? i + 1 : 1 - n;
      addScaled<T>(rest, -value, address<T>(column, first), address<T>(b, first));
    } else {
      for (let r = i + 1; r < n; r++) put<T>(b, r * bRow, get<T>(b, r * bRow) - value * get<T>(column, r * lRow));
    }
  }
}

function solveRows<T>(n: i32, columns: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32): void {
  const width = 2 * lanes<T>();
  let j = 0;
  for (; j + width <= columns; j += width) solvePanel<T>(n, l, lRow, lColumn, unit, address<T>(b, j), bRow);
  for (; j < columns; j++) {
    for (let i = 0; i < n; i++) {
      let sum = get<T>(b, i * bRow + j);
      for (let p = 0; p < i; p++) sum -= get<T>(l, i * lRow + p * lColumn) * get<T>(b, p * bRow + j);
      put<T>(b, i * bRow + j, unit ? sum : sum / get<T>(l, i * (lRow + lColumn)));
    }
  }
}

/** Two vectors of columns. */
function solvePanel<T>(n: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32): void {
  for (let i = 0; i < n; i++) {
    const row = address<T>(b, i * bRow);
    let s0 = v128.load(row);
    let s1 = v128.load(row, 16);
    let from = address<T>(l, i * lRow);
    let above = b;
    for (let p = 0; p < i; p++) {
      const factor = v128.splat<T>(load<T>(from));
      s0 = v128.sub<T>(s0, v128.mul<T>(factor, v128.load(above)));
      s1 = v128.sub<T>(s1, v128.mul<T>(factor, v128.load(above, 16)));
      from = address<T>(from, lColumn);
      above = address<T>(above, bRow);
    }
    if (!unit) {
      const pivot = v128.splat<T>(load<T>(from));
      s0 = v128.div<T>(s0, pivot);
      s1 = v128.div<T>(s1, pivot);
    }
    v128.store(row, s0);
    v128.store(row, s1, 16);
  }
}

/** Rows of X, two vectors at a time, are turned into columns in the workspace and solved there. */
function solveColumns<T>(m: i32, n: i32, l: usize, lRow: i32, x: usize, xRow: i32, workspace: usize): void {
  const width = 2 * lanes<T>();
  let i = 0;
  for (; i + width <= m; i += width) {
    const from = address<T>(x, i * xRow);
    for (let r = 0; r < width; r++) {
      for (let j = 0; j < n; j++) put<T>(workspace, j * width + r, get<T>(from, r * xRow + j));
    }
    solvePanel<T>(n, l, lRow, 1, false, workspace, width);
    for (let r = 0; r < width; r++) {
      for (let j = 0; j < n; j++) put<T>(from, r * xRow + j, get<T>(workspace, j * width + r));
    }
  }
  for (; i < m; i++) {
    const row = address<T>(x, i * xRow);
    for (let j = 0; j < n; j++) {
      let sum = get<T>(row, j);
      for (let p = 0; p < j; p++) sum -= get<T>(row, p) * get<T>(l, j * lRow + p);
      put<T>(row, j, sum / get<T>(l, j * lRow + j));
    }
  }
}
