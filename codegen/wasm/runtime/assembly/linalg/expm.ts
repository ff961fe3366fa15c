// The matrix exponential by scaling and squaring of a diagonal Pade approximant (Higham 2005, The scaling and squaring method for
// the matrix exponential revisited): degree 7 for f32, 13 for f64.

import { address, get, put } from "./element";
import { exchangeRows, factorColumns } from "./lu";
import { productWorkspace, subtractProduct } from "./product";
import { solveLower } from "./solve-lower";
import { fill, scale } from "./vector";

const NOT_FINITE = 1;

/** result = exp(A), both [n,n]. Workspace: 6 n n + n and the larger of a product's and 16 n. */
function expm<T>(a: usize, result: usize, n: i32, workspace: usize): i32 {
  const size = n * n;
  const x = address<T>(workspace, max(productWorkspace<T>(n, n), 16 * n));
  const square = address<T>(x, size);
  const odd = address<T>(square, size);
  const even = address<T>(odd, size);
  const power = address<T>(even, size);
  const spare = address<T>(power, size);
  const pivots = address<T>(spare, size);
  memory.copy(x, a, (<usize>size) << alignof<T>());
  let most: T = 0;
  for (let j = 0; j < n; j++) {
    let sum: T = 0;
    for (let i = 0; i < n; i++) sum += abs<T>(get<T>(a, i * n + j));
    most = max<T>(most, sum);
  }
  if (!(most < <T>Infinity)) {
    fill<T>(size, result, 0);
    return NOT_FINITE;
  }
  let squarings = 0;
  const bound: T = sizeof<T>() == 4 ? <T>3.925724783138660 : <T>5.371920351148152;
  for (; most > bound; most /= 2) squarings++;
  for (let i = 0; i < squarings; i++) scale<T>(size, <T>0.5, x);
  approximate<T>(n, x, square, odd, even, power, spare, workspace);
  // (even - odd) R = even + odd
  for (let i = 0; i < size; i++) {
    const p = get<T>(odd, i);
    const q = get<T>(even, i);
    put<T>(odd, i, q - p);
    put<T>(result, i, q + p);
  }
  factorColumns<T>(n, n, odd, n, pivots, workspace);
  exchangeRows<T>(n, n, result, n, pivots);
  solveLower<T>(n, n, odd, n, 1, true, result, n, workspace);
  if (n > 0) solveLower<T>(n, n, address<T>(odd, size - 1), -n, -1, false, address<T>(result, (n - 1) * n), -n, workspace);
  for (let i = 0; i < squarings; i++) {
    multiply<T>(n, result, result, spare, workspace);
    memory.copy(result, spare, (<usize>size) << alignof<T>());
  }
  return 0;
}

/** c = a b */
function multiply<T>(n: i32, a: usize, b: usize, c: usize, workspace: usize): void {
  fill<T>(n * n, c, 0);
  subtractProduct<T>(n, n, n, a, n, 1, b, n, 1, c, n, workspace);
  scale<T>(n * n, -1, c);
}

/** The odd and the even part of the numerator, the coefficients of x^k taken by Horner's rule in x^2. */
function approximate<T>(n: i32, x: usize, square: usize, odd: usize, even: usize, power: usize, spare: usize, workspace: usize): void {
  const degree = sizeof<T>() == 4 ? 7 : 13;
  multiply<T>(n, x, x, square, workspace);
  fill<T>(n * n, odd, 0);
  fill<T>(n * n, even, 0);
  for (let k = degree; k > 0; k -= 2) {
    if (k < degree) {
      multiply<T>(n, odd, square, spare, workspace);
      memory.copy(odd, spare, (<usize>(n * n)) << alignof<T>());
      multiply<T>(n, even, square, spare, workspace);
      memory.copy(even, spare, (<usize>(n * n)) << alignof<T>());
    }
    addToDiagonal<T>(n, coefficient<T>(degree, k), odd);
    addToDiagonal<T>(n, coefficient<T>(degree, k - 1), even);
  }
  multiply<T>(n, x, odd, power, workspace);
  memory.copy(odd, power, (<usize>(n * n)) << alignof<T>());
}

function addToDiagonal<T>(n: i32, value: T, x: usize): void {
  for (let i = 0; i < n; i++) put<T>(x, i * (n + 1), get<T>(x, i * (n + 1)) + value);
}

/** (2 q - k)! q! / ((2 q)! k! (q - k)!) */
function coefficient<T>(q: i32, k: i32): T {
  let value: f64 = 1;
  for (let i = 0; i < k; i++) value *= <f64>(q - i) / (<f64>(2 * q - i) * <f64>(i + 1));
  return <T>value;
}

export function expm_f32(a: usize, result: usize, n: i32, workspace: usize): i32 {
  return expm<f32>(a, result, n, workspace);
}

export function expm_f64(a: usize, result: usize, n: i32, workspace: usize): i32 {
  return expm<f64>(a, result, n, workspace);
}
