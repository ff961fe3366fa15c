// Loops over contiguous numbers. Sums run in two vectors of lanes, which meet in one fixed order, and the tail follows one by one.

import { address, epsilon, get, lanes, put, smallest } from "./element";

export function fill<T>(n: i32, x: usize, value: T): void {
  for (let i = 0; i < n; i++) put<T>(x, i, value);
}

/** The sum of x[i] * y[i]. */
export function dot<T>(n: i32, x: usize, y: usize): T {
  const width = lanes<T>();
  let even = v128.splat<T>(0);
  let odd = v128.splat<T>(0);
  let i = 0;
  for (; i + 2 * width <= n; i += 2 * width) {
    even = v128.add<T>(even, v128.mul<T>(v128.load(address<T>(x, i)), v128.load(address<T>(y, i))));
    odd = v128.add<T>(odd, v128.mul<T>(v128.load(address<T>(x, i), 16), v128.load(address<T>(y, i), 16)));
  }
  let sum = sumLanes<T>(v128.add<T>(even, odd));
  for (; i < n; i++) sum += get<T>(x, i) * get<T>(y, i);
  return sum;
}

// @ts-ignore: decorator
@inline
function sumLanes<T>(v: v128): T {
  if (sizeof<T>() == 4) {
    return <T>((f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)));
  }
  return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
}

/** y[i] += factor * x[i] */
export function addScaled<T>(n: i32, factor: T, x: usize, y: usize): void {
  const width = lanes<T>();
  const factors = v128.splat<T>(factor);
  let i = 0;
  for (; i + width <= n; i += width) {
    const at = address<T>(y, i);
    v128.store(at, v128.add<T>(v128.load(at), v128.mul<T>(factors, v128.load(address<T>(x, i)))));
  }
  for (; i < n; i++) put<T>(y, i, get<T>(y, i) + factor * get<T>(x, i));
}

/** x[i] *= factor */
export function scale<T>(n: i32, factor: T, x: usize): void {
  const width = lanes<T>();
  const factors = v128.splat<T>(factor);
  let i = 0;
  for (; i + width <= n; i += width) {
    const at = address<T>(x, i);
    v128.store(at, v128.mul<T>(factors, v128.load(at)));
  }
  for (; i < n; i++) put<T>(x, i, get<T>(x, i) * factor);
}

/** (x[i], y[i]) = (c * x[i] + s * y[i], c * y[i] - s * x[i]) */
export function rotate<T>(n: i32, x: usize, y: usize, c: T, s: T): void {
  const width = lanes<T>();
  const cs = v128.splat<T>(c);
  const ss = v128.splat<T>(s);
  let i = 0;
  for (; i + width <= n; i += width) {
    const xs = v128.load(address<T>(x, i));
    const ys = v128.load(address<T>(y, i));
    v128.store(address<T>(x, i), v128.add<T>(v128.mul<T>(cs, xs), v128.mul<T>(ss, ys)));
    v128.store(address<T>(y, i), v128.sub<T>(v128.mul<T>(cs, ys), v128.mul<T>(ss, xs)));
  }
  for (; i < n; i++) {
    const a = get<T>(x, i);
    const b = get<T>(y, i);
    put<T>(x, i, c * a + s * b);
    put<T>(y, i, c * b - s * a);
  }
}

export function exchange<T>(n: i32, x: usize, y: usize): void {
  const width = lanes<T>();
  let i = 0;
  for (; i + width <= n; i += width) {
    const xs = v128.load(address<T>(x, i));
    v128.store(address<T>(x, i), v128.load(address<T>(y, i)));
    v128.store(address<T>(y, i), xs);
  }
  for (; i < n; i++) {
    const a = get<T>(x, i);
    put<T>(x, i, get<T>(y, i));
    put<T>(y, i, a);
  }
}

/** The largest |x[i]|; NaN if one is NaN. */
export function largest<T>(n: i32, x: usize): T {
  const width = lanes<T>();
  let most = v128.splat<T>(0);
  let i = 0;
  for (; i + width <= n; i += width) most = v128.max<T>(most, v128.abs<T>(v128.load(address<T>(x, i))));
  let result = v128.extract_lane<T>(most, 0);
  result = max<T>(result, v128.extract_lane<T>(most, 1));
  if (sizeof<T>() == 4) {
    result = max<T>(result, v128.extract_lane<T>(most, sizeof<T>() == 4 ? 2 : 0));
    result = max<T>(result, v128.extract_lane<T>(most, sizeof<T>() == 4 ? 3 : 0));
  }
  for (; i < n; i++) result = max<T>(result, abs<T>(get<T>(x, i)));
  return result;
}

/** The Euclidean length; squares neither overflow nor vanish. */
export function norm<T>(n: i32, x: usize): T {
  const squares = dot<T>(n, x, x);
  const least = smallest<T>() / (epsilon<T>() * epsilon<T>());
  if (squares > least && squares < <T>Infinity) return sqrt<T>(squares);
  const most = largest<T>(n, x);
  if (!(most > 0 && most < <T>Infinity)) return most;
  let sum: T = 0;
  for (let i = 0; i < n; i++) {
    const part = get<T>(x, i) / most;
    sum += part * part;
  }
  return most * sqrt<T>(sum);
}

/** The place of the first number that has at least half the largest magnitude: it decides the sign of a vector. */
export function leading<T>(n: i32, x: usize): i32 {
  const half = largest<T>(n, x) / 2;
  for (let i = 0; i < n; i++) if (abs<T>(get<T>(x, i)) >= half) return i;
  return 0;
}

/** sqrt(a^2 + b^2) without overflow. */
export function hypotenuse<T>(a: T, b: T): T {
  const x = abs<T>(a);
  const y = abs<T>(b);
  const more = max<T>(x, y);
  if (!(more > 0 && more < <T>Infinity)) return more;
  const less = min<T>(x, y) / more;
  return more * sqrt<T>(1 + less * less);
}

/** to[j][i] = from[i][j] for rows x columns numbers; strides are those between rows. */
export function transpose<T>(rows: i32, columns: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  const block = 8;
  for (let top = 0; top < rows; top += block) {
    const bottom = min(top + block, rows);
    for (let j = 0; j < columns; j++) {
      const row = address<T>(to, j * toRow);
      for (let i = top; i < bottom; i++) put<T>(row, i, get<T>(from, i * fromRow + j));
    }
  }
}
