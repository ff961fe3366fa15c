// Stable sort of a line, and the order: sorted[i] = keys[order[i]].

import { keyOf, valueOf } from "./ordered-key";
import { recordBytes, sortRecords, storeRecord } from "./radix-sort";

function sort<T, K>(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  const flip: K = descending ? ~(<K>0) : 0;
  const bytes = <usize>n * recordBytes<K>();
  for (let i = 0; i < n; i++) {
    storeRecord<K>(workspace + <usize>i * recordBytes<K>(), keyOf<T, K>(load<T>(keys + <usize>i * sizeof<T>()), flip), i);
  }
  writeRecords<T, K>(sortRecords<K>(workspace, workspace + bytes, n, workspace + 2 * bytes), n, flip, keys, sorted, order);
  return 0;
}

/** The values and indices of sorted records. */
export function writeRecords<T, K>(records: usize, n: i32, flip: K, keys: usize, sorted: usize, order: usize): void {
  const zero = keyOf<T, K>(0, flip);
  for (let i = 0; i < n; i++) {
    const at = records + <usize>i * recordBytes<K>();
    const key = load<K>(at);
    const index = <i32>load<K>(at, sizeof<K>());
    store<i32>(order + (<usize>i << 2), index);
    // Which of the zeros it is only the line knows.
    const value: T = isFloat<T>() && key == zero ? load<T>(keys + <usize>index * sizeof<T>()) : valueOf<T, K>(key, flip);
    store<T>(sorted + <usize>i * sizeof<T>(), value);
  }
}

export function sort_f32(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  return sort<f32, u32>(keys, sorted, order, n, descending, workspace);
}

export function sort_f64(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  return sort<f64, u64>(keys, sorted, order, n, descending, workspace);
}

export function sort_i32(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  return sort<i32, u32>(keys, sorted, order, n, descending, workspace);
}

export function sort_u32(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  return sort<u32, u32>(keys, sorted, order, n, descending, workspace);
}

export function sort_i64(keys: usize, sorted: usize, order: usize, n: i32, descending: i32, workspace: usize): i32 {
  return sort<i64, u64>(keys, sorted, order, n, descending, workspace);
}
