// The innermost loop of products and of triangular systems: a tile of C in registers, 5 rows of 2 vectors, over packed panels. It is the
// module's own (codegen/wasm/gemm/micro-kernel.ts), which says why the loop has this form; only that it subtracts.

import { address } from "./element";

/** Rows of a tile: panels of A have as many numbers for each k. Panels of B have two vectors. */
export const TILE = 5;

/** C [5, 2 vectors] -= A B. Each element takes its products one after the other in the order of k. */
export function subtractTile<T>(depth: i32, a: usize, b: usize, c: usize, cRow: i32): void {
  const c1 = address<T>(c, cRow);
  const c2 = address<T>(c1, cRow);
  const c3 = address<T>(c2, cRow);
  const c4 = address<T>(c3, cRow);
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  let s40 = v128.load(c4);
  let s41 = v128.load(c4, 16);
  let at = b;
  let from = a;
  const end = b + (<usize>depth) * 32;
  if (at != end) {
    do {
      const b0 = v128.load(at);
      const b1 = v128.load(at, 16);
      let x = v128.load_splat<T>(from);
      s00 = v128.sub<T>(s00, v128.mul<T>(x, b0));
      s01 = v128.sub<T>(s01, v128.mul<T>(x, b1));
      x = v128.load_splat<T>(from, sizeof<T>());
      s10 = v128.sub<T>(s10, v128.mul<T>(x, b0));
      s11 = v128.sub<T>(s11, v128.mul<T>(x, b1));
      x = v128.load_splat<T>(from, 2 * sizeof<T>());
      s20 = v128.sub<T>(s20, v128.mul<T>(x, b0));
      s21 = v128.sub<T>(s21, v128.mul<T>(x, b1));
      x = v128.load_splat<T>(from, 3 * sizeof<T>());
      s30 = v128.sub<T>(s30, v128.mul<T>(x, b0));
      s31 = v128.sub<T>(s31, v128.mul<T>(x, b1));
      x = v128.load_splat<T>(from, 4 * sizeof<T>());
      s40 = v128.sub<T>(s40, v128.mul<T>(x, b0));
      s41 = v128.sub<T>(s41, v128.mul<T>(x, b1));
      from += TILE * sizeof<T>();
      at += 32;
    } while (at != end);
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
  v128.store(c4, s40);
  v128.store(c4, s41, 16);
}
