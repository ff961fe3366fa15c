// Packing into the order in which a tile reads: panels of B with two vectors of columns for each k, panels of A with 5 rows for each k.

import { address, get, lanes, put } from "./element";
import { TILE } from "./tile";

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

/** to[j][i] = from[i][j] for as many rows and columns as a vector has lanes. */
function transposeSquare<T>(from: usize, fromRow: i32, to: usize, toRow: i32): void {
  const from1 = address<T>(from, fromRow);
  const to1 = address<T>(to, toRow);
  const a = v128.load(from);
  const b = v128.load(from1);
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to1, v128.shuffle<f64>(a, b, 1, 3));
    return;
  }
  const from2 = address<T>(from1, fromRow);
  const to2 = address<T>(to1, toRow);
  const c = v128.load(from2);
  const d = v128.load(address<T>(from2, fromRow));
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(to1, v128.shuffle<u64>(ab0, cd0, 1, 3));
  v128.store(to2, v128.shuffle<u64>(ab2, cd2, 0, 2));
  v128.store(address<T>(to2, toRow), v128.shuffle<u64>(ab2, cd2, 1, 3));
}
