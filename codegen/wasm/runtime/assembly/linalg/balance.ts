// Balancing: a diagonal similarity by powers of two that makes rows and columns about equally long (Parlett and Reinsch 1969). Lengths are Euclidean and
// with the diagonal: without it, tiny elements beside it would grow and drown the others (James, Langou and Lowery 2014, On matrix balancing and
// eigenvector computation).

import { get, put } from "./element";
import { hypotenuse } from "./vector";

/** In place; column j of the eigenvectors' matrix is to be multiplied row by row with `scales`. */
export function balance<T>(n: i32, a: usize, scales: usize): void {
  for (let i = 0; i < n; i++) put<T>(scales, i, 1);
  for (let round = 0; round < 32; round++) {
    let changed = false;
    for (let i = 0; i < n; i++) {
      let across: T = 0;
      let down: T = 0;
      for (let j = 0; j < n; j++) {
        down = hypotenuse<T>(down, get<T>(a, j * n + i));
        across = hypotenuse<T>(across, get<T>(a, i * n + j));
      }
      if (!(down > 0 && across > 0)) continue;
      const before = down + across;
      let factor: T = 1;
      let column = down;
      while (column < across / 2 && factor < 65536) {
        factor *= 2;
        column *= 4;
      }
      while (column >= across * 2 && factor > <T>(1.0 / 65536.0)) {
        factor /= 2;
        column /= 4;
      }
      if (factor == 1 || down * factor + across / factor >= <T>0.95 * before) continue;
      changed = true;
      put<T>(scales, i, get<T>(scales, i) * factor);
      for (let j = 0; j < n; j++) put<T>(a, i * n + j, get<T>(a, i * n + j) / factor);
      for (let j = 0; j < n; j++) put<T>(a, j * n + i, get<T>(a, j * n + i) * factor);
    }
    if (!changed) return;
  }
}

/** Vectors of the matrix before it was balanced, of length 1; the first element that has at least half the largest magnitude becomes real and positive. */
export function restore<T>(n: i32, scales: usize, re: usize, im: usize): void {
  for (let j = 0; j < n; j++) {
    let length: T = 0;
    for (let i = 0; i < n; i++) {
      const factor = get<T>(scales, i);
      put<T>(re, i * n + j, get<T>(re, i * n + j) * factor);
      put<T>(im, i * n + j, get<T>(im, i * n + j) * factor);
      length = hypotenuse<T>(length, hypotenuse<T>(get<T>(re, i * n + j), get<T>(im, i * n + j)));
    }
    turnToReal<T>(n, j, length, re, im);
  }
}

/** Divides column j by `length` and turns it in the complex plane. */
function turnToReal<T>(n: i32, j: i32, length: T, re: usize, im: usize): void {
  let most: T = 0;
  for (let i = 0; i < n; i++) most = max<T>(most, hypotenuse<T>(get<T>(re, i * n + j), get<T>(im, i * n + j)));
  let first = 0;
  while (first < n - 1 && hypotenuse<T>(get<T>(re, first * n + j), get<T>(im, first * n + j)) < most / 2) first++;
  const size = hypotenuse<T>(get<T>(re, first * n + j), get<T>(im, first * n + j));
  const c = get<T>(re, first * n + j) / size;
  const s = get<T>(im, first * n + j) / size;
  for (let i = 0; i < n; i++) {
    const x = get<T>(re, i * n + j) / length;
    const y = get<T>(im, i * n + j) / length;
    put<T>(re, i * n + j, c * x + s * y);
    put<T>(im, i * n + j, c * y - s * x);
  }
}
