// Eigenvalues of a general matrix by QR steps on the whole complex matrix, eigenvectors by inverse iteration: what the routine
// is held to, which goes another way.

import { unitOf } from "./jacobi.ts";

interface Complex {
  readonly re: number;
  readonly im: number;
}

const zero: Complex = { re: 0, im: 0 };
const add = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const sub = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
const mul = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });
const conjugate = (a: Complex): Complex => ({ re: a.re, im: -a.im });
const size = (a: Complex): number => Math.hypot(a.re, a.im);
const scaled = (a: Complex, factor: number): Complex => ({ re: a.re * factor, im: a.im * factor });
function div(a: Complex, b: Complex): Complex {
  const most = size(b);
  return scaled(mul(a, scaled(conjugate(b), 1 / most)), 1 / most);
}
function sqrt(a: Complex): Complex {
  const re = Math.sqrt((size(a) + Math.abs(a.re)) / 2);
  if (re === 0) return zero;
  return a.re >= 0 ? { re, im: a.im / (2 * re) } : { re: Math.abs(a.im) / (2 * re), im: a.im < 0 ? -re : re };
}

type Matrix = Complex[][];

/** Steps for one eigenvalue; two or three are usual. */
const STEPS = 200;

/** real, imaginary [n]; re, im [n,n]. False where it does not converge. */
export function eigenByInverseIteration(a: Float64Array, [real, imaginary, re, im]: readonly [Float64Array, Float64Array, Float64Array, Float64Array], n: number): boolean {
  const unit = unitOf(a);
  const norm = a.reduce((size, value) => Math.max(size, Math.abs(value)), 0) / unit;
  const matrix: Matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => ({ re: a[i * n + j]! / unit, im: 0 })));
  const found = eigenvalues(matrix.map((row) => [...row]), norm);
  if (found === undefined) return false;
  const values = paired(found, norm);
  values.forEach((value, j) => {
    real[j] = value.re * unit;
    imaginary[j] = value.im * unit;
    const second = j > 0 && value.im < 0;
    const vector = second ? Array.from({ length: n }, (_, i) => ({ re: re[i * n + j - 1]!, im: -im[i * n + j - 1]! })) : eigenvector(matrix, value, norm, j);
    vector.forEach((element, i) => {
      re[i * n + j] = element.re;
      im[i * n + j] = element.im;
    });
  });
  return true;
}

/** Ascending; what is real within rounding is made real, and pairs conjugate. */
function paired(values: readonly Complex[], norm: number): readonly Complex[] {
  const above = values.filter(({ im }) => im > 1e-12 * norm).flatMap((value) => [value, conjugate(value)]);
  const onAxis = values.filter(({ im }) => Math.abs(im) <= 1e-12 * norm).map(({ re }) => ({ re, im: 0 }));
  return [...above, ...onAxis].sort((x, y) => x.re - y.re);
}

function eigenvalues(h: Matrix, norm: number): Complex[] | undefined {
  const found: Complex[] = [];
  for (let n = h.length, round = 0; n > 0; round++) {
    if (round === STEPS * h.length) return undefined;
    const below = h[n - 1]!.slice(0, n - 1).reduce((sum, element) => sum + size(element), 0);
    if (below <= 2 ** -52 * norm) {
      found.push(h[n - 1]![n - 1]!);
      n--;
      continue;
    }
    step(h, n, round);
  }
  return found;
}

/** Q R = H - shift I by rotations, H = R Q + shift I. */
function step(h: Matrix, n: number, round: number): void {
  const [a, b, c, d] = [h[n - 2]![n - 2]!, h[n - 2]![n - 1]!, h[n - 1]![n - 2]!, h[n - 1]![n - 1]!];
  const half = scaled(sub(a, d), 0.5);
  const root = sqrt(add(mul(half, half), mul(b, c)));
  const [plus, minus] = [add(half, root), sub(half, root)];
  // Every eleventh shift is another one, for those few matrices that the others only turn around.
  const shift = round % 11 === 10 ? add(d, { re: size(c), im: size(b) }) : add(d, size(plus) < size(minus) ? plus : minus);
  for (let i = 0; i < n; i++) h[i]![i] = sub(h[i]![i]!, shift);
  const rotations: { readonly i: number; readonly j: number; readonly c: Complex; readonly s: Complex }[] = [];
  for (let j = 0; j < n - 1; j++) {
    for (let i = j + 1; i < n; i++) {
      const length = Math.hypot(size(h[j]![j]!), size(h[i]![j]!));
      if (size(h[i]![j]!) === 0) continue;
      const [cosine, sine] = [scaled(h[j]![j]!, 1 / length), scaled(h[i]![j]!, 1 / length)];
      for (let k = j; k < n; k++) {
        const [x, y] = [h[j]![k]!, h[i]![k]!];
        h[j]![k] = add(mul(conjugate(cosine), x), mul(conjugate(sine), y));
        h[i]![k] = sub(mul(cosine, y), mul(sine, x));
      }
      rotations.push({ i, j, c: cosine, s: sine });
    }
  }
  for (const { i, j, c: cosine, s: sine } of rotations) {
    for (let k = 0; k < n; k++) {
      const [x, y] = [h[k]![j]!, h[k]![i]!];
      h[k]![j] = add(mul(x, cosine), mul(y, sine));
      h[k]![i] = sub(mul(y, conjugate(cosine)), mul(x, conjugate(sine)));
    }
  }
  for (let i = 0; i < n; i++) h[i]![i] = add(h[i]![i]!, shift);
}

function eigenvector(a: Matrix, value: Complex, norm: number, start: number): Complex[] {
  const n = a.length;
  const shift = add(value, { re: 2 ** -51 * (norm || 1), im: 0 });
  let x: Complex[] = Array.from({ length: n }, (_, i) => ({ re: Number(i === start) + 0.01 / (1 + i), im: 0 }));
  if (norm === 0) x = x.map((_, i) => ({ re: Number(i === start), im: 0 }));
  for (let round = 0; round < 3; round++) {
    x = solve(a.map((row, i) => row.map((element, j) => (i === j ? sub(element, shift) : element))), x);
    const length = Math.hypot(...x.map(size));
    x = x.map((element) => scaled(element, 1 / length));
  }
  const most = Math.max(...x.map(size));
  const first = x.find((element) => size(element) >= most / 2)!;
  const phase = scaled(conjugate(first), 1 / size(first));
  return x.map((element) => mul(element, phase));
}

/** Gaussian elimination with pivots; a pivot that vanishes is replaced by a small one. */
function solve(a: Matrix, right: Complex[]): Complex[] {
  const n = a.length;
  const x = [...right];
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (size(a[i]![k]!) > size(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    [x[k], x[pivot]] = [x[pivot]!, x[k]!];
    if (size(a[k]![k]!) === 0) a[k]![k] = { re: 1e-300, im: 0 };
    for (let i = k + 1; i < n; i++) {
      const factor = div(a[i]![k]!, a[k]![k]!);
      for (let j = k; j < n; j++) a[i]![j] = sub(a[i]![j]!, mul(factor, a[k]![j]!));
      x[i] = sub(x[i]!, mul(factor, x[k]!));
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] = sub(x[i]!, mul(a[i]![j]!, x[j]!));
    x[i] = div(x[i]!, a[i]![i]!);
  }
  return x;
}
