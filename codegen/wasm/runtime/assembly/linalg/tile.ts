// The innermost loop of products and of triangular systems, over packed panels: the module's own (codegen/wasm/gemm/micro-kernel.ts), so a tile
// has as many rows and columns as suit the module's code, and is relaxed or wide where that is.

import { lanes } from "./element";

@external("damo", "tile_rows_f32") declare function tile_rows_f32(): i32;
@external("damo", "tile_rows_f64") declare function tile_rows_f64(): i32;
@external("damo", "tile_columns_f32") declare function tile_columns_f32(): i32;
@external("damo", "tile_columns_f64") declare function tile_columns_f64(): i32;
@external("damo", "subtract_tile_f32") declare function subtract_tile_f32(a: usize, b: usize, c: usize, depth: i32, cRow: i32, accumulate: i32): void;
@external("damo", "subtract_tile_f64") declare function subtract_tile_f64(a: usize, b: usize, c: usize, depth: i32, cRow: i32, accumulate: i32): void;

/** Rows of a tile: 5 or 6. Panels of A have as many numbers for each k. */
// @ts-ignore: decorator
@inline
export function tileRows<T>(): i32 {
  return sizeof<T>() == 4 ? tile_rows_f32() : tile_rows_f64();
}

/** Columns of a tile: two or four vectors. Panels of B have as many numbers for each k. */
// @ts-ignore: decorator
@inline
export function tileColumns<T>(): i32 {
  return sizeof<T>() == 4 ? tile_columns_f32() : tile_columns_f64();
}

/** For workspaces, which are declared without regard to the module's code. */
export const MOST_ROWS = 6;

// @ts-ignore: decorator
@inline
export function mostColumns<T>(): i32 {
  return 4 * lanes<T>();
}

/** C [a tile] -= A B. Each element takes its products one after the other in the order of k. */
// @ts-ignore: decorator
@inline
export function subtractTile<T>(depth: i32, a: usize, b: usize, c: usize, cRow: i32): void {
  if (sizeof<T>() == 4) subtract_tile_f32(a, b, c, depth, cRow << 2, 1);
  else subtract_tile_f64(a, b, c, depth, cRow << 3, 1);
}
