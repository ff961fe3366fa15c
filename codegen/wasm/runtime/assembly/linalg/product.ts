// C -= A B, the only product of matrices that the factorizations need. Each element of C takes its products one after the other in
// the order of k, so neither blocks nor tails change a bit. Both operands are packed: a block of A, and a panel of B at a time.

import { address, get, put } from "./element";
import { packColumns, packRows } from "./panels";
import { MOST_ROWS, mostColumns, subtractTile, tileColumns, tileRows } from "./tile";

/** Products along k that a panel holds: one of A and one of B stay in L1. */
const DEPTH = 256;
/** Bytes of A that are packed at once: they stay in L2. */
const BLOCK = 368640;

/** Rows of A that are packed at once, a multiple of a tile's. */
// @ts-ignore: decorator
@inline
function mostRows<T>(): i32 {
  return BLOCK / DEPTH / <i32>sizeof<T>();
}

/** Elements of workspace for products of a matrix A with so many rows and columns: a panel of B, a tile of C, a block of A. */
// @ts-ignore: decorator
@inline
export function productWorkspace<T>(rows: i32, depth: i32): i32 {
  return (DEPTH + 2 * MOST_ROWS) * mostColumns<T>() + (min(rows, mostRows<T>()) + MOST_ROWS) * (min(depth, DEPTH) + MOST_ROWS);
}

/** C [m,n] -= A [m,k] B [k,n]; the columns of C are contiguous, all other strides are free. */
export function subtractProduct<T>(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32, workspace: usize,
): void {
  subtractBlocks<T>(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, false, workspace);
}

/** The lower triangle of C [n,n] -= A A^T, A [n,k]. Above the diagonal anything may be written. */
export function subtractSquare<T>(n: i32, k: i32, a: usize, aRow: i32, c: usize, cRow: i32, workspace: usize): void {
  subtractBlocks<T>(n, n, k, a, aRow, 1, a, 1, aRow, c, cRow, true, workspace);
}

/** The size of the parts into which `total` falls, none longer than `limit` and none much shorter than another. */
// @ts-ignore: decorator
@inline
function partOf(total: i32, limit: i32): i32 {
  const parts = (total + limit - 1) / limit;
  return (total + parts - 1) / parts;
}

function subtractBlocks<T>(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32, lower: bool, workspace: usize,
): void {
  if (m <= 0 || n <= 0 || k <= 0) return;
  const height = tileRows<T>();
  const width = tileColumns<T>();
  const tile = address<T>(workspace, DEPTH * width);
  const block = address<T>(tile, height * width);
  const depthPart = partOf(k, DEPTH);
  const rowsPart = ((partOf(m, mostRows<T>()) + height - 1) / height) * height;
  for (let from = 0; from < k; from += depthPart) {
    const depth = min(depthPart, k - from);
    for (let top = 0; top < m; top += rowsPart) {
      const rows = min(rowsPart, m - top);
      const left = address<T>(a, top * aRow + from * aColumn);
      for (let i = 0; i < rows; i += height) packRows<T>(min(height, rows - i), depth, address<T>(left, i * aRow), aRow, aColumn, address<T>(block, i * depth), height);
      const right = address<T>(b, from * bRow);
      const place = address<T>(c, top * cRow);
      const end = lower ? min(n, top + rows) : n;
      for (let j = 0; j < end; j += width) {
        const columns = min(width, n - j);
        packColumns<T>(depth, columns, address<T>(right, j * bColumn), bRow, bColumn, workspace, width);
        let i = lower && j > top ? ((j - top) / height) * height : 0;
        if (columns == width) {
          for (; i + height <= rows; i += height) subtractTile<T>(depth, address<T>(block, i * depth), workspace, address<T>(place, i * cRow + j), cRow);
        }
        for (; i < rows; i += height) {
          const corner = address<T>(place, i * cRow + j);
          copyTile<T>(min(height, rows - i), columns, corner, cRow, tile, width);
          subtractTile<T>(depth, address<T>(block, i * depth), workspace, tile, width);
          copyTile<T>(min(height, rows - i), columns, tile, width, corner, cRow);
        }
      }
    }
  }
}

function copyTile<T>(rows: i32, columns: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) put<T>(to, i * toRow + j, get<T>(from, i * fromRow + j));
  }
}
