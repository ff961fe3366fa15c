// What a team keeps in registers of a row that it goes through more than once: what one of its loops has loaded or stored is not loaded by those after it, and what a later one stores over is not stored.

import type { Instruction, Kernel, LoadInstruction, LoopInstruction, StoreInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import { touchedBindings } from "./dependence.ts";
import type { PlaceOffsets } from "./offsets.ts";

/** Of a place, by its loads and stores of fours. Kept elements have numbers. */
export interface Kept {
  /** All as long: so many fours. */
  readonly loops: ReadonlySet<LoopInstruction>;
  readonly fours: number;
  /** Loads of what is kept, and what keeps something for them. */
  readonly from: ReadonlyMap<Instruction, number>;
  readonly saves: ReadonlyMap<Instruction, number>;
  /** Stores that nothing sees. */
  readonly dead: ReadonlySet<Instruction>;
  /** Fours that an invocation may have of a row: its loops are written out for each. */
  readonly mostTurns: number;
}

/** Of a loop that is taken in fours. */
interface RowLoop {
  readonly index: ValueId;
  /** Its loads and stores of four neighbours. */
  readonly accesses: ReadonlySet<Instruction>;
}

/** Vectors of four that an invocation has registers for, and instructions of all loops that are written out. */
const [mostTurns, mostInstructions] = [16, 1024];

/** Undefined: nothing is loaded that has been there before. */
export function keepRows(kernel: Kernel, place: readonly Instruction[], nests: ReadonlyMap<LoopInstruction, RowLoop>, offsets: PlaceOffsets, { bindings }: BoundBuffers): Kept | undefined {
  const loops = new Set<LoopInstruction>();
  const [from, saves, dead] = [new Map<Instruction, number>(), new Map<Instruction, number>(), new Set<Instruction>()];
  /** By binding and line: what has the elements as they are now, and the store that has put them there unseen. */
  const lines = new Map<number, Map<string, { readonly by: LoadInstruction | StoreInstruction; readonly unseen: boolean }>>();
  const see = (binding: number): void => lines.get(binding)?.forEach(({ by }, line, of) => of.set(line, { by, unseen: false }));
  const take = (access: LoadInstruction | StoreInstruction, axis: number): void => {
    const binding = bindings[access.buffer]!;
    const line = `${kernel.buffers[access.buffer]!.dtype} ${offsets.lineOf(access.offset, axis)}`;
    const now = lines.get(binding)?.get(line);
    if (access.kind === "load" && now !== undefined) {
      if (!saves.has(now.by)) saves.set(now.by, saves.size);
      from.set(access, saves.get(now.by)!);
      return;
    }
    if (access.kind === "load") {
      see(binding);
      lines.set(binding, new Map([...lines.get(binding) ?? [], [line, { by: access, unseen: false }]]));
      return;
    }
    if (now?.unseen === true) dead.add(now.by);
    lines.set(binding, new Map([[line, { by: access, unseen: true }]]));
  };
  let fours: number | undefined;
  for (const instruction of place) {
    const lanes = instruction.kind === "loop" ? nests.get(instruction) : undefined;
    const length = lanes && offsets.lengthOf(offsets.loopOf(lanes.index));
    if (instruction.kind === "loop" && lanes !== undefined && length !== undefined && length === (fours ?? length)) {
      fours = length;
      loops.add(instruction);
      for (const access of instruction.body) {
        if (access.kind !== "load" && access.kind !== "store") continue;
        if (lanes.accesses.has(access)) take(access, offsets.loopOf(lanes.index));
        else see(bindings[access.buffer]!);
      }
    } else {
      const { loaded, stored } = touchedBindings([instruction], bindings);
      loaded.forEach(see);
      stored.forEach((binding) => lines.delete(binding));
    }
  }
  const instructions = [...loops].reduce((sum, { body }) => sum + body.length, 0);
  return from.size === 0 ? undefined : { loops, fours: fours! / 4, from, saves, dead, mostTurns: Math.min(mostTurns, Math.floor(mostInstructions / instructions)) };
}
