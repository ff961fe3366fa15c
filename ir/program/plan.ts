// Where the scratch buffers of a program lie: the result of memory planning, read by every target.

import type { Dim } from "../size.ts";
import type { BufferId } from "./program.ts";

/** A piece of the scratch arena; live from the first to the last statement (inclusive). */
export interface Slot {
  readonly bytes: Dim;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  readonly slots: readonly Slot[];
  /** Scratch buffer -> slot. Buffers in one slot are the in-place successors of each other. */
  readonly slotOf: ReadonlyMap<BufferId, number>;
  /** Offsets of the slots and the arena's size in bytes, when every size is known. */
  readonly placement: { readonly offsets: readonly number[]; readonly bytes: number } | undefined;
}
