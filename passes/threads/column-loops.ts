// Finds kernels that do everything column by column: loops over rows, one after another, with parallel loops over the same columns in them and beside them. Sums over leading
// axes are such kernels, and scatters of whole rows. Any range of columns can be taken through all of it: the order in which the rows reach a column stays.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";

/** The loops over columns, undefined where there is anything else that writes, or reads what is written. */
export function columnLoops(kernel: Kernel): ReadonlySet<LoopInstruction> | undefined {
  const definitions = new Map<ValueId, Instruction>();
  const loops = new Set<LoopInstruction>();
  let extent: ValueId | undefined;
  const isWritten = (buffer: number): boolean => kernel.buffers[buffer]!.access !== "read";
  const define = (instruction: Instruction): void => {
    if ("id" in instruction) definitions.set(instruction.id, instruction);
  };

  /** Whether the offset is the column, or that of a row of columns and the column: no two columns have an element in common. */
  const isOwn = (offset: ValueId, column: ValueId): boolean => {
    if (offset === column) return true;
    const sum = definitions.get(offset);
    if (sum?.kind !== "op" || sum.op !== "add" || !sum.args.includes(column)) return false;
    const row = definitions.get(sum.args[sum.args[0] === column ? 1 : 0]!);
    return row?.kind === "op" && row.op === "mul" && row.args.includes(extent!);
  };
  const isColumnwise = (body: readonly Instruction[], column: ValueId): boolean => body.every((instruction) => {
    define(instruction);
    if (instruction.kind === "loop") return isColumnwise(instruction.body, column);
    return (instruction.kind !== "load" && instruction.kind !== "store") || !isWritten(instruction.buffer) || isOwn(instruction.offset, column);
  });
  const isWalk = (body: readonly Instruction[]): boolean => body.every((instruction) => {
    define(instruction);
    if (instruction.kind === "store") return false;
    if (instruction.kind === "load") return !isWritten(instruction.buffer);
    if (instruction.kind !== "loop") return true;
    if (instruction.carried.length > 0) return false;
    if (instruction.order === "serial") return isWalk(instruction.body);
    extent ??= instruction.extent;
    loops.add(instruction);
    return instruction.extent === extent && isColumnwise(instruction.body, instruction.index);
  });
  return isWalk(kernel.body) && loops.size > 0 ? loops : undefined;
}
