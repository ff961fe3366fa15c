// Systems with a lower triangular matrix, by halves: the halves meet in a product, so nearly all the work is products.
// An upper triangle is a lower one read from its last element on, with negative strides. What stands above the diagonal is not read.

import { address, get, put } from "./element";
import { packColumns, packRows, unpackColumns } from "./panels";
import { subtractProduct } from "./product";
import { solveTile } from "./solve-tile";
import { subtractTile, tileColumns, tileRows } from "./tile";
import { addScaled, dot } from "./vector";

/** Rows that are solved without a split: the packed triangle and a panel take less room than a product. */
const BASE = 160;

// @ts-ignore: decorator
@inline
function half(n: i32): i32 {
  return ((n + 15) / 16) * 8;
}

/** B [n,columns] = L^-1 B; rows of B are contiguous. `unit`: the diagonal is 1 and not read. Workspace: that of a product of A [n,n]. */
export function solveLower<T>(n: i32, columns: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32, workspace: usize): void {
  if (columns == 1 && (bRow == 1 || bRow == -1)) {
    solveVector<T>(n, l, lRow, lColumn, unit, b, bRow);
    return;
  }
  if (n <= BASE) {
    solvePanels<T>(n, columns, l, lRow, lColumn, unit, b, bRow, 1, workspace);
    return;
  }
  const top = half(n);
  const below = address<T>(b, top * bRow);
  solveLower<T>(top, columns, l, lRow, lColumn, unit, b, bRow, workspace);
  subtractProduct<T>(n - top, columns, top, address<T>(l, top * lRow), lRow, lColumn, b, bRow, 1, below, bRow, workspace);
  solveLower<T>(n - top, columns, address<T>(l, top * (lRow + lColumn)), lRow, lColumn, unit, below, bRow, workspace);
}

/** X [m,n] = X L^-T. Rows of X and L are contiguous. Workspace: that of a product of A [max(m,n),n]. */
export function solveTransposedRight<T>(m: i32, n: i32, l: usize, lRow: i32, x: usize, xRow: i32, workspace: usize): void {
  if (n <= BASE) {
    solvePanels<T>(n, m, l, lRow, 1, false, x, 1, xRow, workspace);
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

/** B [n,columns] = L^-1 B by panels of columns: in each, a tile's rows first take what the rows above contribute, then are solved among themselves. */
function solvePanels<T>(n: i32, columns: i32, l: usize, lRow: i32, lColumn: i32, unit: bool, b: usize, bRow: i32, bColumn: i32, workspace: usize): void {
  const height = tileRows<T>();
  const width = tileColumns<T>();
  // The last tile may have rows that do not exist.
  const packed = address<T>(workspace, (n + height) * width);
  let triangle = packed;
  for (let i = 0; i < n; i += height) {
    const rows = min(height, n - i);
    packRows<T>(rows, i + rows, address<T>(l, i * lRow), lRow, lColumn, triangle, height);
    triangle = address<T>(triangle, (i + height) * height);
  }
  for (let j = 0; j < columns; j += width) {
    const place = address<T>(b, j * bColumn);
    const count = min(width, columns - j);
    packColumns<T>(n, count, place, bRow, bColumn, workspace, width);
    let tile = packed;
    for (let i = 0; i < n; i += height) {
      const rows = address<T>(workspace, i * width);
      subtractTile<T>(i, tile, workspace, rows, width);
      const corner = address<T>(tile, i * height);
      solveTile<T>(height, corner, unit, rows, width);
      tile = address<T>(tile, (i + height) * height);
    }
    unpackColumns<T>(n, count, workspace, width, place, bRow, bColumn);
  }
}
