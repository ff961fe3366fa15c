// Where the buffers of a program lie in a plan: what is bound for each, and for slices, which are parts of what is bound, the words that
// add up to where they begin.

import { InternalError } from "../../../ir/errors.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { Buffer, BufferId } from "../../../ir/program/program.ts";
import { type Dim, mulDims } from "../../../ir/size.ts";
import type { ConstantTable } from "./shader-table.ts";
import { deviceItemSize, type PlanBuffer, type PlanPlace, type PlanWord } from "./plan.ts";
import { planSize } from "./plan-size.ts";
import type { Life, Slots } from "./slots.ts";

/** How many there are, of what. */
export type Elements = Pick<Buffer, "dtype" | "elements">;

export interface Place {
  /** Index into GpuFunction.buffers. */
  readonly buffer: number;
  readonly bases: readonly PlanWord[];
  /** Whether every base is a multiple of 4. */
  readonly aligned: boolean;
}

export class Places {
  readonly planned: PlanBuffer[] = [];
  readonly #buffers: readonly Buffer[];
  readonly #slotOf: MemoryPlan["slotOf"];
  readonly #slots: Slots;
  readonly #constants: ConstantTable;
  readonly #byPlace = new Map<string, number>();
  /** Carried buffers of loops that are open, or over. */
  readonly #carried = new Map<BufferId, number>();
  /** Slice -> the depth of its loop. */
  readonly #depths = new Map<BufferId, number>();
  /** Loops that are open. */
  #depth = 0;

  constructor(buffers: readonly Buffer[], { slotOf }: MemoryPlan, slots: Slots, constants: ConstantTable) {
    this.#buffers = buffers;
    this.#slotOf = slotOf;
    this.#slots = slots;
    this.#constants = constants;
  }

  of(id: BufferId): Place {
    const buffer = this.#buffers[id]!;
    const { role, elements } = buffer;
    const bytes = bytesOf(buffer);
    switch (role.kind) {
      case "slice": {
        const depth = this.#depths.get(id);
        if (depth === undefined) throw new InternalError(`slice ${id} is read outside its loop`);
        const whole = this.of(role.of);
        const base = { step: this.#depth - depth, times: planSize(elements) };
        return { buffer: whole.buffer, bases: [...whole.bases, base], aligned: whole.aligned && isMultipleOfFour(elements) };
      }
      case "carried": {
        const carried = this.#carried.get(id);
        if (carried === undefined) throw new InternalError(`carried buffer ${id} is read outside its loop`);
        return whole(carried);
      }
      case "scratch": {
        const slot = this.#slotOf.get(id);
        if (slot === undefined) throw new InternalError(`buffer ${id} has no slot`);
        return this.at({ kind: "slot", index: slot }, bytes);
      }
      case "constant": return this.at({ kind: "constant", index: this.#constants.add(role.data) }, bytes);
      default: return this.at(role, bytes);
    }
  }

  /** What is bound for the buffer, or for what it is a part of; undefined for what no loop that is open carries. */
  wholeOf(id: BufferId): number | undefined {
    const { role } = this.#buffers[id]!;
    if (role.kind === "slice") return this.wholeOf(role.of);
    return role.kind === "carried" ? this.#carried.get(id) : this.of(id).buffer;
  }

  at(place: PlanPlace, bytes: Dim): Place {
    const key = "index" in place ? `${place.kind} ${place.index}` : place.kind;
    let buffer = this.#byPlace.get(key);
    if (buffer === undefined) this.#byPlace.set(key, (buffer = this.#add(place, bytes)));
    return whole(buffer);
  }

  /** A new slot. */
  temporary(tensor: Elements, life: Life): Place {
    const bytes = bytesOf(tensor);
    return this.at({ kind: "slot", index: this.#slots.add(bytes, life) }, bytes);
  }

  /** A carried buffer has one place as long as its loop runs. */
  settle(carried: BufferId, place: Place): void {
    this.#carried.set(carried, place.buffer);
  }

  /** The plan's loop says where the carried buffer lies. */
  carry(carried: BufferId): Place {
    const buffer = this.#add({ kind: "carried" }, bytesOf(this.#buffers[carried]!));
    this.#carried.set(carried, buffer);
    return whole(buffer);
  }

  /** Runs `body` in one more loop. */
  inLoop(slices: readonly BufferId[], body: () => void): void {
    this.#depth++;
    for (const slice of slices) this.#depths.set(slice, this.#depth);
    body();
    this.#depth--;
  }

  #add(place: PlanPlace, bytes: Dim): number {
    return this.planned.push({ place, bytes: planSize(bytes) }) - 1;
  }
}

/** On a device. */
function bytesOf({ elements, dtype }: Elements): Dim {
  return mulDims(elements, deviceItemSize(dtype));
}

function whole(buffer: number): Place {
  return { buffer, bases: [], aligned: true };
}

function isMultipleOfFour(elements: Dim): boolean {
  return typeof elements === "number" ? elements % 4 === 0 : elements.terms.every(({ coefficient }) => coefficient % 4 === 0);
}
