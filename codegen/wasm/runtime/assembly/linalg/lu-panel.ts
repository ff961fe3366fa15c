// LU of a few columns, which lie in the workspace one after the other as lines. Each takes what the columns before it contribute in one pass, on
// whose way the column before is divided by its pivot, and its own pivot is looked for.

import { address, get, lanes, put } from "./element";
import { divide, fill, largestLane, transpose } from "./vector";

/** The most columns of a panel. */
export const PANEL = 16;

/** Numbers behind a line's end that a pass goes through as well. They also keep lines of a power of two from meeting in a few sets of the cache. */
const BEYOND = 16;

/** `columns` <= m columns with m rows, in place; pivots count from the first row. Workspace: 16 (m + 16). */
export function factorPanel<T>(m: i32, columns: i32, a: usize, row: i32, pivots: usize, lines: usize): void {
  if (columns == 0) return;
  const line = m + BEYOND;
  transpose<T>(m, columns, a, row, lines, line);
  for (let j = 0; j < columns; j++) {
    const column = address<T>(lines, j * line);
    fill<T>(BEYOND, address<T>(column, m), 0);
    solveUnit<T>(j, lines, line, column);
    const pivot = j + subtractColumns<T>(m - j, j, column, address<T>(lines, j), line, address<T>(column, j));
    put<i32>(pivots, j, pivot);
    if (pivot != j) exchangeNumbers<T>(columns, address<T>(lines, j), address<T>(lines, pivot), line);
  }
  const last = address<T>(lines, (columns - 1) * (line + 1));
  divide<T>(m - columns, divisorOf<T>(get<T>(last, 0)), address<T>(last, 1));
  transpose<T>(columns, m, lines, line, a, row);
}

/** Columns below a pivot of zero are zero: there is nothing to divide. */
// @ts-ignore: decorator
@inline
function divisorOf<T>(pivot: T): T {
  return pivot == 0 ? <T>1 : pivot;
}

/** x [n] = L^-1 x for the unit lower triangle of columns that are `line` apart. */
function solveUnit<T>(n: i32, l: usize, line: i32, x: usize): void {
  for (let i = 1; i < n; i++) {
    let sum = get<T>(x, i);
    for (let p = 0; p < i; p++) sum -= get<T>(l, p * line + i) * get<T>(x, p);
    put<T>(x, i, sum);
  }
}

/** A column's numbers take `depth` products, one after the other, of its `factors` and the columns before; returns where the largest of them is. */
function subtractColumns<T>(rows: i32, depth: i32, factors: usize, before: usize, line: i32, column: usize): i32 {
  const divisor = depth > 0 ? divisorOf<T>(get<T>(before, (depth - 1) * line - 1)) : <T>1;
  const divisors = v128.splat<T>(divisor);
  let even = v128.splat<T>(0), odd = even, notNumbers = even;
  for (let i = 0; i < rows; i += 4 * lanes<T>()) {
    const to = address<T>(column, i);
    let s0 = v128.load(to), s1 = v128.load(to, 16), s2 = v128.load(to, 32), s3 = v128.load(to, 48);
    if (depth > 0) {
      let from = address<T>(before, i);
      for (let p = 0; p < depth - 1; p++) {
        const factor = v128.load_splat<T>(address<T>(factors, p));
        s0 = v128.sub<T>(s0, v128.mul<T>(factor, v128.load(from)));
        s1 = v128.sub<T>(s1, v128.mul<T>(factor, v128.load(from, 16)));
        s2 = v128.sub<T>(s2, v128.mul<T>(factor, v128.load(from, 32)));
        s3 = v128.sub<T>(s3, v128.mul<T>(factor, v128.load(from, 48)));
        from = address<T>(from, line);
      }
      const factor = v128.load_splat<T>(address<T>(factors, depth - 1));
      const x0 = v128.div<T>(v128.load(from), divisors), x1 = v128.div<T>(v128.load(from, 16), divisors);
      const x2 = v128.div<T>(v128.load(from, 32), divisors), x3 = v128.div<T>(v128.load(from, 48), divisors);
      v128.store(from, x0);
      v128.store(from, x1, 16);
      v128.store(from, x2, 32);
      v128.store(from, x3, 48);
      s0 = v128.sub<T>(s0, v128.mul<T>(factor, x0));
      s1 = v128.sub<T>(s1, v128.mul<T>(factor, x1));
      s2 = v128.sub<T>(s2, v128.mul<T>(factor, x2));
      s3 = v128.sub<T>(s3, v128.mul<T>(factor, x3));
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
    }
    // pmax is one instruction and leaves NaN out, which is looked for beside it.
    even = v128.pmax<T>(v128.pmax<T>(even, v128.abs<T>(s0)), v128.abs<T>(s2));
    odd = v128.pmax<T>(v128.pmax<T>(odd, v128.abs<T>(s1)), v128.abs<T>(s3));
    notNumbers = v128.or(notNumbers, v128.or(v128.or(v128.ne<T>(s0, s0), v128.ne<T>(s1, s1)), v128.or(v128.ne<T>(s2, s2), v128.ne<T>(s3, s3))));
  }
  // One behind the end may be no number while all others are.
  if (v128.any_true(notNumbers)) {
    for (let i = 0; i < rows; i++) if (get<T>(column, i) != get<T>(column, i)) return i;
  }
  return placeOf<T>(largestLane<T>(v128.pmax<T>(even, odd)), column);
}

/** The place of the first number of this magnitude, which is there. */
function placeOf<T>(magnitude: T, x: usize): i32 {
  const magnitudes = v128.splat<T>(magnitude);
  let i = 0;
  while (!v128.any_true(v128.eq<T>(v128.abs<T>(v128.load(address<T>(x, i))), magnitudes))) i += lanes<T>();
  while (abs<T>(get<T>(x, i)) != magnitude) i++;
  return i;
}

/** `count` pairs of numbers, `line` apart, change places. */
function exchangeNumbers<T>(count: i32, x: usize, y: usize, line: i32): void {
  for (let k = 0; k < count; k++) {
    const value = get<T>(x, k * line);
    put<T>(x, k * line, get<T>(y, k * line));
    put<T>(y, k * line, value);
  }
}
