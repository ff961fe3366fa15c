// Thin singular value decomposition A = U diag(s) V^T, s descending: Householder's reduction to bidiagonal form, then QR steps with
// implicit shifts, or with shift zero where a singular value is so small that a shift would cost its accuracy (Demmel and Kahan
// 1990, Accurate singular values of bidiagonal matrices). Singular vectors are rows until the end.

import { address, get, powerBelow, put } from "./element";
import { reflect, reflector } from "./householder";
import { iterate } from "./svd-steps";
import { addScaled, exchange, fill, largest, leading, scale, transpose } from "./vector";

const NOT_FINITE = 1;
const NOT_CONVERGED = 2;

/** u [m,k], s [k], v [k,n] (the transpose of V), k = min(m,n). Workspace: with l = max(m,n), 2 l k + 2 k k + 4 k + l. */
function svd<T>(a: usize, u: usize, s: usize, v: usize, m: i32, n: i32, workspace: usize): i32 {
  const k = min(m, n);
  const long = max(m, n);
  const columns = workspace;
  const left = address<T>(columns, long * k);
  const right = address<T>(left, long * k);
  const reflections = address<T>(right, k * k);
  const off = address<T>(reflections, k * k);
  const taus = address<T>(off, k);
  const scratch = address<T>(taus, 2 * k);
  const most = largest<T>(m * n, a);
  if (!(most < <T>Infinity)) {
    fill<T>(m * k, u, 0);
    fill<T>(k, s, 0);
    fill<T>(k * n, v, 0);
    return NOT_FINITE;
  }
  const unit = powerBelow<T>(most);
  // The k columns of the long matrix, A or its transpose.
  if (m >= n) transpose<T>(m, n, a, n, columns, m);
  else memory.copy(columns, a, (<usize>(m * n)) << alignof<T>());
  scale<T>(long * k, 1 / unit, columns);
  reduce<T>(long, k, columns, reflections, s, off, taus, scratch);
  accumulate<T>(long, k, 0, columns, taus, left);
  accumulate<T>(k, k, 1, reflections, address<T>(taus, k), right);
  const converged = iterate<T>(long, k, s, off, left, right);
  scale<T>(k, unit, s);
  for (let i = 0; i < k; i++) {
    if (get<T>(s, i) < 0 || 1 / get<T>(s, i) < 0) {
      put<T>(s, i, -get<T>(s, i));
      scale<T>(k, -1, address<T>(right, i * k));
    }
  }
  sort<T>(long, k, s, left, right);
  for (let i = 0; i < k; i++) {
    const own = m >= n ? address<T>(left, i * long) : address<T>(right, i * k);
    if (get<T>(own, leading<T>(m, own)) < 0) {
      scale<T>(long, -1, address<T>(left, i * long));
      scale<T>(k, -1, address<T>(right, i * k));
    }
  }
  if (m >= n) {
    transpose<T>(k, m, left, m, u, k);
    memory.copy(v, right, (<usize>(k * k)) << alignof<T>());
  } else {
    transpose<T>(k, k, right, k, u, k);
    memory.copy(v, left, (<usize>(k * n)) << alignof<T>());
  }
  return converged ? 0 : NOT_CONVERGED;
}

/** From k columns of length m to the diagonal d and the elements right of it. Column i keeps its vector from i on, row i of `reflections` from i + 1. */
function reduce<T>(m: i32, k: i32, columns: usize, reflections: usize, d: usize, off: usize, taus: usize, scratch: usize): void {
  for (let i = 0; i < k; i++) {
    const column = address<T>(columns, i * (m + 1));
    const tau = reflector<T>(m - i, column);
    put<T>(taus, i, tau);
    put<T>(d, i, get<T>(column, 0));
    put<T>(column, 0, 1);
    for (let j = i + 1; j < k; j++) reflect<T>(m - i, tau, column, address<T>(columns, j * m + i));
    const count = k - i - 1;
    const row = address<T>(reflections, i * (k + 1) + 1);
    for (let j = 0; j < count; j++) put<T>(row, j, get<T>(columns, (i + 1 + j) * m + i));
    const across = reflector<T>(count, row);
    put<T>(taus, k + i, across);
    put<T>(off, i, count > 0 ? get<T>(row, 0) : 0);
    if (count > 0) put<T>(row, 0, 1);
    if (across == 0) continue;
    const length = m - i - 1;
    fill<T>(length, scratch, 0);
    for (let j = 0; j < count; j++) addScaled<T>(length, get<T>(row, j), address<T>(columns, (i + 1 + j) * m + i + 1), scratch);
    for (let j = 0; j < count; j++) addScaled<T>(length, -across * get<T>(row, j), scratch, address<T>(columns, (i + 1 + j) * m + i + 1));
  }
}

/** The transpose of the first k columns, of length m, of the product of all reflections; vector i starts at i + `offset`. */
function accumulate<T>(m: i32, k: i32, offset: i32, vectors: usize, taus: usize, rows: usize): void {
  fill<T>(k * m, rows, 0);
  for (let i = 0; i < k; i++) put<T>(rows, i * (m + 1), 1);
  for (let i = k - 1; i >= 0; i--) {
    const from = i + offset;
    for (let j = from; j < k; j++) reflect<T>(m - from, get<T>(taus, i), address<T>(vectors, i * m + from), address<T>(rows, j * m + from));
  }
}

function sort<T>(m: i32, k: i32, s: usize, left: usize, right: usize): void {
  for (let i = 0; i < k - 1; i++) {
    let most = i;
    for (let j = i + 1; j < k; j++) if (get<T>(s, j) > get<T>(s, most)) most = j;
    if (most == i) continue;
    exchange<T>(1, address<T>(s, i), address<T>(s, most));
    exchange<T>(m, address<T>(left, i * m), address<T>(left, most * m));
    exchange<T>(k, address<T>(right, i * k), address<T>(right, most * k));
  }
}

export function svd_f32(a: usize, u: usize, s: usize, v: usize, m: i32, n: i32, workspace: usize): i32 {
  return svd<f32>(a, u, s, v, m, n, workspace);
}

export function svd_f64(a: usize, u: usize, s: usize, v: usize, m: i32, n: i32, workspace: usize): i32 {
  return svd<f64>(a, u, s, v, m, n, workspace);
}
