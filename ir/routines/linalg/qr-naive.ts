// Householder's QR factorization, one reflection after the other on whole matrices: what the blocked routine is held to.

import { unitOf } from "./jacobi.ts";

/** q [m,width], r [width,n]. */
export function factorByReflections(a: Float64Array, q: Float64Array, r: Float64Array, [m, n, width]: readonly [number, number, number]): number {
  const unit = unitOf(a);
  const triangle = Float64Array.from(a, (value) => value / unit);
  const basis = new Float64Array(m * m);
  for (let i = 0; i < m; i++) basis[i * (m + 1)] = 1;
  for (let k = 0; k < Math.min(m - 1, n); k++) {
    const v = new Float64Array(m);
    let square = 0;
    for (let i = k; i < m; i++) v[i] = triangle[i * n + k]!;
    for (let i = k + 1; i < m; i++) square += v[i]! * v[i]!;
    if (square === 0) continue;
    const length = Math.sqrt(square + v[k]! * v[k]!);
    v[k]! -= v[k]! > 0 ? -length : length;
    const factor = 2 / (square + v[k]! * v[k]!);
    reflect(triangle, m, n, v, factor);
    reflect(basis, m, m, v, factor);
  }
  // The basis is the product of all reflections, applied to the identity: the transpose of Q.
  for (let i = 0; i < m; i++) for (let j = 0; j < width; j++) q[i * width + j] = basis[j * m + i]!;
  for (let i = 0; i < width; i++) for (let j = 0; j < n; j++) r[i * n + j] = j < i ? 0 : triangle[i * n + j]! * unit;
  return 0;
}

/** x -= factor v (v^T x) */
function reflect(x: Float64Array, rows: number, columns: number, v: Float64Array, factor: number): void {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += v[i]! * x[i * columns + j]!;
    for (let i = 0; i < rows; i++) x[i * columns + j]! -= factor * sum * v[i]!;
  }
}
