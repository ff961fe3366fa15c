// From Hessenberg to real Schur form: blocks of one real eigenvalue or a conjugate pair on the diagonal.

import { epsilon, get, put, smallest } from "./element";
import { hypotenuse } from "./vector";

/** Steps for one block; two or three are usual. */
const STEPS = 60;

/** In place; the columns of `basis`, of length `rows`, turn with H. False where it does not converge. */
export function schur<T>(n: i32, h: usize, rows: i32, basis: usize, real: usize, imaginary: usize): bool {
  let total: T = 0;
  for (let i = 0; i < n; i++) {
    for (let j = max(i - 1, 0); j < n; j++) total = max<T>(total, abs<T>(get<T>(h, i * n + j)));
  }
  let high = n - 1;
  let steps = 0;
  while (high >= 0) {
    let low = high;
    while (low > 0) {
      let around = abs<T>(get<T>(h, (low - 1) * (n + 1))) + abs<T>(get<T>(h, low * (n + 1)));
      // What rounding left of a block of zeros does not converge by itself.
      if (around == 0 || steps > 10) around = total;
      if (abs<T>(get<T>(h, low * n + low - 1)) <= max<T>(epsilon<T>() * around, smallest<T>())) break;
      low--;
    }
    if (low > 0) put<T>(h, low * n + low - 1, 0);
    if (low == high) {
      put<T>(real, high, get<T>(h, high * (n + 1)));
      put<T>(imaginary, high, 0);
      high--;
      steps = 0;
    } else if (low == high - 1) {
      splitPair<T>(n, low, h, rows, basis, real, imaginary);
      high -= 2;
      steps = 0;
    } else {
      if (steps++ == STEPS) return false;
      doubleStep<T>(n, low, high, steps % 10 == 0, h, rows, basis);
    }
  }
  return true;
}

/** The eigenvalues of a 2 x 2 block; a real pair is turned to triangular form. */
function splitPair<T>(n: i32, low: i32, h: usize, rows: i32, basis: usize, real: usize, imaginary: usize): void {
  const high = low + 1;
  const a = get<T>(h, low * n + low);
  const b = get<T>(h, low * n + high);
  const c = get<T>(h, high * n + low);
  const d = get<T>(h, high * n + high);
  const p = (a - d) / 2;
  const scale = max<T>(abs<T>(p), max<T>(abs<T>(b), abs<T>(c)));
  const square = scale == 0 ? <T>0 : (p / scale) * p + (b / scale) * c;
  if (square < 0) {
    const part = sqrt<T>(scale) * sqrt<T>(-square);
    put<T>(real, low, d + p);
    put<T>(real, high, d + p);
    put<T>(imaginary, low, part);
    put<T>(imaginary, high, -part);
    return;
  }
  const root = scale == 0 ? <T>0 : sqrt<T>(scale) * sqrt<T>(square);
  const z = p + copysign<T>(root, p);
  // (z, c) is an eigenvector of the block.
  const length = hypotenuse<T>(z, c);
  if (length > 0 && c != 0) {
    const cosine = z / length;
    const sine = c / length;
    turnRows<T>(n, low, low, h, cosine, sine);
    turnColumns<T>(high + 1, n, low, h, cosine, sine);
    turnColumns<T>(rows, n, low, basis, cosine, sine);
    put<T>(h, high * n + low, 0);
  }
  put<T>(real, low, get<T>(h, low * n + low));
  put<T>(real, high, get<T>(h, high * n + high));
  put<T>(imaginary, low, 0);
  put<T>(imaginary, high, 0);
}

function turnRows<T>(n: i32, i: i32, from: i32, x: usize, c: T, s: T): void {
  for (let j = from; j < n; j++) {
    const first = get<T>(x, i * n + j);
    const second = get<T>(x, (i + 1) * n + j);
    put<T>(x, i * n + j, c * first + s * second);
    put<T>(x, (i + 1) * n + j, c * second - s * first);
  }
}

function turnColumns<T>(rows: i32, n: i32, j: i32, x: usize, c: T, s: T): void {
  for (let i = 0; i < rows; i++) {
    const first = get<T>(x, i * n + j);
    const second = get<T>(x, i * n + j + 1);
    put<T>(x, i * n + j, c * first + s * second);
    put<T>(x, i * n + j + 1, c * second - s * first);
  }
}

/** Francis's double step with the eigenvalues of the last 2 x 2 block as shifts, or with others where those have not helped. */
function doubleStep<T>(n: i32, low: i32, high: i32, exceptional: bool, h: usize, rows: i32, basis: usize): void {
  const last = get<T>(h, high * n + high);
  const before = get<T>(h, (high - 1) * n + high - 1);
  let sum = before + last;
  let product = before * last - get<T>(h, (high - 1) * n + high) * get<T>(h, high * n + high - 1);
  if (exceptional) {
    const size = abs<T>(get<T>(h, high * n + high - 1)) + abs<T>(get<T>(h, (high - 1) * n + high - 2));
    sum = <T>1.5 * size + 2 * last;
    product = last * last + <T>1.5 * size * last + size * size;
  }
  const h00 = get<T>(h, low * n + low);
  const h10 = get<T>(h, (low + 1) * n + low);
  let x = h00 * h00 - sum * h00 + product + get<T>(h, low * n + low + 1) * h10;
  let y = h10 * (h00 + get<T>(h, (low + 1) * n + low + 1) - sum);
  let z = h10 * get<T>(h, (low + 2) * n + low + 1);
  for (let k = low; k < high; k++) {
    const three = k + 2 <= high;
    if (k > low) {
      x = get<T>(h, k * n + k - 1);
      y = get<T>(h, (k + 1) * n + k - 1);
      z = three ? get<T>(h, (k + 2) * n + k - 1) : 0;
    }
    const most = max<T>(abs<T>(x), max<T>(abs<T>(y), abs<T>(z)));
    if (most == 0) continue;
    x /= most;
    y /= most;
    z /= most;
    const beta = -copysign<T>(sqrt<T>(x * x + y * y + z * z), x);
    const tau = (beta - x) / beta;
    const v1 = y / (x - beta);
    const v2 = z / (x - beta);
    if (k > low) {
      put<T>(h, k * n + k - 1, beta * most);
      put<T>(h, (k + 1) * n + k - 1, 0);
      if (three) put<T>(h, (k + 2) * n + k - 1, 0);
    }
    for (let j = k; j < n; j++) {
      let part = get<T>(h, k * n + j) + v1 * get<T>(h, (k + 1) * n + j);
      if (three) part += v2 * get<T>(h, (k + 2) * n + j);
      part *= tau;
      put<T>(h, k * n + j, get<T>(h, k * n + j) - part);
      put<T>(h, (k + 1) * n + j, get<T>(h, (k + 1) * n + j) - v1 * part);
      if (three) put<T>(h, (k + 2) * n + j, get<T>(h, (k + 2) * n + j) - v2 * part);
    }
    reflectColumns<T>(min(k + 3, high) + 1, n, k, three, tau, v1, v2, h);
    reflectColumns<T>(rows, n, k, three, tau, v1, v2, basis);
  }
}

function reflectColumns<T>(rows: i32, n: i32, k: i32, three: bool, tau: T, v1: T, v2: T, x: usize): void {
  for (let i = 0; i < rows; i++) {
    const at = i * n + k;
    let part = get<T>(x, at) + v1 * get<T>(x, at + 1);
    if (three) part += v2 * get<T>(x, at + 2);
    part *= tau;
    put<T>(x, at, get<T>(x, at) - part);
    put<T>(x, at + 1, get<T>(x, at + 1) - v1 * part);
    if (three) put<T>(x, at + 2, get<T>(x, at + 2) - v2 * part);
  }
}
