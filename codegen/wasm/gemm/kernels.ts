// Which code multiplies which matrices, as data: the register tile of the packed product by element and variant of the
// code, and the shapes that take a path without packing. None of it has an influence on strict results: see gemm.ts.

import type { CodeVariant } from "../code-variant.ts";
import type { GemmDtype } from "./element.ts";

/** The largest first. */
export type Sizes = readonly [number, ...number[]];

export interface TileKernel extends CodeVariant {
  readonly dtype: GemmDtype;
  /** Rows of register tiles: panels of A have as many as the highest. */
  readonly heights: Sizes;
  /** Columns of register tiles: panels of B have as many as the widest; others serve the last panel. */
  readonly widths: Sizes;
  /** Upper bounds of a block's depth, rows and columns; actual blocks are balanced, none is much smaller than another. */
  readonly kc: number;
  readonly mc: number;
  readonly nc: number;
}

// V8 allocates 15 vector registers on x86-64. A tile of 2 vectors a row takes 2 sums for each row, the 2 vectors of B
// and an element of A; without fused multiply-add also a product: 6 rows would spill, at half the speed.
// Heights of 5 and 4 make up any number of rows from 12 on, those of 6 and 5 from 20 on; lower tiles would be rare.
// (5 + 8) * kc elements are 20 to 28 KB: both panels in a 32 KB L1. mc * kc elements are about 200 KB, a part of L2.
export const tileKernels: readonly TileKernel[] = [
  { dtype: "f32", relaxed: false, wide: false, heights: [5, 4], widths: [8], kc: 512, mc: 130, nc: 2048 },
  { dtype: "f32", relaxed: true, wide: false, heights: [6, 5], widths: [8], kc: 512, mc: 132, nc: 2048 },
  { dtype: "f32", relaxed: false, wide: true, heights: [5, 4], widths: [16, 8], kc: 256, mc: 180, nc: 2048 },
  { dtype: "f32", relaxed: true, wide: true, heights: [6, 5], widths: [16, 8], kc: 256, mc: 180, nc: 2048 },
  { dtype: "f64", relaxed: false, wide: false, heights: [5, 4], widths: [4], kc: 256, mc: 90, nc: 1024 },
  { dtype: "f64", relaxed: true, wide: false, heights: [6, 5], widths: [4], kc: 256, mc: 90, nc: 1024 },
  { dtype: "f64", relaxed: false, wide: true, heights: [5, 4], widths: [8, 4], kc: 192, mc: 120, nc: 1024 },
  { dtype: "f64", relaxed: true, wide: true, heights: [6, 5], widths: [8, 4], kc: 192, mc: 120, nc: 1024 },
];

export function tileKernel(dtype: GemmDtype, { relaxed, wide }: CodeVariant): TileKernel {
  return tileKernels.find((kernel) => kernel.dtype === dtype && kernel.relaxed === relaxed && kernel.wide === wide)!;
}

/** The axis along which the wide operand W of a thin product has unit stride. */
export type ThinLayout = "columns" | "k";

/**
 * Up to so many rows a product takes the thin path, which does not pack: `ifWide` rows with at least `wide` columns,
 * else `always`; for the transposed problem, columns and rows. By the axis along which the wide operand has unit
 * stride. Measured at depths of 256 to 1024: packing catches up at 12 to 16 rows, and at 2 where W must be transposed.
 */
export const thinRows: { readonly [L in ThinLayout]: { readonly always: number; readonly ifWide: number; readonly wide: number } } = {
  columns: { always: 4, ifWide: 12, wide: 64 },
  k: { always: 1, ifWide: 1, wide: 0 },
};
/** Columns of the thin path's block, so that its results stay in L1. */
export const THIN_COLUMNS = 1024;
