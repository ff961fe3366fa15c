// What an instruction of the kernel IR reads.

import type { Instruction, ValueId } from "./kernel.ts";

/** Calls `found` for each value that the instruction reads, those inside loops included. */
export function eachRead(instruction: Instruction, found: (id: ValueId) => void): void {
  switch (instruction.kind) {
    case "op": instruction.args.forEach(found); break;
    case "load": found(instruction.offset); break;
    case "store": found(instruction.offset); found(instruction.value); break;
    case "loop":
      found(instruction.extent);
      for (const { init, next } of instruction.carried) { found(init); found(next); }
      for (const inner of instruction.body) eachRead(inner, found);
  }
}
