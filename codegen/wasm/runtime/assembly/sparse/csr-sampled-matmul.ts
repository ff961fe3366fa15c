// Products of rows of x and y for the stored elements of rows first to end.

import { address, arePlain, border, placeOf, sumLanes } from "./rows";

/** x and y have rows of `width` numbers, y `height` of them. */
// @ts-ignore: decorator
@inline
export function csrSampledMatmul<T>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32): i32 {
  if (width != 1) return dots<T>(columns, borders, x, y, result, stored, rows, height, width, first, end);
  if (arePlain(columns, border(borders, first, rows, stored), border(borders, end, rows, stored))) products<T, u32>(columns, borders, x, y, result, stored, rows, height, first, end);
  else products<T, i32>(columns, borders, x, y, result, stored, rows, height, first, end);
  return 0;
}

function products<T, P>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, first: i32, end: i32): void {
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    const factor = load<T>(address<T>(x, <usize>row));
    // A sum of one product: -0 becomes 0.
    for (; k < next; k++) store<T>(address<T>(result, k), <T>0 + factor * load<T>(address<T>(y, placeOf<P>(columns, k, height))));
  }
}

function dots<T>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32): i32 {
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    const from = address<T>(x, <usize>row * <usize>width);
    if (sizeof<T>() == 4 && width >= 4) k = fourDots(columns, k, next, from, y, result, height, width);
    for (; k < next; k++) store<T>(address<T>(result, k), dot<T>(width, from, address<T>(y, placeOf<i32>(columns, k, height) * <usize>width)));
  }
  return 0;
}

function dot<T>(width: i32, x: usize, y: usize): T {
  let sum: T = <T>0;
  let j = 0;
  if (width >= 4) {
    let low = v128.splat<T>(<T>0);
    let high = low;
    for (; j + 4 <= width; j += 4) {
      low = v128.add<T>(low, v128.mul<T>(v128.load(address<T>(x, <usize>j)), v128.load(address<T>(y, <usize>j))));
      if (sizeof<T>() == 8) high = v128.add<T>(high, v128.mul<T>(v128.load(address<T>(x, <usize>j), 16), v128.load(address<T>(y, <usize>j), 16)));
    }
    sum = sumLanes<T>(low, high);
  }
  for (; j < width; j++) sum += load<T>(address<T>(x, <usize>j)) * load<T>(address<T>(y, <usize>j));
  return sum;
}

/** Four elements of a row at a time, each as `dot` has it; gives the first that is left. */
function fourDots(columns: usize, k: usize, end: usize, x: usize, y: usize, result: usize, height: i32, width: i32): usize {
  for (; k + 4 <= end; k += 4) {
    const y0 = address<f32>(y, placeOf<i32>(columns, k, height) * <usize>width);
    const y1 = address<f32>(y, placeOf<i32>(columns, k + 1, height) * <usize>width);
    const y2 = address<f32>(y, placeOf<i32>(columns, k + 2, height) * <usize>width);
    const y3 = address<f32>(y, placeOf<i32>(columns, k + 3, height) * <usize>width);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let at: usize = 0;
    for (const whole = <usize>(width & ~3) << 2; at < whole; at += 16) {
      const factors = v128.load(x + at);
      s0 = f32x4.add(s0, f32x4.mul(factors, v128.load(y0 + at)));
      s1 = f32x4.add(s1, f32x4.mul(factors, v128.load(y1 + at)));
      s2 = f32x4.add(s2, f32x4.mul(factors, v128.load(y2 + at)));
      s3 = f32x4.add(s3, f32x4.mul(factors, v128.load(y3 + at)));
    }
    // Transposed, so that lanes meet as in `sumLanes`.
    const a = v128.shuffle<f32>(s0, s1, 0, 4, 1, 5);
    const b = v128.shuffle<f32>(s0, s1, 2, 6, 3, 7);
    const c = v128.shuffle<f32>(s2, s3, 0, 4, 1, 5);
    const d = v128.shuffle<f32>(s2, s3, 2, 6, 3, 7);
    let sums = f32x4.add(
      f32x4.add(v128.shuffle<f32>(a, c, 0, 1, 4, 5), v128.shuffle<f32>(a, c, 2, 3, 6, 7)),
      f32x4.add(v128.shuffle<f32>(b, d, 0, 1, 4, 5), v128.shuffle<f32>(b, d, 2, 3, 6, 7)),
    );
    for (; at < <usize>width << 2; at += 4) {
      let others = v128.load32_zero(y0 + at);
      others = v128.load_lane<f32>(y1 + at, others, 1);
      others = v128.load_lane<f32>(y2 + at, others, 2);
      others = v128.load_lane<f32>(y3 + at, others, 3);
      sums = f32x4.add(sums, f32x4.mul(v128.load32_splat(x + at), others));
    }
    v128.store(address<f32>(result, k), sums);
  }
  return k;
}
