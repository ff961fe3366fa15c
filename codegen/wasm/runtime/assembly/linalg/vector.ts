// Loops over contiguous numbers. Sums run in two vectors of lanes, which meet in one fixed order, and the tail follows one by one.
// Two neighbouring vectors a turn are one of 256 bits where the engine joins them.

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
  for (; i + 2 * width <= n; i += 2 * width) {
    const from = address<T>(x, i);
    const at = address<T>(y, i);
    const y0 = v128.add<T>(v128.load(at), v128.mul<T>(factors, v128.load(from)));
    const y1 = v128.add<T>(v128.load(at, 16), v128.mul<T>(factors, v128.load(from, 16)));
    v128.store(at, y0);
    v128.store(at, y1, 16);
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

/** x[i] /= divisor */
export function divide<T>(n: i32, divisor: T, x: usize): void {
  const width = lanes<T>();
  const divisors = v128.splat<T>(divisor);
  let i = 0;
  for (; i + 2 * width <= n; i += 2 * width) {
    const at = address<T>(x, i);
    const x0 = v128.load(at);
    const x1 = v128.load(at, 16);
    v128.store(at, v128.div<T>(x0, divisors));
    v128.store(at, v128.div<T>(x1, divisors), 16);
  }
  for (; i < n; i++) put<T>(x, i, get<T>(x, i) / divisor);
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

/** y = x. Short lines, for which `memory.copy` would be a call out of the module. */
export function copy<T>(n: i32, x: usize, y: usize): void {
  const width = lanes<T>();
  let i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    const from = address<T>(x, i);
    const to = address<T>(y, i);
    const x0 = v128.load(from), x1 = v128.load(from, 16), x2 = v128.load(from, 32), x3 = v128.load(from, 48);
    v128.store(to, x0);
    v128.store(to, x1, 16);
    v128.store(to, x2, 32);
    v128.store(to, x3, 48);
  }
  for (; i < n; i++) put<T>(y, i, get<T>(x, i));
}

export function exchange<T>(n: i32, x: usize, y: usize): void {
  const width = lanes<T>();
  let i = 0;
  for (; i + 2 * width <= n; i += 2 * width) {
    const xs = address<T>(x, i);
    const ys = address<T>(y, i);
    const x0 = v128.load(xs), x1 = v128.load(xs, 16);
    const y0 = v128.load(ys), y1 = v128.load(ys, 16);
    v128.store(xs, y0);
    v128.store(xs, y1, 16);
    v128.store(ys, x0);
    v128.store(ys, x1, 16);
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
  let result = largestLane<T>(most);
  for (; i < n; i++) result = max<T>(result, abs<T>(get<T>(x, i)));
  return result;
}

// @ts-ignore: decorator
@inline
export function largestLane<T>(v: v128): T {
  const first = max<T>(v128.extract_lane<T>(v, 0), v128.extract_lane<T>(v, 1));
  if (sizeof<T>() == 8) return first;
  return max<T>(first, max<T>(v128.extract_lane<T>(v, sizeof<T>() == 4 ? 2 : 0), v128.extract_lane<T>(v, sizeof<T>() == 4 ? 3 : 0)));
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
  const width = lanes<T>();
  // As many rows at a time as fill a line of the cache.
  let height = 4 * width;
  let i = 0;
  for (; i + width <= rows; i += height) {
    height = min(height, (rows - i) & -width);
    const row = address<T>(from, i * fromRow);
    const target = address<T>(to, i);
    let j = 0;
    for (; j + width <= columns; j += width) {
      for (let r = 0; r < height; r += width) transposeSquare<T>(address<T>(row, r * fromRow + j), fromRow, address<T>(target, j * toRow + r), toRow);
    }
    for (; j < columns; j++) {
      for (let r = 0; r < height; r++) put<T>(target, j * toRow + r, get<T>(row, r * fromRow + j));
    }
  }
  for (; i < rows; i++) {
    for (let j = 0; j < columns; j++) put<T>(to, j * toRow + i, get<T>(from, i * fromRow + j));
  }
}

/** to[j][i] = from[i][j] for as many rows and columns as a vector has lanes. */
export function transposeSquare<T>(from: usize, fromRow: i32, to: usize, toRow: i32): void {
  const from1 = address<T>(from, fromRow);
  const to1 = address<T>(to, toRow);
  const a = v128.load(from);
  const b = v128.load(from1);
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to1, v128.shuffle<f64>(a, b, 1, 3));
    return;
  }
  const from2 = address<T>(from1, fromRow);
  const to2 = address<T>(to1, toRow);
  const c = v128.load(from2);
  const d = v128.load(address<T>(from2, fromRow));
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(to1, v128.shuffle<u64>(ab0, cd0, 1, 3));
  v128.store(to2, v128.shuffle<u64>(ab2, cd2, 0, 2));
  v128.store(address<T>(to2, toRow), v128.shuffle<u64>(ab2, cd2, 1, 3));
}
