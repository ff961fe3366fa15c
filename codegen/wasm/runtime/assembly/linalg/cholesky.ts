// Cholesky factorization A = L L^T by halves (Gustavson 1997, Recursion leads to automatic variable blocking). Reads the lower triangle.

import { address, get, put } from "./element";
import { subtractSquare } from "./product";
import { solveTransposedRight } from "./solve-lower";
import { dot } from "./vector";

const BASE = 16;
/** A leading minor is not positive. */
const NOT_POSITIVE_DEFINITE = 1;

function cholesky<T>(a: usize, l: usize, n: i32, workspace: usize): i32 {
  for (let i = 0; i < n; i++) {
    const row = address<T>(l, i * n);
    memory.copy(row, address<T>(a, i * n), (<usize>(i + 1)) << alignof<T>());
  }
  const failure = factor<T>(n, l, n, workspace);
  for (let i = 0; i < n; i++) memory.fill(address<T>(l, i * n + i + 1), 0, (<usize>(n - i - 1)) << alignof<T>());
  return failure;
}

/** In place. Above the diagonal anything may be written. */
function factor<T>(n: i32, l: usize, row: i32, workspace: usize): i32 {
  if (n <= BASE) return factorRows<T>(n, l, row);
  const top = ((n + 2 * BASE - 1) / (2 * BASE)) * BASE;
  const rest = n - top;
  const below = address<T>(l, top * row);
  const corner = address<T>(below, top);
  if (factor<T>(top, l, row, workspace) != 0) return NOT_POSITIVE_DEFINITE;
  solveTransposedRight<T>(rest, top, l, row, below, row, workspace);
  subtractSquare<T>(rest, top, below, row, corner, row, workspace);
  return factor<T>(rest, corner, row, workspace);
}

function factorRows<T>(n: i32, l: usize, row: i32): i32 {
  for (let i = 0; i < n; i++) {
    const own = address<T>(l, i * row);
    for (let j = 0; j < i; j++) {
      const other = address<T>(l, j * row);
      put<T>(own, j, (get<T>(own, j) - dot<T>(j, own, other)) / get<T>(other, j));
    }
    const square = get<T>(own, i) - dot<T>(i, own, own);
    if (!(square > 0)) return NOT_POSITIVE_DEFINITE;
    put<T>(own, i, sqrt<T>(square));
  }
  return 0;
}

export function cholesky_f32(a: usize, l: usize, n: i32, workspace: usize): i32 {
  return cholesky<f32>(a, l, n, workspace);
}

export function cholesky_f64(a: usize, l: usize, n: i32, workspace: usize): i32 {
  return cholesky<f64>(a, l, n, workspace);
}
