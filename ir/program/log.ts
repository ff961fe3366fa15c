// The log that `log` statements write to and hosts read: what a record says, and where its words stand (docs/abi.md).

import type { TypedArray } from "../data.ts";
import type { DType } from "../types.ts";

/** What a user asked to see. */
export interface Print {
  readonly label: string;
  readonly dtype: DType;
  /** The user's line. */
  readonly where?: string;
}

export interface LogRecord {
  /** Index of the print in the module. */
  readonly print: number;
  /** How often it was reached before. */
  readonly time: number;
  readonly shape: readonly number[];
  readonly statistics: Statistics;
  readonly first: TypedArray;
}

/** In f64; of no elements the least is Infinity, the largest -Infinity. */
export interface Statistics {
  readonly nan: number;
  /** Of the elements that are no NaN. */
  readonly least: number;
  readonly largest: number;
  readonly sum: number;
}

/** Room for records, in bytes. */
export const logCapacity = 65536;

/** Offsets in the log, in bytes. */
export const logWords = {
  /** Bytes of the records that are there. */
  used: 0,
  /** Records that found no room; no record follows the first of them. */
  dropped: 4,
  /** One after another, each at a multiple of 8. */
  records: 8,
  /** For each print, how often it was reached: from call to call. */
  counters: 8 + logCapacity,
} as const;

/** Offsets in a record, in bytes. */
export const recordWords = { print: 0, time: 4, rank: 8, count: 12, sizes: 16 } as const;

/** Statistics as four f64, then the first elements. */
export const statisticsAt = (rank: number): number => alignRecord(recordWords.sizes + 4 * rank);
export const firstAt = (rank: number): number => statisticsAt(rank) + 4 * 8;

export const recordAlignment = 8;

export function alignRecord(bytes: number): number {
  return Math.ceil(bytes / recordAlignment) * recordAlignment;
}
