// Rows that would stand apart by a multiple of 4 KB meet in a few sets of the cache, and push each other out. Work on columns of such a
// matrix goes on in a copy whose rows stand a line of the cache further apart.

import { address } from "./element";
import { copy } from "./vector";

/** From row to row, n if the matrix can stay where it is. */
// @ts-ignore: decorator
@inline
export function rowLength<T>(n: i32): i32 {
  return (n & (4096 / <i32>sizeof<T>() - 1)) == 0 ? n + 64 / <i32>sizeof<T>() : n;
}

export function copyRows<T>(m: i32, n: i32, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < m; i++) copy<T>(n, address<T>(from, i * fromRow), address<T>(to, i * toRow));
}
