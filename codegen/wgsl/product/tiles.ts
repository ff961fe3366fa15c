// Which tile multiplies which matrices, as data.

import type { ProductSizes } from "./multiplication.ts";

/** A workgroup computes rows x columns of the result; each thread a square of it, in registers. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** Rows and columns of a thread, 4 or 8. */
  readonly perThread: number;
  /** What an element costs beside one of the largest tile: the less of them a thread has, the more it loads for each. */
  readonly cost: number;
}

/**
 * The largest first. For a depth of 16 each thread loads one or two blocks of 4x4, or up to four. Panels take (rows + columns) * 64 bytes of workgroup
 * memory: 16 KB and 256 threads, what every device has, are the most.
 */
export const tiles: readonly Tile[] = [
  { rows: 128, columns: 128, perThread: 8, cost: 1 },
  { rows: 64, columns: 64, perThread: 8, cost: 1.1 },
  { rows: 32, columns: 32, perThread: 8, cost: 1.25 },
  { rows: 32, columns: 32, perThread: 4, cost: 2 },
];

/** `gpu`: many cores, whose threads run in step by 32 and more. `software`: a processor in the place of a GPU, to which barriers cost more than what a wide tile computes in vain. */
export type DeviceKind = "gpu" | "software";

/** So many workgroups keep a device busy; of the threads of each. */
const busy: { readonly [kind in DeviceKind]: { readonly workgroups: number; readonly least: number; readonly most: number } } = {
  gpu: { workgroups: 128, least: 64, most: 256 },
  software: { workgroups: 2, least: 16, most: 64 },
};

/** The depth of a panel. */
const deepest = 16;

/** Of the tiles of which the result has enough for the device, the one with which it costs least; else the smallest. Sizes that are not known are taken for 1024. No choice changes a bit. */
export function chooseTile({ batch, m, n }: ProductSizes, kind: DeviceKind): Tile {
  const { workgroups, least, most } = busy[kind];
  const count = ({ rows, columns }: Tile): number => Math.ceil((m ?? 1024) / rows) * Math.ceil((n ?? 1024) / columns) * (batch ?? 1);
  const cost = (tile: Tile): number => count(tile) * tile.rows * tile.columns * tile.cost;
  const fitting = tiles.filter((tile) => threadsOf(tile) >= least && threadsOf(tile) <= most);
  const enough = fitting.filter((tile) => count(tile) >= workgroups);
  return enough.reduce((best, tile) => (cost(tile) < cost(best) ? tile : best), enough[0] ?? fitting.at(-1)!);
}

export function threadsOf({ rows, columns, perThread }: Tile): number {
  return (rows * columns) / perThread ** 2;
}

export function chooseDepth({ k }: ProductSizes): number {
  return k === undefined || k >= deepest ? deepest : Math.max(4, Math.ceil(k / 4) * 4);
}
