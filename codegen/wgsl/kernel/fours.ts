// Whether an invocation takes four places at a time, with loads and stores of 16 bytes (8 of halves): where they are neighbours in memory for all that is stored, and neighbours or
// one element for all that is loaded, and nothing else is computed from where a place is.

import type { Instruction, Kernel, LoopInstruction } from "../../../ir/kernel/kernel.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import { neededIn } from "./dependence.ts";
import type { Lanes } from "./lanes.ts";
import type { PlaceOffsets } from "./offsets.ts";

export function countLanes({ body }: Kernel, loops: readonly LoopInstruction[], bound: BoundBuffers, offsets: PlaceOffsets): Lanes {
  const place = loops.flatMap((loop, i) => (i === loops.length - 1 ? loop.body : loop.body.filter(({ kind }) => kind !== "loop")));
  if (!bound.isWhole || !offsets.isOfFours || place.some(({ kind }) => kind === "loop") || !body.every(isOfSizes)) return 1;
  const needed = neededIn(place, () => true);
  if (loops.some(({ index }) => needed.has(index))) return 1;
  const kinds = new Map<number, "vector" | "one">();
  for (const instruction of place) {
    if (instruction.kind !== "load" && instruction.kind !== "store") continue;
    const [kind, binding] = [offsets.ofFour(instruction.offset), bound.bindings[instruction.buffer]!];
    if (kind === undefined || offsets.text(instruction.offset, "at", true) === undefined) return 1;
    if ((instruction.kind === "store" && kind === "one") || (kinds.get(binding) ?? kind) !== kind) return 1;
    kinds.set(binding, kind);
  }
  return 4;
}

/** Outside of the places; functions are there for four lanes alone. */
function isOfSizes(instruction: Instruction): boolean {
  return instruction.kind === "constant" || instruction.kind === "size" || instruction.kind === "loop"
    || (instruction.kind === "op" && instruction.dtype === "i32" && ["add", "sub", "mul"].includes(instruction.op));
}
