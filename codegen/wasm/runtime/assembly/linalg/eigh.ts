// Eigenvalues, ascending, and eigenvectors of a symmetric matrix: Householder's reduction to tridiagonal form, then QL steps with
// implicit shifts (Golub and Van Loan, Matrix Computations, 8.3). Reads the lower triangle. Vectors are rows until the end, so
// that rotations run along contiguous numbers.

import { address, epsilon, get, powerBelow, put } from "./element";
import { reflect, reflector } from "./householder";
import { addScaled, dot, exchange, fill, hypotenuse, largest, leading, rotate, scale, transpose } from "./vector";

const NOT_FINITE = 1;
const NOT_CONVERGED = 2;
/** Steps for one eigenvalue; two are usual. */
const STEPS = 60;

/** values [n], vectors [n,n] in columns. Workspace: 2 n n + 3 n. */
function eigh<T>(a: usize, values: usize, vectors: usize, n: i32, workspace: usize): i32 {
  const rest = workspace;
  const rows = address<T>(rest, n * n);
  const off = address<T>(rows, n * n);
  const taus = address<T>(off, n);
  const scratch = address<T>(taus, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = get<T>(a, i * n + j);
      put<T>(rest, i * n + j, value);
      put<T>(rest, j * n + i, value);
    }
  }
  const most = largest<T>(n * n, rest);
  if (!(most < <T>Infinity)) {
    fill<T>(n, values, 0);
    fill<T>(n * n, vectors, 0);
    return NOT_FINITE;
  }
  const unit = powerBelow<T>(most);
  scale<T>(n * n, 1 / unit, rest);
  reduce<T>(n, rest, values, off, taus, scratch);
  accumulate<T>(n, rest, taus, rows);
  const failure = iterate<T>(n, values, off, rows);
  scale<T>(n, unit, values);
  sort<T>(n, values, rows);
  for (let i = 0; i < n; i++) {
    const row = address<T>(rows, i * n);
    if (get<T>(row, leading<T>(n, row)) < 0) scale<T>(n, -1, row);
  }
  transpose<T>(n, n, rows, n, vectors, n);
  return failure;
}

/** To the diagonal d and the elements beside it; row k keeps the vector that cleared it, from k + 1 on. */
function reduce<T>(n: i32, a: usize, d: usize, off: usize, taus: usize, p: usize): void {
  for (let k = 0; k < n - 1; k++) {
    const size = n - k - 1;
    const v = address<T>(a, k * n + k + 1);
    const corner = address<T>(a, (k + 1) * (n + 1));
    const tau = reflector<T>(size, v);
    put<T>(off, k, get<T>(v, 0));
    put<T>(v, 0, 1);
    put<T>(taus, k, tau);
    if (tau == 0) continue;
    for (let i = 0; i < size; i++) put<T>(p, i, tau * dot<T>(size, address<T>(corner, i * n), v));
    addScaled<T>(size, <T>-0.5 * tau * dot<T>(size, p, v), v, p);
    for (let i = 0; i < size; i++) {
      const row = address<T>(corner, i * n);
      addScaled<T>(size, -get<T>(v, i), p, row);
      addScaled<T>(size, -get<T>(p, i), v, row);
    }
  }
  for (let k = 0; k < n; k++) put<T>(d, k, get<T>(a, k * (n + 1)));
  if (n > 0) put<T>(off, n - 1, 0);
}

/** The transpose of the product of all reflections. */
function accumulate<T>(n: i32, a: usize, taus: usize, rows: usize): void {
  fill<T>(n * n, rows, 0);
  for (let i = 0; i < n; i++) put<T>(rows, i * (n + 1), 1);
  for (let k = n - 2; k >= 0; k--) {
    for (let i = k + 1; i < n; i++) reflect<T>(n - k - 1, get<T>(taus, k), address<T>(a, k * n + k + 1), address<T>(rows, i * n + k + 1));
  }
}

function iterate<T>(n: i32, d: usize, off: usize, rows: usize): i32 {
  const negligible = epsilon<T>() * max<T>(largest<T>(n, d), largest<T>(n, off));
  for (let low = 0; low < n; low++) {
    for (let steps = 0; ; steps++) {
      let high = low;
      while (high < n - 1 && abs<T>(get<T>(off, high)) > negligible) high++;
      if (high == low) break;
      if (steps == STEPS) return NOT_CONVERGED;
      step<T>(low, high, n, d, off, rows);
    }
  }
  return 0;
}

/** One QL step on the block low ... high, from its lower end up. */
function step<T>(low: i32, high: i32, n: i32, d: usize, off: usize, rows: usize): void {
  const first = get<T>(d, low);
  const beside = get<T>(off, low);
  const ratio = (get<T>(d, low + 1) - first) / (2 * beside);
  const shift = first - beside / (ratio + copysign<T>(hypotenuse<T>(ratio, 1), ratio));
  let g = get<T>(d, high) - shift;
  let c: T = 1;
  let s: T = 1;
  let carried: T = 0;
  for (let i = high - 1; i >= low; i--) {
    const f = s * get<T>(off, i);
    const b = c * get<T>(off, i);
    const r = hypotenuse<T>(f, g);
    put<T>(off, i + 1, r);
    if (r == 0) {
      // The block has split early.
      put<T>(d, i + 1, get<T>(d, i + 1) - carried);
      put<T>(off, high, 0);
      return;
    }
    s = f / r;
    c = g / r;
    g = get<T>(d, i + 1) - carried;
    const turn = (get<T>(d, i) - g) * s + 2 * c * b;
    carried = s * turn;
    put<T>(d, i + 1, g + carried);
    g = c * turn - b;
    rotate<T>(n, address<T>(rows, (i + 1) * n), address<T>(rows, i * n), c, s);
  }
  put<T>(d, low, get<T>(d, low) - carried);
  put<T>(off, low, g);
  put<T>(off, high, 0);
}

function sort<T>(n: i32, d: usize, rows: usize): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (get<T>(d, j) < get<T>(d, least)) least = j;
    if (least == i) continue;
    exchange<T>(1, address<T>(d, i), address<T>(d, least));
    exchange<T>(n, address<T>(rows, i * n), address<T>(rows, least * n));
  }
}

export function eigh_f32(a: usize, values: usize, vectors: usize, n: i32, workspace: usize): i32 {
  return eigh<f32>(a, values, vectors, n, workspace);
}

export function eigh_f64(a: usize, values: usize, vectors: usize, n: i32, workspace: usize): i32 {
  return eigh<f64>(a, values, vectors, n, workspace);
}
