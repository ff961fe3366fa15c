// How offsets move with the index of a loop, as far as it matters to who reads neighbours.

import type { Instruction, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";

/** How many loads and stores in loops lie at neighbouring offsets for neighbouring indices. */
export function countNeighbours(loops: readonly LoopInstruction[], index: ValueId, kernel: readonly Instruction[]): number {
  const strides = new Map<ValueId, number>([[index, 1]]);
  const constants = new Map<ValueId, number>();
  let count = 0;
  const inside = new Set<Instruction>(loops);
  /** NaN: it moves, and by how much is not known. */
  const strideOf = (id: ValueId): number => strides.get(id) ?? 0;
  const visit = (body: readonly Instruction[], counts: boolean): void => {
    for (const instruction of body) {
      if (instruction.kind === "constant") constants.set(instruction.id, Number(instruction.value));
      if (instruction.kind === "op") {
        const [a, b] = instruction.args.map(strideOf);
        const factor = (arg: number): number => constants.get(instruction.args[arg]!) ?? NaN;
        switch (instruction.op) {
          case "add": strides.set(instruction.id, a! + b!); break;
          case "sub": strides.set(instruction.id, a! - b!); break;
          case "mul": strides.set(instruction.id, a === 0 ? (b === 0 ? 0 : b! * factor(0)) : b === 0 ? a! * factor(1) : NaN); break;
          default: strides.set(instruction.id, instruction.args.every((arg) => strideOf(arg) === 0) ? 0 : NaN);
        }
      }
      if (instruction.kind === "load") strides.set(instruction.id, strideOf(instruction.offset) === 0 ? 0 : NaN);
      if ((instruction.kind === "load" || instruction.kind === "store") && counts && Math.abs(strideOf(instruction.offset)) === 1) count++;
      if (instruction.kind === "loop") visit(instruction.body, counts || inside.has(instruction));
    }
  };
  visit(kernel, false);
  return count;
}
