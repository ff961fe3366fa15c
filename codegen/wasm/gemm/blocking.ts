// Block sizes of the matrix product. They bound the packed panels so that one panel of B and one of A stay in the L1
// cache and a block of A in L2. They have no influence on results: see gemm.ts.

import type { GemmDtype } from "./element.ts";

export interface Blocking {
  /** Rows and columns of a register tile. */
  readonly mr: number;
  readonly nr: number;
  /** Upper bounds of a block's depth, rows and columns; actual blocks are balanced, none is much smaller than another. */
  readonly kc: number;
  readonly mc: number;
  readonly nc: number;
}

// A 5 x 2-vector tile takes 10 accumulators, two vectors of B, one broadcast element of A and one product: 14 of the 15
// vector registers that engines on x86-64 allocate. 6 x 2 spills without fused multiply-add.
// (mr + nr) * kc elements are about 20 KB: both panels in a 32 KB L1. mc * kc elements are about 180 KB, a part of L2.
export const blockings: Readonly<Record<GemmDtype, Blocking>> = {
  f32: { mr: 5, nr: 8, kc: 384, mc: 120, nc: 2048 },
  f64: { mr: 5, nr: 4, kc: 256, mc: 90, nc: 1024 },
};

/**
 * Up to so many rows a product takes the thin path, which does not pack: `ifWide` rows with at least `wide` columns,
 * else `always`; for the transposed problem, columns and rows. By the axis along which the wide operand has unit
 * stride. Measured at depths of 256 to 1024: packing catches up at 12 to 16 rows, and at 2 where W must be transposed.
 */
export const thinRows = {
  columns: { always: 4, ifWide: 12, wide: 64 },
  k: { always: 1, ifWide: 1, wide: 0 },
} as const;
/** Columns of the thin path's block, so that its results stay in L1. */
export const THIN_COLUMNS = 1024;
