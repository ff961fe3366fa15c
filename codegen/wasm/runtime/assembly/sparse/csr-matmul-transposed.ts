// A^T x: each stored element adds a multiple of a row of x to a row of the result.

import { address, arePlain, border, placeOf } from "./rows";

/** x has `height` rows of `width` numbers, the result `size`. */
// @ts-ignore: decorator
@inline
export function csrMatmulTransposed<T>(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, height: i32, width: i32, size: i32): i32 {
  memory.fill(result, 0, address<T>(0, <usize>size * <usize>width));
  if (width != 1) addMatrix<T>(values, columns, borders, x, result, stored, height, width, size);
  else if (arePlain(columns, 0, stored)) addVector<T, u32>(values, columns, borders, x, result, stored, height, size);
  else addVector<T, i32>(values, columns, borders, x, result, stored, height, size);
  return 0;
}

function addVector<T, P>(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, height: i32, size: i32): void {
  let k: usize = 0;
  for (let row = 0; row < height; row++) {
    const next = border(borders, row + 1, height, stored);
    const factor = load<T>(address<T>(x, <usize>row));
    for (; k < next; k++) {
      const to = address<T>(result, placeOf<P>(columns, k, size));
      store<T>(to, load<T>(to) + load<T>(address<T>(values, k)) * factor);
    }
  }
}

function addMatrix<T>(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, height: i32, width: i32, size: i32): void {
  let k: usize = 0;
  for (let row = 0; row < height; row++) {
    const next = border(borders, row + 1, height, stored);
    addRows<T>(values, columns, k, next, address<T>(x, <usize>row * <usize>width), result, width, size);
    k = next;
  }
}

function addRows<T>(values: usize, columns: usize, k: usize, end: usize, x: usize, result: usize, width: i32, size: i32): void {
  const lanes: i32 = 16 / sizeof<T>();
  for (; k < end; k++) {
    const value = load<T>(address<T>(values, k));
    const vector = v128.splat<T>(value);
    const row = address<T>(result, placeOf<i32>(columns, k, size) * <usize>width);
    let j = 0;
    for (; j + lanes <= width; j += lanes) {
      const to = address<T>(row, <usize>j);
      v128.store(to, v128.add<T>(v128.load(to), v128.mul<T>(vector, v128.load(address<T>(x, <usize>j)))));
    }
    for (; j < width; j++) {
      const to = address<T>(row, <usize>j);
      store<T>(to, load<T>(to) + value * load<T>(address<T>(x, <usize>j)));
    }
  }
}
