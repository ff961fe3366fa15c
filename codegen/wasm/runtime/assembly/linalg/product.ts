// C -= A B, the only product of matrices that the factorizations need. Each element of C takes its products one after the other in
// the order of k, so neither panels nor tails change a bit. Panels of B are packed; A is read where it lies.

import { address, get, lanes, put } from "./element";

/** Products along k that one packed panel holds. */
const DEPTH = 256;

/** Elements of workspace: a panel of B and a tile of C. */
// @ts-ignore: decorator
@inline
export function productWorkspace<T>(): i32 {
  return (DEPTH + 4) * 2 * lanes<T>();
}

/** C [m,n] -= A [m,k] B [k,n]; the columns of C are contiguous, all other strides are free. */
export function subtractProduct<T>(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32, workspace: usize,
): void {
  const width = 2 * lanes<T>();
  const panel = workspace;
  const tile = address<T>(workspace, DEPTH * width);
  for (let from = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    const left = address<T>(a, from * aColumn);
    for (let j = 0; j < n; j += width) {
      const columns = min(width, n - j);
      pack<T>(depth, columns, address<T>(b, from * bRow + j * bColumn), bRow, bColumn, panel);
      const place = address<T>(c, j);
      if (columns == width) {
        panelProduct<T>(m, depth, left, aRow, aColumn, panel, place, cRow);
        continue;
      }
      for (let i = 0; i < m; i += 4) {
        const rows = min(4, m - i);
        copyTile<T>(rows, columns, address<T>(place, i * cRow), cRow, tile, width);
        panelProduct<T>(rows, depth, address<T>(left, i * aRow), aRow, aColumn, panel, tile, width);
        copyTile<T>(rows, columns, tile, width, address<T>(place, i * cRow), cRow);
      }
    }
  }
}

function copyTile<T>(rows: i32, columns: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) put<T>(to, i * toRow + j, get<T>(from, i * fromRow + j));
  }
}

/** depth x columns numbers, row by row; columns that are missing become 0. */
function pack<T>(depth: i32, columns: i32, b: usize, bRow: i32, bColumn: i32, panel: usize): void {
  const width = 2 * lanes<T>();
  if (columns == width && bColumn == 1) {
    for (let p = 0; p < depth; p++) {
      const from = address<T>(b, p * bRow);
      const to = address<T>(panel, p * width);
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  for (let j = 0; j < width; j++) {
    if (j < columns) {
      const from = address<T>(b, j * bColumn);
      for (let p = 0; p < depth; p++) put<T>(panel, p * width + j, get<T>(from, p * bRow));
    } else {
      for (let p = 0; p < depth; p++) put<T>(panel, p * width + j, 0);
    }
  }
}

/** Columns of C as many as a panel has. */
function panelProduct<T>(m: i32, depth: i32, a: usize, aRow: i32, aColumn: i32, panel: usize, c: usize, cRow: i32): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) fourRows<T>(depth, address<T>(a, i * aRow), aRow, aColumn, panel, address<T>(c, i * cRow), cRow);
  for (; i < m; i++) oneRow<T>(depth, address<T>(a, i * aRow), aColumn, panel, address<T>(c, i * cRow));
}

function fourRows<T>(depth: i32, a: usize, aRow: i32, aColumn: i32, panel: usize, c: usize, cRow: i32): void {
  let a0 = a;
  let a1 = address<T>(a0, aRow);
  let a2 = address<T>(a1, aRow);
  let a3 = address<T>(a2, aRow);
  const c1 = address<T>(c, cRow);
  const c2 = address<T>(c1, cRow);
  const c3 = address<T>(c2, cRow);
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  const step = address<T>(0, aColumn);
  const end = panel + (<usize>depth) * 32;
  for (let at = panel; at != end; at += 32) {
    const b0 = v128.load(at);
    const b1 = v128.load(at, 16);
    let x = v128.splat<T>(load<T>(a0));
    s00 = v128.sub<T>(s00, v128.mul<T>(x, b0));
    s01 = v128.sub<T>(s01, v128.mul<T>(x, b1));
    x = v128.splat<T>(load<T>(a1));
    s10 = v128.sub<T>(s10, v128.mul<T>(x, b0));
    s11 = v128.sub<T>(s11, v128.mul<T>(x, b1));
    x = v128.splat<T>(load<T>(a2));
    s20 = v128.sub<T>(s20, v128.mul<T>(x, b0));
    s21 = v128.sub<T>(s21, v128.mul<T>(x, b1));
    x = v128.splat<T>(load<T>(a3));
    s30 = v128.sub<T>(s30, v128.mul<T>(x, b0));
    s31 = v128.sub<T>(s31, v128.mul<T>(x, b1));
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

function oneRow<T>(depth: i32, a: usize, aColumn: i32, panel: usize, c: usize): void {
  let s0 = v128.load(c);
  let s1 = v128.load(c, 16);
  const step = address<T>(0, aColumn);
  const end = panel + (<usize>depth) * 32;
  let from = a;
  for (let at = panel; at != end; at += 32) {
    const x = v128.splat<T>(load<T>(from));
    s0 = v128.sub<T>(s0, v128.mul<T>(x, v128.load(at)));
    s1 = v128.sub<T>(s1, v128.mul<T>(x, v128.load(at, 16)));
    from += step;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
}
