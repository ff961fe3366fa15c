// A tile's rows by a triangle that is packed as a panel of A.

import { address, lanes } from "./element";

/** B [height,width] = L^-1 B. `unit`: the diagonal is 1 and not read. */
export function solveTile<T>(height: i32, l: usize, unit: bool, rows: usize, width: i32): void {
  for (let pair = 0; pair < width; pair += 2 * lanes<T>()) solvePair<T>(height, l, unit, address<T>(rows, pair), width);
}

/** Two vectors of each row. */
function solvePair<T>(height: i32, l: usize, unit: bool, rows: usize, width: i32): void {
  const r1 = address<T>(rows, width);
  const r2 = address<T>(r1, width);
  const r3 = address<T>(r2, width);
  const r4 = address<T>(r3, width);
  let s00 = v128.load(rows);
  let s01 = v128.load(rows, 16);
  let s10 = v128.load(r1);
  let s11 = v128.load(r1, 16);
  let s20 = v128.load(r2);
  let s21 = v128.load(r2, 16);
  let s30 = v128.load(r3);
  let s31 = v128.load(r3, 16);
  let s40 = v128.load(r4);
  let s41 = v128.load(r4, 16);
  let column = l;
  if (!unit) {
    const pivot = v128.load_splat<T>(column);
    s00 = v128.div<T>(s00, pivot);
    s01 = v128.div<T>(s01, pivot);
  }
  let x = v128.load_splat<T>(column, sizeof<T>());
  s10 = v128.sub<T>(s10, v128.mul<T>(x, s00));
  s11 = v128.sub<T>(s11, v128.mul<T>(x, s01));
  x = v128.load_splat<T>(column, 2 * sizeof<T>());
  s20 = v128.sub<T>(s20, v128.mul<T>(x, s00));
  s21 = v128.sub<T>(s21, v128.mul<T>(x, s01));
  x = v128.load_splat<T>(column, 3 * sizeof<T>());
  s30 = v128.sub<T>(s30, v128.mul<T>(x, s00));
  s31 = v128.sub<T>(s31, v128.mul<T>(x, s01));
  x = v128.load_splat<T>(column, 4 * sizeof<T>());
  s40 = v128.sub<T>(s40, v128.mul<T>(x, s00));
  s41 = v128.sub<T>(s41, v128.mul<T>(x, s01));
  column = address<T>(column, height);
  if (!unit) {
    const pivot = v128.load_splat<T>(column, sizeof<T>());
    s10 = v128.div<T>(s10, pivot);
    s11 = v128.div<T>(s11, pivot);
  }
  x = v128.load_splat<T>(column, 2 * sizeof<T>());
  s20 = v128.sub<T>(s20, v128.mul<T>(x, s10));
  s21 = v128.sub<T>(s21, v128.mul<T>(x, s11));
  x = v128.load_splat<T>(column, 3 * sizeof<T>());
  s30 = v128.sub<T>(s30, v128.mul<T>(x, s10));
  s31 = v128.sub<T>(s31, v128.mul<T>(x, s11));
  x = v128.load_splat<T>(column, 4 * sizeof<T>());
  s40 = v128.sub<T>(s40, v128.mul<T>(x, s10));
  s41 = v128.sub<T>(s41, v128.mul<T>(x, s11));
  column = address<T>(column, height);
  if (!unit) {
    const pivot = v128.load_splat<T>(column, 2 * sizeof<T>());
    s20 = v128.div<T>(s20, pivot);
    s21 = v128.div<T>(s21, pivot);
  }
  x = v128.load_splat<T>(column, 3 * sizeof<T>());
  s30 = v128.sub<T>(s30, v128.mul<T>(x, s20));
  s31 = v128.sub<T>(s31, v128.mul<T>(x, s21));
  x = v128.load_splat<T>(column, 4 * sizeof<T>());
  s40 = v128.sub<T>(s40, v128.mul<T>(x, s20));
  s41 = v128.sub<T>(s41, v128.mul<T>(x, s21));
  column = address<T>(column, height);
  if (!unit) {
    const pivot = v128.load_splat<T>(column, 3 * sizeof<T>());
    s30 = v128.div<T>(s30, pivot);
    s31 = v128.div<T>(s31, pivot);
  }
  x = v128.load_splat<T>(column, 4 * sizeof<T>());
  s40 = v128.sub<T>(s40, v128.mul<T>(x, s30));
  s41 = v128.sub<T>(s41, v128.mul<T>(x, s31));
  column = address<T>(column, height);
  if (!unit) {
    const pivot = v128.load_splat<T>(column, 4 * sizeof<T>());
    s40 = v128.div<T>(s40, pivot);
    s41 = v128.div<T>(s41, pivot);
  }
  v128.store(rows, s00);
  v128.store(rows, s01, 16);
  v128.store(r1, s10);
  v128.store(r1, s11, 16);
  v128.store(r2, s20);
  v128.store(r2, s21, 16);
  v128.store(r3, s30);
  v128.store(r3, s31, 16);
  v128.store(r4, s40);
  v128.store(r4, s41, 16);
  if (height == 5) return;
  const r5 = address<T>(r4, width);
  let s50 = v128.load(r5);
  let s51 = v128.load(r5, 16);
  column = l;
  x = v128.load_splat<T>(column, 5 * sizeof<T>());
  s50 = v128.sub<T>(s50, v128.mul<T>(x, s00));
  s51 = v128.sub<T>(s51, v128.mul<T>(x, s01));
  column = address<T>(column, height);
  x = v128.load_splat<T>(column, 5 * sizeof<T>());
  s50 = v128.sub<T>(s50, v128.mul<T>(x, s10));
  s51 = v128.sub<T>(s51, v128.mul<T>(x, s11));
  column = address<T>(column, height);
  x = v128.load_splat<T>(column, 5 * sizeof<T>());
  s50 = v128.sub<T>(s50, v128.mul<T>(x, s20));
  s51 = v128.sub<T>(s51, v128.mul<T>(x, s21));
  column = address<T>(column, height);
  x = v128.load_splat<T>(column, 5 * sizeof<T>());
  s50 = v128.sub<T>(s50, v128.mul<T>(x, s30));
  s51 = v128.sub<T>(s51, v128.mul<T>(x, s31));
  column = address<T>(column, height);
  x = v128.load_splat<T>(column, 5 * sizeof<T>());
  s50 = v128.sub<T>(s50, v128.mul<T>(x, s40));
  s51 = v128.sub<T>(s51, v128.mul<T>(x, s41));
  column = address<T>(column, height);
  if (!unit) {
    const pivot = v128.load_splat<T>(column, 5 * sizeof<T>());
    s50 = v128.div<T>(s50, pivot);
    s51 = v128.div<T>(s51, pivot);
  }
  v128.store(r5, s50);
  v128.store(r5, s51, 16);
}
