// What instructions touch, and what a place reads.

import type { Instruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { eachRead } from "../../../ir/kernel/reads.ts";

/** Calls `found` for each load and store, those inside loops included. */
export function eachAccess(body: readonly Instruction[], found: (buffer: number, kind: "load" | "store") => void): void {
  for (const instruction of body) {
    if (instruction.kind === "loop") eachAccess(instruction.body, found);
    else if (instruction.kind === "load" || instruction.kind === "store") found(instruction.buffer, instruction.kind);
  }
}

export function stores(body: readonly Instruction[]): boolean {
  let found = false;
  eachAccess(body, (_, kind) => { found ||= kind === "store"; });
  return found;
}

export interface Touched {
  readonly loaded: ReadonlySet<number>;
  readonly stored: ReadonlySet<number>;
}

/** The bindings that instructions touch; `bindings` of the buffer parameters. */
export function touchedBindings(body: readonly Instruction[], bindings: readonly number[]): Touched {
  const [loaded, stored] = [new Set<number>(), new Set<number>()];
  eachAccess(body, (buffer, kind) => (kind === "load" ? loaded : stored).add(bindings[buffer]!));
  return { loaded, stored };
}

/** What a place reads of values to carry out its loops, loads and stores; offsets that `isKnown` are not read. */
export function neededIn(place: readonly Instruction[], isKnown: (offset: ValueId) => boolean): ReadonlySet<ValueId> {
  const needed = new Set<ValueId>();
  const need = (id: ValueId): void => void needed.add(id);
  for (const instruction of [...place].reverse()) {
    if (instruction.kind === "op" && !needed.has(instruction.id)) continue;
    if ((instruction.kind === "load" || instruction.kind === "store") && isKnown(instruction.offset)) {
      if (instruction.kind === "store") need(instruction.value);
    } else {
      eachRead(instruction, need);
    }
  }
  return needed;
}
