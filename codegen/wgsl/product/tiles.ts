// Which tile multiplies which matrices, as data.

import type { ProductSizes } from "./multiplication.ts";

/** A workgroup computes rows x columns of the result; each thread a square of it, in registers. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** Rows and columns of a thread, 4 or 8. */
  readonly perThread: number;
}

/**
 * The largest first. For a depth of 16 each thread loads one or two blocks of 4x4. Panels take (rows + columns) * 64 bytes of workgroup
 * memory: 16 KB and 256 threads, what every device has, are the most.
 */
export const tiles: readonly [Tile, ...Tile[]] = [
  { rows: 128, columns: 128, perThread: 8 },
  { rows: 64, columns: 64, perThread: 8 },
  { rows: 32, columns: 32, perThread: 4 },
];

/** The largest tile of which the result has this many, so that a GPU has enough to share out. */
const worthwhile = 128;

/** The depth of a panel. */
const deepest = 16;

/** Sizes that are not known are taken for 1024, which is too few for the largest. */
export function chooseTile({ batch, m, n }: ProductSizes): Tile {
  const count = ({ rows, columns }: Tile): number => Math.ceil((m ?? 1024) / rows) * Math.ceil((n ?? 1024) / columns) * (batch ?? 1);
  return tiles.find((tile) => count(tile) >= worthwhile) ?? tiles[tiles.length - 1]!;
}

export function threadsOf({ rows, columns, perThread }: Tile): number {
  return (rows * columns) / perThread ** 2;
}

export function chooseDepth({ k }: ProductSizes): number {
  return k === undefined || k >= deepest ? deepest : Math.max(4, Math.ceil(k / 4) * 4);
}
