// Eigenvectors of a matrix in real Schur form, by complex substitution upwards, and back in the basis the form was made in.

import { address, epsilon, get, put, smallest } from "./element";
import { largest } from "./vector";

/** Vector j is column j of re + i im. `scratch` has n numbers. */
export function schurVectors<T>(n: i32, h: usize, basis: usize, real: usize, imaginary: usize, re: usize, im: usize, scratch: usize): void {
  let size: T = 0;
  for (let i = 0; i < n; i++) size = max<T>(size, largest<T>(n - i, address<T>(h, i * (n + 1))));
  const least = max<T>(epsilon<T>() * size, smallest<T>() / epsilon<T>());
  for (let j = 0; j < n; j++) {
    const pair = get<T>(imaginary, j) != 0;
    // The second of a pair is the conjugate of the first.
    if (pair && get<T>(imaginary, j) < 0) {
      for (let i = 0; i < n; i++) {
        put<T>(re, i * n + j, get<T>(re, i * n + j - 1));
        put<T>(im, i * n + j, -get<T>(im, i * n + j - 1));
      }
      continue;
    }
    const end = pair ? j + 1 : j;
    substitute<T>(n, j, end, least, h, get<T>(real, j), get<T>(imaginary, j), imaginary, re, im);
    multiply<T>(n, end + 1, j, basis, re, scratch);
    multiply<T>(n, end + 1, j, basis, im, scratch);
  }
}

/** Column j of x = basis times itself, of which `count` elements are not zero. */
function multiply<T>(n: i32, count: i32, j: i32, basis: usize, x: usize, scratch: usize): void {
  for (let i = 0; i < n; i++) {
    let sum: T = 0;
    for (let k = 0; k < count; k++) sum += get<T>(basis, i * n + k) * get<T>(x, k * n + j);
    put<T>(scratch, i, sum);
  }
  for (let i = 0; i < n; i++) put<T>(x, i * n + j, get<T>(scratch, i));
}

/** (H - (p + i q)) x = 0, x ending at `end`, into column j. */
function substitute<T>(n: i32, j: i32, end: i32, least: T, h: usize, p: T, q: T, imaginary: usize, re: usize, im: usize): void {
  for (let i = 0; i < n; i++) {
    put<T>(re, i * n + j, 0);
    put<T>(im, i * n + j, 0);
  }
  let i = end - 1;
  if (end == j) {
    put<T>(re, j * n + j, 1);
  } else {
    // The pair's own block: (a - p - i q) x0 + b x1 = 0, c x0 + (d - p - i q) x1 = 0; the larger of b, c divides.
    const a = get<T>(h, j * n + j) - p;
    const b = get<T>(h, j * n + end);
    const c = get<T>(h, end * n + j);
    const d = get<T>(h, end * n + end) - p;
    if (abs<T>(b) > abs<T>(c)) {
      put<T>(re, j * n + j, 1);
      put<T>(re, end * n + j, -a / b);
      put<T>(im, end * n + j, q / b);
    } else {
      put<T>(re, end * n + j, 1);
      put<T>(re, j * n + j, -d / c);
      put<T>(im, j * n + j, q / c);
    }
    i = j - 1;
  }
  while (i >= 0) {
    if (get<T>(imaginary, i) == 0) {
      divide<T>(n, i, j, -rowSum<T>(n, i, i + 1, end, j, h, re), -rowSum<T>(n, i, i + 1, end, j, h, im), get<T>(h, i * n + i) - p, -q, least, re, im);
      i--;
    } else {
      substitutePair<T>(n, i - 1, j, end, least, h, p, q, re, im);
      i -= 2;
    }
    limit<T>(n, max(i + 1, 0), end, j, re, im);
  }
}

/** The sum of h[i,k] x[k,j] for k from `from` to `end`. */
function rowSum<T>(n: i32, i: i32, from: i32, end: i32, j: i32, h: usize, x: usize): T {
  let sum: T = 0;
  for (let k = from; k <= end; k++) sum += get<T>(h, i * n + k) * get<T>(x, k * n + j);
  return sum;
}

/** Element i of column j = (x + i y) / (u + i v); a divisor that is nearly zero is replaced by `least`. */
function divide<T>(n: i32, i: i32, j: i32, x: T, y: T, u: T, v: T, least: T, re: usize, im: usize): void {
  if (max<T>(abs<T>(u), abs<T>(v)) < least) {
    u = least;
    v = 0;
  }
  const most = max<T>(abs<T>(u), abs<T>(v));
  const c = u / most;
  const d = v / most;
  const square = (c * c + d * d) * most;
  put<T>(re, i * n + j, (x * c + y * d) / square);
  put<T>(im, i * n + j, (y * c - x * d) / square);
}

/** Rows i and i + 1 of a block of two, by Cramer's rule. */
function substitutePair<T>(n: i32, i: i32, j: i32, end: i32, least: T, h: usize, p: T, q: T, re: usize, im: usize): void {
  const a = get<T>(h, i * n + i) - p;
  const b = get<T>(h, i * n + i + 1);
  const c = get<T>(h, (i + 1) * n + i);
  const d = get<T>(h, (i + 1) * n + i + 1) - p;
  const size = max<T>(max<T>(abs<T>(a), abs<T>(d)), max<T>(max<T>(abs<T>(b), abs<T>(c)), abs<T>(q)));
  // Divided by the size of the block, so that its determinant neither overflows nor vanishes.
  const u = (a / size) * d - (q / size) * q - (b / size) * c;
  const v = -(q / size) * (a + d);
  const r = -rowSum<T>(n, i, i + 2, end, j, h, re) / size;
  const ri = -rowSum<T>(n, i, i + 2, end, j, h, im) / size;
  const s = -rowSum<T>(n, i + 1, i + 2, end, j, h, re) / size;
  const si = -rowSum<T>(n, i + 1, i + 2, end, j, h, im) / size;
  divide<T>(n, i, j, d * r + q * ri - b * s, d * ri - q * r - b * si, u, v, least, re, im);
  divide<T>(n, i + 1, j, a * s + q * si - c * r, a * si - q * s - c * ri, u, v, least, re, im);
}

/** Keeps column j within range while it grows. */
function limit<T>(n: i32, from: i32, end: i32, j: i32, re: usize, im: usize): void {
  let most: T = 0;
  for (let i = from; i <= end; i++) most = max<T>(most, max<T>(abs<T>(get<T>(re, i * n + j)), abs<T>(get<T>(im, i * n + j))));
  if (most < 1 / epsilon<T>()) return;
  for (let i = from; i <= end; i++) {
    put<T>(re, i * n + j, get<T>(re, i * n + j) / most);
    put<T>(im, i * n + j, get<T>(im, i * n + j) / most);
  }
}
