// Where values belong in a line that is in ascending order, by halving without branches. A NaN is greater than every number.

import { keyOf } from "./ordered-key";

/** The number of elements before each value: those less than it, and with `right` those equal to it, too. */
function searchSorted<T, K>(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32): i32 {
  for (let i = 0; i < count; i++) {
    const key = keyOf<T, K>(load<T>(values + <usize>i * sizeof<T>()), 0);
    let start = 0;
    for (let rest = n; rest > 0;) {
      const half = (rest + 1) >> 1;
      const middle = keyOf<T, K>(load<T>(line + <usize>(start + half - 1) * sizeof<T>()), 0);
      const isBefore = right ? middle <= key : middle < key;
      start = isBefore ? start + half : start;
      rest = isBefore ? rest - half : half - 1;
    }
    store<i32>(places + (<usize>i << 2), start);
  }
  return 0;
}

export function search_sorted_f32(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32, workspace: usize): i32 {
  return searchSorted<f32, u32>(line, values, places, n, count, right);
}

export function search_sorted_f64(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32, workspace: usize): i32 {
  return searchSorted<f64, u64>(line, values, places, n, count, right);
}

export function search_sorted_i32(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32, workspace: usize): i32 {
  return searchSorted<i32, u32>(line, values, places, n, count, right);
}

export function search_sorted_u32(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32, workspace: usize): i32 {
  return searchSorted<u32, u32>(line, values, places, n, count, right);
}

export function search_sorted_i64(line: usize, values: usize, places: usize, n: i32, count: i32, right: i32, workspace: usize): i32 {
  return searchSorted<i64, u64>(line, values, places, n, count, right);
}
