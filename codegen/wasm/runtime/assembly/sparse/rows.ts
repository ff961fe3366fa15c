// Where elements are stored, and what sums are made of. A row or column may be counted from the end: -1 is the last.

/** Address of element i. */
// @ts-ignore: decorator
@inline
export function address<T>(base: usize, i: usize): usize {
  return base + i * sizeof<T>();
}

/** Where row i of a matrix begins, and row i - 1 ends: the first at 0, the last with what is stored. */
// @ts-ignore: decorator
@inline
export function border(borders: usize, i: i32, rows: i32, stored: i32): usize {
  const inner = load<i32>(borders + (<usize>i << 2));
  return <usize>(i == 0 ? 0 : i == rows ? stored : inner);
}

/** The row or column of element k, one of `count`, as a P: i32, or u32 where `arePlain`. */
// @ts-ignore: decorator
@inline
export function placeOf<P>(places: usize, k: usize, count: i32): usize {
  const place = load<i32>(places + (k << 2));
  return <usize>(isSigned<P>() ? place + ((place >> 31) & count) : place);
}

/** Whether none of the places of elements k to before `end` is counted from the end. To look at all costs a tenth of what it saves a loop over them. */
export function arePlain(places: usize, k: usize, end: usize): bool {
  let at = places + (k << 2);
  const last = places + (end << 2);
  let some = i32x4.splat(0);
  for (; at + 64 <= last; at += 64) {
    some = v128.or(v128.or(v128.or(some, v128.load(at)), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)));
  }
  let rest = i32x4.bitmask(some);
  for (; at < last; at += 4) rest |= load<i32>(at) >>> 31;
  return rest == 0;
}

/** Four lanes in pairs: one vector of f32, or two of f64. */
// @ts-ignore: decorator
@inline
export function sumLanes<T>(low: v128, high: v128): T {
  if (sizeof<T>() == 4) return <T>((f32x4.extract_lane(low, 0) + f32x4.extract_lane(low, 1)) + (f32x4.extract_lane(low, 2) + f32x4.extract_lane(low, 3)));
  return <T>((f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1)) + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1)));
}

/** What of a vector stands in the first lanes, fewer than all. */
// @ts-ignore: decorator
@inline
export function storeSome<T>(at: usize, vector: v128, count: i32): void {
  if (sizeof<T>() == 8) {
    v128.store_lane<f64>(at, vector, 0);
    return;
  }
  v128.store_lane<f32>(at, vector, 0);
  if (count > 1) v128.store_lane<f32>(at, vector, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, vector, 2, 8);
}
