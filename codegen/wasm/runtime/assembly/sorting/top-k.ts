// The first k of the sorted line, with their indices. Counts of the leading digit tell which records can be among them; those are sorted.

import { keyOf } from "./ordered-key";
import { recordBytes, sortRecords, storeRecord } from "./radix-sort";
import { writeRecords } from "./sort";

const LEADING_DIGIT = 11;

function topK<T, K>(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  const flip: K = descending ? ~(<K>0) : 0;
  const bytes = <usize>n * recordBytes<K>();
  const last = lastDigit<T, K>(keys, n, k, flip, workspace + 2 * bytes);
  let candidates = 0;
  for (let i = 0; i < n; i++) {
    const key = keyOf<T, K>(load<T>(keys + <usize>i * sizeof<T>()), flip);
    storeRecord<K>(workspace + <usize>candidates * recordBytes<K>(), key, i);
    candidates += <i32>(leadingDigit<K>(key) <= last);
  }
  writeRecords<T, K>(sortRecords<K>(workspace, workspace + bytes, candidates, workspace + 2 * bytes), k, flip, keys, values, indices);
  return 0;
}

// @ts-ignore: decorator
@inline
function leadingDigit<K>(key: K): i32 {
  return <i32>(key >> <K>(8 * sizeof<K>() - LEADING_DIGIT));
}

/** The leading digit of the k-th key in order. */
function lastDigit<T, K>(keys: usize, n: i32, k: i32, flip: K, counts: usize): i32 {
  memory.fill(counts, 0, 4 << LEADING_DIGIT);
  for (let i = 0; i < n; i++) {
    const count = counts + (<usize>leadingDigit<K>(keyOf<T, K>(load<T>(keys + <usize>i * sizeof<T>()), flip)) << 2);
    store<i32>(count, load<i32>(count) + 1);
  }
  let digit = 0;
  for (let before = 0; digit < (1 << LEADING_DIGIT) - 1; digit++) {
    before += load<i32>(counts + (<usize>digit << 2));
    if (before >= k) break;
  }
  return digit;
}

export function top_k_f32(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  return topK<f32, u32>(keys, values, indices, n, k, descending, workspace);
}

export function top_k_f64(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  return topK<f64, u64>(keys, values, indices, n, k, descending, workspace);
}

export function top_k_i32(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  return topK<i32, u32>(keys, values, indices, n, k, descending, workspace);
}

export function top_k_u32(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  return topK<u32, u32>(keys, values, indices, n, k, descending, workspace);
}

export function top_k_i64(keys: usize, values: usize, indices: usize, n: i32, k: i32, descending: i32, workspace: usize): i32 {
  return topK<i64, u64>(keys, values, indices, n, k, descending, workspace);
}
