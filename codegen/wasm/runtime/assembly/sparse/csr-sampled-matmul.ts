// Products of rows of x and y for the stored elements of rows first to end.

import { address, arePlain, border, columnOf, sumLanes } from "./rows";

/** x and y have rows of `width` numbers, y `height` of them. */
// @ts-ignore: decorator
@inline
export function csrSampledMatmul<T>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32): i32 {
  if (width != 1) return dots<T>(columns, borders, x, y, result, stored, rows, height, width, first, end);
  if (arePlain(columns, border(borders, first, rows, stored), border(borders, end, rows, stored))) products<T, u32>(columns, borders, x, y, result, stored, rows, height, first, end);
  else products<T, i32>(columns, borders, x, y, result, stored, rows, height, first, end);
  return 0;
}

function products<T, C>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, first: i32, end: i32): void {
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    const factor = load<T>(address<T>(x, <usize>row));
    // A sum of one product: -0 becomes 0.
    for (; k < next; k++) store<T>(address<T>(result, k), <T>0 + factor * load<T>(address<T>(y, columnOf<C>(columns, k, height))));
  }
}

function dots<T>(columns: usize, borders: usize, x: usize, y: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32): i32 {
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    const from = address<T>(x, <usize>row * <usize>width);
    for (; k < next; k++) store<T>(address<T>(result, k), dot<T>(width, from, address<T>(y, columnOf<i32>(columns, k, height) * <usize>width)));
  }
  return 0;
}

/** Sums of so many products run in four lanes. */
const long: i32 = 8;

function dot<T>(width: i32, x: usize, y: usize): T {
  let sum: T = <T>0;
  let j = 0;
  if (width >= long) {
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
