// Packing into the order in which a tile reads: panels of B with a tile's columns for each k, panels of A with a tile's rows for each k.

import { address, get, lanes, put } from "./element";
import { transposeSquare } from "./vector";

/** Four vectors of each of `count` lines: a line of the cache at a time. */
// @ts-ignore: decorator
@inline
function copyLines<T>(count: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < count; i++) {
    const x0 = v128.load(from), x1 = v128.load(from, 16), x2 = v128.load(from, 32), x3 = v128.load(from, 48);
    v128.store(to, x0);
    v128.store(to, x1, 16);
    v128.store(to, x2, 32);
    v128.store(to, x3, 48);
    from = address<T>(from, fromRow);
    to = address<T>(to, toRow);
  }
}

/** panel[p][j] = b[p][j] for depth x columns numbers, of lines of `width`; columns that are missing become 0. */
export function packColumns<T>(depth: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, panel: usize, width: i32): void {
  const pair = 2 * lanes<T>();
  if (columns == 2 * pair && bColumn == 1) {
    copyLines<T>(depth, b, bRow, panel, width);
    return;
  }
  for (let j = 0; j < width; j += pair) packPair<T>(depth, min(pair, columns - j), address<T>(b, j * bColumn), bRow, bColumn, address<T>(panel, j), width);
}

/** Two vectors of each line. */
function packPair<T>(depth: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, panel: usize, width: i32): void {
  const pair = 2 * lanes<T>();
  let p = 0;
  if (columns == pair && bColumn == 1) {
    for (; p < depth; p++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b = address<T>(b, bRow);
      panel = address<T>(panel, width);
    }
    return;
  }
  if (columns == pair && bRow == 1) {
    const half = address<T>(b, lanes<T>() * bColumn);
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const to = address<T>(panel, p * width);
      transposeSquare<T>(address<T>(b, p), bColumn, to, width);
      transposeSquare<T>(address<T>(half, p), bColumn, to + 16, width);
    }
  }
  for (; p < depth; p++) {
    for (let j = 0; j < pair; j++) put<T>(panel, p * width + j, j < columns ? get<T>(b, p * bRow + j * bColumn) : <T>0);
  }
}

/** The other way, without the columns that are missing. */
export function unpackColumns<T>(depth: i32, columns: i32, panel: usize, width: i32, b: usize, bRow: i32, bColumn: i32): void {
  const pair = 2 * lanes<T>();
  if (columns == 2 * pair && bColumn == 1) {
    copyLines<T>(depth, panel, width, b, bRow);
    return;
  }
  for (let j = 0; j < columns; j += pair) unpackPair<T>(depth, min(pair, columns - j), address<T>(panel, j), width, address<T>(b, j * bColumn), bRow, bColumn);
}

function unpackPair<T>(depth: i32, columns: i32, panel: usize, width: i32, b: usize, bRow: i32, bColumn: i32): void {
  const pair = 2 * lanes<T>();
  let p = 0;
  if (columns == pair && bColumn == 1) {
    for (; p < depth; p++) {
      v128.store(b, v128.load(panel));
      v128.store(b, v128.load(panel, 16), 16);
      b = address<T>(b, bRow);
      panel = address<T>(panel, width);
    }
    return;
  }
  if (columns == pair && bRow == 1) {
    const half = address<T>(b, lanes<T>() * bColumn);
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const from = address<T>(panel, p * width);
      transposeSquare<T>(from, width, address<T>(b, p), bColumn);
      transposeSquare<T>(from + 16, width, address<T>(half, p), bColumn);
    }
  }
  for (; p < depth; p++) {
    for (let j = 0; j < columns; j++) put<T>(b, p * bRow + j * bColumn, get<T>(panel, p * width + j));
  }
}

/** to[p][i] = a[i][p] for height x depth numbers, of which `rows` exist: the others become 0. */
export function packRows<T>(rows: i32, depth: i32, a: usize, aRow: i32, aColumn: i32, to: usize, height: i32): void {
  let p = 0;
  if (rows == height && (aColumn == 1 || aColumn == -1)) {
    // Where lines descend, a square is read from its lowest address and written from its last line on.
    const first = aColumn == 1 ? 0 : lanes<T>() - 1;
    const line = height * aColumn;
    for (; p + lanes<T>() <= depth; p += lanes<T>()) {
      const from = address<T>(a, (p + first) * aColumn);
      const at = address<T>(to, (p + first) * height);
      transposeSquare<T>(from, aRow, at, line);
      if (sizeof<T>() == 8) transposeSquare<T>(address<T>(from, 2 * aRow), aRow, address<T>(at, 2), line);
      const fifth = address<T>(from, 4 * aRow);
      if (height == 5) storeLanes<T>(address<T>(at, 4), line, v128.load(fifth));
      else storePairs<T>(address<T>(at, 4), line, v128.load(fifth), v128.load(address<T>(fifth, aRow)));
    }
  }
  for (; p < depth; p++) {
    for (let i = 0; i < height; i++) put<T>(to, p * height + i, i < rows ? get<T>(a, i * aRow + p * aColumn) : <T>0);
  }
}

/** Each lane to its own line of a panel of A. */
// @ts-ignore: decorator
@inline
function storeLanes<T>(to: usize, line: i32, x: v128): void {
  const to1 = address<T>(to, line);
  v128.store_lane<T>(to, x, 0);
  v128.store_lane<T>(to1, x, 1);
  if (sizeof<T>() == 4) {
    const to2 = address<T>(to1, line);
    v128.store_lane<T>(to2, x, sizeof<T>() == 4 ? 2 : 0);
    v128.store_lane<T>(address<T>(to2, line), x, sizeof<T>() == 4 ? 3 : 0);
  }
}

/** A lane of each to their own line of a panel of A. */
// @ts-ignore: decorator
@inline
function storePairs<T>(to: usize, line: i32, x: v128, y: v128): void {
  const to1 = address<T>(to, line);
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(x, y, 0, 2));
    v128.store(to1, v128.shuffle<f64>(x, y, 1, 3));
    return;
  }
  const to2 = address<T>(to1, line);
  const xy0 = v128.shuffle<f32>(x, y, 0, 4, 1, 5), xy2 = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
  v128.store_lane<u64>(to, xy0, 0);
  v128.store_lane<u64>(to1, xy0, 1);
  v128.store_lane<u64>(to2, xy2, 0);
  v128.store_lane<u64>(address<T>(to2, line), xy2, 1);
}
