// Rows first to end of A x. A vector takes sums in a register, of long rows four lanes of them; of a dense matrix blocks of columns stay in registers
// while the stored elements of a row go by.

import { address, arePlain, border, placeOf, storeSome, sumLanes } from "./rows";

/** x has `height` rows of `width` numbers. */
// @ts-ignore: decorator
@inline
export function csrMatmul<T>(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, rows: i32, height: i32, width: i32, first: i32, end: i32): i32 {
  if (width == 1) {
    if (arePlain(columns, border(borders, first, rows, stored), border(borders, end, rows, stored))) timesVector<T, u32>(values, columns, borders, x, result, stored, rows, height, first, end);
    else timesVector<T, i32>(values, columns, borders, x, result, stored, rows, height, first, end);
    return 0;
  }
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    timesMatrix<T>(values, columns, k, next, x, address<T>(result, <usize>row * <usize>width), height, width);
    k = next;
  }
  return 0;
}

/** Rows of so many elements are summed in lanes. */
const longRow: usize = 32;

function timesVector<T, P>(values: usize, columns: usize, borders: usize, x: usize, result: usize, stored: i32, rows: i32, height: i32, first: i32, end: i32): void {
  let k = border(borders, first, rows, stored);
  for (let row = first; row < end; row++) {
    const next = border(borders, row + 1, rows, stored);
    let sum: T = <T>0;
    if (next - k >= longRow) {
      const whole = k + ((next - k) & ~3);
      sum = sumFours<T, P>(values, columns, k, whole, x, height);
      k = whole;
    }
    for (; k < next; k++) sum += load<T>(address<T>(values, k)) * load<T>(address<T>(x, placeOf<P>(columns, k, height)));
    store<T>(address<T>(result, <usize>row), sum);
  }
}

/** The sum of elements k to before `end`, a multiple of four. */
function sumFours<T, P>(values: usize, columns: usize, k: usize, end: usize, x: usize, height: i32): T {
  let low = v128.splat<T>(<T>0);
  let high = low;
  for (; k < end; k += 4) {
    let factors = v128.load_zero<T>(address<T>(x, placeOf<P>(columns, k, height)));
    factors = v128.load_lane<T>(address<T>(x, placeOf<P>(columns, k + 1, height)), factors, 1);
    const from = address<T>(values, k);
    if (sizeof<T>() == 4) {
      factors = v128.load_lane<f32>(address<T>(x, placeOf<P>(columns, k + 2, height)), factors, 2);
      factors = v128.load_lane<f32>(address<T>(x, placeOf<P>(columns, k + 3, height)), factors, 3);
    } else {
      let others = v128.load_zero<T>(address<T>(x, placeOf<P>(columns, k + 2, height)));
      others = v128.load_lane<T>(address<T>(x, placeOf<P>(columns, k + 3, height)), others, 1);
      high = v128.add<T>(high, v128.mul<T>(v128.load(from, 16), others));
    }
    low = v128.add<T>(low, v128.mul<T>(v128.load(from), factors));
  }
  return sumLanes<T>(low, high);
}

/** One row of the result, of elements k to before `end`. What is read behind x does not count. */
function timesMatrix<T>(values: usize, columns: usize, begin: usize, end: usize, x: usize, result: usize, height: i32, width: i32): void {
  const lanes: i32 = 16 / sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  let j = 0;
  for (; j + 4 * lanes <= width; j += 4 * lanes) {
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    for (let k = begin; k < end; k++) {
      const value = v128.load_splat<T>(address<T>(values, k));
      const from = address<T>(x, placeOf<i32>(columns, k, height) * <usize>width + <usize>j);
      s0 = v128.add<T>(s0, v128.mul<T>(value, v128.load(from)));
      s1 = v128.add<T>(s1, v128.mul<T>(value, v128.load(from, 16)));
      s2 = v128.add<T>(s2, v128.mul<T>(value, v128.load(from, 32)));
      s3 = v128.add<T>(s3, v128.mul<T>(value, v128.load(from, 48)));
    }
    const to = address<T>(result, <usize>j);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; j < width; j += lanes) {
    let sum = zero;
    for (let k = begin; k < end; k++) {
      const from = address<T>(x, placeOf<i32>(columns, k, height) * <usize>width + <usize>j);
      sum = v128.add<T>(sum, v128.mul<T>(v128.load_splat<T>(address<T>(values, k)), v128.load(from)));
    }
    const to = address<T>(result, <usize>j);
    if (j + lanes <= width) v128.store(to, sum);
    else storeSome<T>(to, sum, width - j);
  }
}
