// How much memory a product needs for its packed panels.

import type { CodeVariant } from "../code-variant.ts";
import { type GemmDtype, elements } from "./element.ts";
import { spareLines } from "./pack.ts";
import { THIN_COLUMNS, type TileKernel, thinRows, tileKernel } from "./kernels.ts";

/** Panels start at multiples of this many bytes. */
export const PANEL_ALIGNMENT = 64;

/** Bytes of the tile that edge tiles are computed in, at the workspace's start. */
export function spareTileBytes({ dtype, heights: [mr], widths: [nr] }: TileKernel): number {
  return roundUp(mr * nr * elements[dtype].bytes, PANEL_ALIGNMENT);
}

/**
 * The bytes of workspace for C[m,n] = A[m,k] B[k,n]: an upper bound, tight but for a few KB. It grows with m and n, so
 * that the workspace of a product serves every product of a part of its rows and columns.
 */
export function gemmWorkspaceBytes(dtype: GemmDtype, code: CodeVariant, m: number, n: number, k: number): number {
  const { bytes } = elements[dtype];
  const kernel = tileKernel(dtype, code);
  const { heights: [mr], widths: [nr], kc, mc, nc } = kernel;
  const lines = Math.ceil(k / Math.max(1, Math.ceil(k / kc))) + spareLines(elements[dtype]);
  // A single block of rows takes B panel by panel.
  const columns = m <= mc ? nr : roundUp(Math.min(n, nc), nr);
  const packed = (roundUp(Math.min(m, mc), mr) + columns) * lines * bytes;
  // Results of the thin path before they are transposed.
  const thin = Math.min(m, THIN_COLUMNS) * Math.min(n, thinRows.columns.ifWide) * bytes;
  return packed + thin + spareTileBytes(kernel) + 2 * PANEL_ALIGNMENT;
}

function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}
