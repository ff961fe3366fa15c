// Eigenvalues and right eigenvectors of a general real matrix: balancing, Householder's reduction to Hessenberg form, double QR steps
// with implicit shifts to real Schur form (Golub and Van Loan, Matrix Computations, 7.4 - 7.5), vectors by substitution.

import { balance, restore } from "./balance";
import { address, get, powerBelow, put } from "./element";
import { reflector } from "./householder";
import { schur } from "./schur";
import { schurVectors } from "./schur-vectors";
import { exchange, fill, largest, scale } from "./vector";

const NOT_FINITE = 1;
const NOT_CONVERGED = 2;

/** real, imaginary [n]; the vector of value j is column j of re [n,n] + i im [n,n], of length 1. Workspace: 2 n n + 2 n. */
function eig<T>(a: usize, real: usize, imaginary: usize, re: usize, im: usize, n: i32, workspace: usize): i32 {
  const h = workspace;
  const basis = address<T>(h, n * n);
  const scales = address<T>(basis, n * n);
  const scratch = address<T>(scales, n);
  fill<T>(n * n, basis, 0);
  for (let i = 0; i < n; i++) put<T>(basis, i * (n + 1), 1);
  const unit = powerBelow<T>(largest<T>(n * n, a));
  const failure = solve<T>(a, real, imaginary, n, unit, h, n, basis, scales, scratch);
  if (failure != 0) {
    fill<T>(n * n, re, 0);
    fill<T>(n * n, im, 0);
    return failure;
  }
  schurVectors<T>(n, h, basis, real, imaginary, re, im, scratch);
  restore<T>(n, scales, re, im);
  scale<T>(n, unit, real);
  scale<T>(n, unit, imaginary);
  sort<T>(n, real, imaginary, n, re, im);
  return 0;
}

/** The values alone. Workspace: n n + 2 n. */
function eigvals<T>(a: usize, real: usize, imaginary: usize, n: i32, workspace: usize): i32 {
  const scales = address<T>(workspace, n * n);
  const unit = powerBelow<T>(largest<T>(n * n, a));
  const failure = solve<T>(a, real, imaginary, n, unit, workspace, 0, 0, scales, address<T>(scales, n));
  scale<T>(n, unit, real);
  scale<T>(n, unit, imaginary);
  sort<T>(n, real, imaginary, 0, 0, 0);
  return failure;
}

/** The values of A / unit, its Schur form in h, and, of `rows` rows, the basis for that. */
function solve<T>(a: usize, real: usize, imaginary: usize, n: i32, unit: T, h: usize, rows: i32, basis: usize, scales: usize, scratch: usize): i32 {
  let failure = NOT_FINITE;
  if (largest<T>(n * n, a) < <T>Infinity) {
    memory.copy(h, a, (<usize>(n * n)) << alignof<T>());
    scale<T>(n * n, 1 / unit, h);
    balance<T>(n, h, scales);
    reduce<T>(n, h, rows, basis, scratch);
    failure = schur<T>(n, h, rows, basis, real, imaginary) ? 0 : NOT_CONVERGED;
  }
  if (failure != 0) {
    fill<T>(n, real, 0);
    fill<T>(n, imaginary, 0);
  }
  return failure;
}

/** By real parts; what is equal, as pairs are, stays in order. */
function sort<T>(n: i32, real: usize, imaginary: usize, rows: i32, re: usize, im: usize): void {
  for (let i = 1; i < n; i++) {
    for (let j = i; j > 0 && get<T>(real, j) < get<T>(real, j - 1); j--) {
      exchange<T>(1, address<T>(real, j), address<T>(real, j - 1));
      exchange<T>(1, address<T>(imaginary, j), address<T>(imaginary, j - 1));
      for (let k = 0; k < rows; k++) {
        const at = k * n + j;
        exchange<T>(1, address<T>(re, at), address<T>(re, at - 1));
        exchange<T>(1, address<T>(im, at), address<T>(im, at - 1));
      }
    }
  }
}

/** H and the orthogonal basis in which it is what A was. */
function reduce<T>(n: i32, h: usize, rows: i32, basis: usize, v: usize): void {
  for (let k = 0; k < n - 2; k++) {
    const from = k + 1;
    const size = n - from;
    for (let i = 0; i < size; i++) put<T>(v, i, get<T>(h, (from + i) * n + k));
    const tau = reflector<T>(size, v);
    put<T>(h, from * n + k, get<T>(v, 0));
    for (let i = 1; i < size; i++) put<T>(h, (from + i) * n + k, 0);
    if (tau == 0) continue;
    put<T>(v, 0, 1);
    for (let j = from; j < n; j++) {
      let sum: T = 0;
      for (let i = 0; i < size; i++) sum += get<T>(v, i) * get<T>(h, (from + i) * n + j);
      sum *= tau;
      for (let i = 0; i < size; i++) put<T>(h, (from + i) * n + j, get<T>(h, (from + i) * n + j) - sum * get<T>(v, i));
    }
    reflectRows<T>(n, size, tau, v, address<T>(h, from), n);
    reflectRows<T>(rows, size, tau, v, address<T>(basis, from), n);
  }
}

function reflectRows<T>(rows: i32, size: i32, tau: T, v: usize, x: usize, row: i32): void {
  for (let i = 0; i < rows; i++) {
    let sum: T = 0;
    for (let j = 0; j < size; j++) sum += get<T>(x, i * row + j) * get<T>(v, j);
    sum *= tau;
    for (let j = 0; j < size; j++) put<T>(x, i * row + j, get<T>(x, i * row + j) - sum * get<T>(v, j));
  }
}

export function eig_f32(a: usize, real: usize, imaginary: usize, re: usize, im: usize, n: i32, workspace: usize): i32 {
  return eig<f32>(a, real, imaginary, re, im, n, workspace);
}

export function eig_f64(a: usize, real: usize, imaginary: usize, re: usize, im: usize, n: i32, workspace: usize): i32 {
  return eig<f64>(a, real, imaginary, re, im, n, workspace);
}

export function eigvals_f32(a: usize, real: usize, imaginary: usize, n: i32, workspace: usize): i32 {
  return eigvals<f32>(a, real, imaginary, n, workspace);
}

export function eigvals_f64(a: usize, real: usize, imaginary: usize, n: i32, workspace: usize): i32 {
  return eigvals<f64>(a, real, imaginary, n, workspace);
}
