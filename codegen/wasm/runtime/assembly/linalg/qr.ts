// QR factorization by blocks of Householder reflections, H1 ... Hb = I - V T V^T (Schreiber and Van Loan 1989, A storage-efficient WY
// representation). Columns are contiguous in the workspace: there A^T is kept, with R above and the vectors below the diagonal.

import { address, get, put } from "./element";
import { reflect, reflector } from "./householder";
import { productWorkspace, subtractProduct } from "./product";
import { dot, fill, transpose } from "./vector";

/** Reflections in a block. */
const BLOCK = 32;
/** Between the columns in the workspace, so that those of a power of two do not all lie in the same sets of the cache. */
const GAP = 8;

/** q [m,width], width <= m; r [width,n]. Workspace: (n + width) (m + 8) + 32 (m + 2 max(n,width) + min(m,n), rounded up to a multiple of 32) and
 *  a product's. */
function qr<T>(a: usize, q: usize, r: usize, m: i32, n: i32, width: i32, workspace: usize): i32 {
  const steps = min(m, n);
  const line = m + GAP;
  const turned = address<T>(workspace, productWorkspace<T>(max(n, width), max(m, BLOCK)));
  const basis = address<T>(turned, n * line);
  const vectors = address<T>(basis, width * line);
  const inner = address<T>(vectors, BLOCK * m);
  const scratch = address<T>(inner, ((steps + BLOCK - 1) / BLOCK) * BLOCK * BLOCK);
  transpose<T>(m, n, a, n, turned, line);
  for (let from = 0; from < steps; from += BLOCK) {
    const count = min(BLOCK, steps - from);
    const block = address<T>(turned, from * (line + 1));
    const t = address<T>(inner, from * BLOCK);
    factorBlock<T>(count, m - from, block, line, t);
    copyVectors<T>(count, m - from, block, line, vectors);
    completeInner<T>(count, m - from, vectors, t);
    const rest = n - from - count;
    applyBlock<T>(rest, m - from, count, address<T>(block, count * line), line, vectors, t, false, scratch, workspace);
  }
  transpose<T>(n, width, turned, line, r, n);
  for (let i = 1; i < width; i++) memory.fill(address<T>(r, i * n), 0, (<usize>min(i, n)) << alignof<T>());
  memory.fill(basis, 0, (<usize>(width * line)) << alignof<T>());
  for (let i = 0; i < width; i++) put<T>(basis, i * (line + 1), 1);
  for (let from = ((steps + BLOCK - 1) / BLOCK - 1) * BLOCK; from >= 0; from -= BLOCK) {
    const count = min(BLOCK, steps - from);
    copyVectors<T>(count, m - from, address<T>(turned, from * (line + 1)), line, vectors);
    const corner = address<T>(basis, from * (line + 1));
    applyBlock<T>(width - from, m - from, count, corner, line, vectors, address<T>(inner, from * BLOCK), true, scratch, workspace);
  }
  transpose<T>(width, m, basis, line, q, width);
  return 0;
}

/** Reduces `count` columns of length m, one after the other; the tau go to T's diagonal. */
function factorBlock<T>(count: i32, m: i32, block: usize, row: i32, t: usize): void {
  for (let j = 0; j < count; j++) {
    const v = address<T>(block, j * (row + 1));
    const tau = reflector<T>(m - j, v);
    put<T>(t, j * (BLOCK + 1), tau);
    const beta = get<T>(v, 0);
    put<T>(v, 0, 1);
    for (let k = j + 1; k < count; k++) reflect<T>(m - j, tau, v, address<T>(block, k * row + j));
    put<T>(v, 0, beta);
  }
}

/** The vectors of a block as rows of length m, with their leading zeros and ones. */
function copyVectors<T>(count: i32, m: i32, block: usize, row: i32, vectors: usize): void {
  for (let j = 0; j < count; j++) {
    const to = address<T>(vectors, j * m);
    fill<T>(j, to, 0);
    put<T>(to, j, 1);
    memory.copy(address<T>(to, j + 1), address<T>(block, j * (row + 1) + 1), (<usize>(m - j - 1)) << alignof<T>());
  }
}

/** What stands above T's diagonal: column j is -tau T V^T v of those before it. */
function completeInner<T>(count: i32, m: i32, vectors: usize, t: usize): void {
  for (let j = 0; j < count; j++) {
    const tau = get<T>(t, j * (BLOCK + 1));
    const v = address<T>(vectors, j * m);
    for (let i = 0; i < j; i++) put<T>(t, i * BLOCK + j, -tau * dot<T>(m - j, address<T>(vectors, i * m + j), address<T>(v, j)));
    for (let i = 0; i < j; i++) {
      let sum: T = 0;
      for (let p = i; p < j; p++) sum += get<T>(t, i * BLOCK + p) * get<T>(t, p * BLOCK + j);
      put<T>(t, i * BLOCK + j, sum);
    }
    for (let i = j + 1; i < count; i++) put<T>(t, i * BLOCK + j, 0);
  }
}

/** C [rows,m] -= ((C V) T or T^T) V^T. */
function applyBlock<T>(rows: i32, m: i32, count: i32, c: usize, row: i32, vectors: usize, t: usize, transposed: bool, scratch: usize, workspace: usize): void {
  if (rows <= 0) return;
  const second = address<T>(scratch, rows * BLOCK);
  memory.fill(scratch, 0, (<usize>(2 * rows * BLOCK)) << alignof<T>());
  subtractProduct<T>(rows, count, m, c, row, 1, vectors, 1, m, scratch, BLOCK, workspace);
  subtractProduct<T>(rows, count, count, scratch, BLOCK, 1, t, transposed ? 1 : BLOCK, transposed ? BLOCK : 1, second, BLOCK, workspace);
  subtractProduct<T>(rows, m, count, second, BLOCK, 1, vectors, m, 1, c, row, workspace);
}

export function qr_f32(a: usize, q: usize, r: usize, m: i32, n: i32, width: i32, workspace: usize): i32 {
  return qr<f32>(a, q, r, m, n, width, workspace);
}

export function qr_f64(a: usize, q: usize, r: usize, m: i32, n: i32, width: i32, workspace: usize): i32 {
  return qr<f64>(a, q, r, m, n, width, workspace);
}
