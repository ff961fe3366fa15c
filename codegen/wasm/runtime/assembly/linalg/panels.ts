// Packing into the order in which a tile reads: panels of B with two vectors of columns for each k, panels of A with 5 rows for each k.

import { address, get, lanes, put } from "./element";
import { TILE } from "./tile";
import { transposeSquare } from "./vector";

/** Columns of a panel of B. */
// @ts-ignore: decorator
@inline
export function panelColumns<T>(): i32 {
  return 2 * lanes<T>();
}

/** panel[p][j] = b[p][j] for depth x columns numbers; columns that are missing become 0. */
export function packColumns<T>(depth: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, panel: usize): void {
  const width = panelColumns<T>();
  if (columns == width && bColumn == 1) {
    for (let p = 0; p < depth; p++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b = address<T>(b, bRow);
      panel += 32;
    }
    return;
  }
  if (columns == width && bRow == 1) {
    const half = address<T>(b, lanes<T>() * bColumn);
    let p = 0;
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const to = panel + (<usize>p) * 32;
      transposeSquare<T>(address<T>(b, p), bColumn, to, width);
      transposeSquare<T>(address<T>(half, p), bColumn, to + 16, width);
    }
    for (; p < depth; p++) {
      for (let j = 0; j < width; j++) put<T>(panel, p * width + j, get<T>(b, p + j * bColumn));
    }
    return;
  }
  for (let p = 0; p < depth; p++) {
    for (let j = 0; j < width; j++) put<T>(panel, p * width + j, j < columns ? get<T>(b, p * bRow + j * bColumn) : <T>0);
  }
}

/** The other way, without the columns that are missing. */
export function unpackColumns<T>(depth: i32, columns: i32, panel: usize, b: usize, bRow: i32, bColumn: i32): void {
  const width = panelColumns<T>();
  if (columns == width && bColumn == 1) {
    for (let p = 0; p < depth; p++) {
      v128.store(b, v128.load(panel));
      v128.store(b, v128.load(panel, 16), 16);
      b = address<T>(b, bRow);
      panel += 32;
    }
    return;
  }
  let p = 0;
  if (columns == width && bRow == 1) {
    const half = address<T>(b, lanes<T>() * bColumn);
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const from = panel + (<usize>p) * 32;
      transposeSquare<T>(from, width, address<T>(b, p), bColumn);
      transposeSquare<T>(from + 16, width, address<T>(half, p), bColumn);
    }
  }
  for (; p < depth; p++) {
    for (let j = 0; j < columns; j++) put<T>(b, p * bRow + j * bColumn, get<T>(panel, p * width + j));
  }
}

/** to[p][i] = a[i][p] for 5 x depth numbers, of which `rows` exist: the others become 0. */
export function packRows<T>(rows: i32, depth: i32, a: usize, aRow: i32, aColumn: i32, to: usize): void {
  let p = 0;
  if (rows == TILE && aColumn == 1) {
    const last = address<T>(a, 4 * aRow);
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const from = address<T>(a, p);
      const at = address<T>(to, p * TILE);
      transposeSquare<T>(from, aRow, at, TILE);
      if (sizeof<T>() == 8) transposeSquare<T>(address<T>(from, 2 * aRow), aRow, address<T>(at, 2), TILE);
      const fifth = v128.load(address<T>(last, p));
      storeLanes<T>(address<T>(at, 4), fifth);
    }
  }
  for (; p < depth; p++) {
    for (let i = 0; i < TILE; i++) put<T>(to, p * TILE + i, i < rows ? get<T>(a, i * aRow + p * aColumn) : <T>0);
  }
}

/** Each lane to its own line of a panel of A. */
// @ts-ignore: decorator
@inline
function storeLanes<T>(to: usize, x: v128): void {
  v128.store_lane<T>(to, x, 0);
  v128.store_lane<T>(to, x, 1, TILE * sizeof<T>());
  if (sizeof<T>() == 4) {
    v128.store_lane<T>(to, x, sizeof<T>() == 4 ? 2 : 0, 2 * TILE * sizeof<T>());
    v128.store_lane<T>(to, x, sizeof<T>() == 4 ? 3 : 0, 3 * TILE * sizeof<T>());
  }
}
