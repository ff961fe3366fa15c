// A x of a matrix by coordinates and a vector: each stored element adds through memory, but four of one row that follow each other add to one sum.

import { address, arePlain, placeOf } from "./rows";

/** x has `height` numbers, the result `size`. */
// @ts-ignore: decorator
@inline
export function cooMatvec<T>(values: usize, rows: usize, columns: usize, x: usize, result: usize, stored: i32, height: i32, size: i32): i32 {
  memory.fill(result, 0, address<T>(0, size));
  if (arePlain(rows, 0, stored) && arePlain(columns, 0, stored)) addElements<T, u32>(values, rows, columns, x, result, stored, height, size);
  else addElements<T, i32>(values, rows, columns, x, result, stored, height, size);
  return 0;
}

function addElements<T, P>(values: usize, rows: usize, columns: usize, x: usize, result: usize, stored: usize, height: i32, size: i32): void {
  let k: usize = 0;
  for (; k + 4 <= stored; k += 4) {
    const places = v128.load(rows + (k << 2));
    if (i32x4.all_true(i32x4.eq(places, i32x4.splat(i32x4.extract_lane(places, 0))))) {
      const to = address<T>(result, placeOf<P>(rows, k, size));
      let sum = load<T>(to) + term<T, P>(values, columns, k, x, height);
      sum += term<T, P>(values, columns, k + 1, x, height);
      sum += term<T, P>(values, columns, k + 2, x, height);
      sum += term<T, P>(values, columns, k + 3, x, height);
      store<T>(to, sum);
    } else {
      for (let one = k; one < k + 4; one++) addElement<T, P>(values, rows, columns, one, x, result, height, size);
    }
  }
  for (; k < stored; k++) addElement<T, P>(values, rows, columns, k, x, result, height, size);
}

// @ts-ignore: decorator
@inline
function addElement<T, P>(values: usize, rows: usize, columns: usize, k: usize, x: usize, result: usize, height: i32, size: i32): void {
  const to = address<T>(result, placeOf<P>(rows, k, size));
  store<T>(to, load<T>(to) + term<T, P>(values, columns, k, x, height));
}

// @ts-ignore: decorator
@inline
function term<T, P>(values: usize, columns: usize, k: usize, x: usize, height: i32): T {
  return load<T>(address<T>(values, k)) * load<T>(address<T>(x, placeOf<P>(columns, k, height)));
}
