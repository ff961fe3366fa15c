// The slots of a function: those of its memory plan, and what the emitter needs beside them for a while. Where all sizes are known the
// latter lie behind the arena that was planned.

import type { MemoryPlan } from "../../../ir/program/plan.ts";
import { addDims, type Dim, floorDivDims, mulDims } from "../../../ir/size.ts";
import { type GpuFunction, type PlanSlot, slotAlignment, slotPadding } from "./plan.ts";
import { planSize } from "./plan-size.ts";

export interface Life { readonly first: number; readonly last: number }

export class Slots {
  readonly slots: PlanSlot[];
  readonly #planned: MemoryPlan["placement"];
  readonly #offsets: number[];
  #bytes: number;
  #isPlaced: boolean;

  constructor({ slots, placement }: MemoryPlan) {
    this.slots = slots.map(({ bytes, first, last }) => ({ bytes: planSize(bytes), first, last }));
    this.#planned = placement;
    this.#offsets = [...(placement?.offsets ?? [])];
    this.#bytes = placement?.bytes ?? 0;
    this.#isPlaced = placement !== undefined;
  }

  /** Undefined: not all sizes are known. */
  get placement(): GpuFunction["placement"] {
    return this.#isPlaced ? { offsets: this.#offsets, bytes: this.#bytes } : undefined;
  }

  /** One more, for so many bytes. */
  add(needed: Dim, life: Life): number {
    const bytes = mulDims(slotAlignment, floorDivDims(addDims(needed, slotPadding + slotAlignment - 1), slotAlignment));
    const slot = this.slots.push({ bytes: planSize(bytes), ...life }) - 1;
    if (typeof bytes !== "number") this.#isPlaced = false;
    if (this.#isPlaced) this.#place(slot, bytes as number);
    return slot;
  }

  /** Behind the plan, at the lowest place that meets nothing that lives when it does. */
  #place(slot: number, bytes: number): void {
    const { first, last } = this.slots[slot]!;
    const begin = this.#planned!.bytes;
    const meets = this.#offsets
      .map((offset, other) => ({ offset, end: offset + (this.slots[other]!.bytes as number), life: this.slots[other]! }))
      .filter(({ offset, life }) => offset >= begin && life.first <= last && first <= life.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = begin;
    for (const other of meets) {
      if (other.offset >= offset + bytes) break;
      offset = Math.max(offset, other.end);
    }
    this.#offsets.push(offset);
    this.#bytes = Math.max(this.#bytes, offset + bytes);
  }
}
