// Offsets for slots of known sizes: two slots that live at the same time never share bytes. Two orders are tried and the
// smaller arena is kept: largest first, which packs best, and by time, which takes time linear in the slots.
// A module whose sizes are known only at run time places its slots as `placeBySize` does.

import type { Slot } from "../ir/program/plan.ts";

export interface Placement {
  readonly offsets: readonly number[];
  /** Of the arena. */
  readonly bytes: number;
}

export type SizedSlot = Slot & { readonly bytes: number };

/** Above so many slots only the order by time is tried: the other looks at every pair of slots. */
const pairwiseLimit = 256;

export function placeSlots(slots: readonly SizedSlot[]): Placement {
  const byTime = placeByTime(slots);
  if (slots.length > pairwiseLimit) return byTime;
  const bySize = placeBySize(slots);
  return bySize.bytes <= byTime.bytes ? bySize : byTime;
}

interface Range { readonly from: number; readonly to: number }

/** Largest first, each at the lowest place that meets no slot that lives when it does. */
export function placeBySize(slots: readonly SizedSlot[]): Placement {
  const offsets = new Array<number>(slots.length).fill(0);
  const order = [...slots.keys()].sort((a, b) => slots[b]!.bytes - slots[a]!.bytes || a - b);
  /** By offset. */
  const placed: number[] = [];
  let total = 0;
  for (const index of order) {
    const slot = slots[index]!;
    let offset = 0;
    for (const other of placed) {
      if (offsets[other]! >= offset + slot.bytes) break;
      if (slots[other]!.first > slot.last || slot.first > slots[other]!.last) continue;
      offset = Math.max(offset, offsets[other]! + slots[other]!.bytes);
    }
    offsets[index] = offset;
    total = Math.max(total, offset + slot.bytes);
    placed.splice(firstFrom(placed, (other) => offsets[other]! >= offset), 0, index);
  }
  return { offsets, bytes: total };
}

/** As an allocator would at run time: at each statement the dead are freed, then the new get the smallest gap that holds them. */
function placeByTime(slots: readonly SizedSlot[]): Placement {
  const offsets = new Array<number>(slots.length).fill(0);
  const starts = [...slots.keys()].sort((a, b) => slots[a]!.first - slots[b]!.first || slots[b]!.bytes - slots[a]!.bytes || a - b);
  const ends = [...slots.keys()].sort((a, b) => slots[a]!.last - slots[b]!.last);
  const gaps = new Gaps();
  let freed = 0;
  for (const index of starts) {
    for (; slots[ends[freed]!]!.last < slots[index]!.first; freed++) gaps.free(offsets[ends[freed]!]!, slots[ends[freed]!]!.bytes);
    offsets[index] = gaps.take(slots[index]!.bytes);
  }
  return { offsets, bytes: gaps.end };
}

/** The free ranges below `end`, by offset, none touching another. */
class Gaps {
  readonly #ranges: Range[] = [];
  end = 0;

  take(bytes: number): number {
    let best = -1;
    this.#ranges.forEach(({ from, to }, i) => {
      if (to - from >= bytes && (best < 0 || to - from < this.#ranges[best]!.to - this.#ranges[best]!.from)) best = i;
    });
    if (best >= 0) {
      const { from, to } = this.#ranges[best]!;
      this.#ranges.splice(best, 1, ...(to - from > bytes ? [{ from: from + bytes, to }] : []));
      return from;
    }
    // The arena grows, from the gap at its end if there is one.
    const from = this.#ranges.at(-1)?.to === this.end ? this.#ranges.pop()!.from : this.end;
    this.end = from + bytes;
    return from;
  }

  free(offset: number, bytes: number): void {
    const at = firstFrom(this.#ranges, ({ from }) => from > offset);
    const [before, after] = [this.#ranges[at - 1], this.#ranges[at]];
    const [joinsBefore, joinsAfter] = [before?.to === offset, after?.from === offset + bytes];
    const merged = { from: joinsBefore ? before!.from : offset, to: joinsAfter ? after!.to : offset + bytes };
    this.#ranges.splice(joinsBefore ? at - 1 : at, Number(joinsBefore) + Number(joinsAfter), merged);
  }
}

/** The first index at which a condition holds that holds from there on. */
function firstFrom<T>(list: readonly T[], holds: (entry: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
