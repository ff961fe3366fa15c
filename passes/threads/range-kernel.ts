// A kernel that runs a range of its iterations: of one parallel loop over 0..extent it makes one over begin..end, which are
// its first two sizes from then on. Equal kernels with other ranges stay one kernel.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import type { Dim } from "../../ir/size.ts";
import { loopExtent } from "./loop-extent.ts";

export interface RangeKernel {
  readonly kernel: Kernel;
  /** The loop, as it was. */
  readonly loop: LoopInstruction;
  /** Its extent, in the sizes that the kernel is launched with. */
  readonly extent: Dim;
}

/** Undefined where the kernel is not one parallel loop whose extent is a size. What stands beside the loop, each range does again. */
export function rangeKernel(kernel: Kernel, sizes: readonly Dim[]): RangeKernel | undefined {
  const loop = soleLoop(kernel);
  if (loop === undefined) return undefined;
  const extent = loopExtent(kernel, loop, sizes);
  if (extent === undefined) return undefined;
  const [begin, end, count, step] = freshIds(kernel.body);
  const head: Instruction[] = [
    { kind: "size", id: begin, parameter: 0 },
    { kind: "size", id: end, parameter: 1 },
    { kind: "op", id: count, dtype: "i32", op: "sub", args: [end, begin] },
  ];
  const index: Instruction = { kind: "op", id: loop.index, dtype: "i32", op: "add", args: [begin, step] };
  const body = kernel.body.map((instruction) =>
    (instruction === loop ? { ...loop, index: step, extent: count, body: [index, ...shiftSizes(loop.body)] } : shiftSize(instruction)));
  return { kernel: { ...kernel, sizes: kernel.sizes + 2, body: [...head, ...body] }, loop, extent };
}

function soleLoop(kernel: Kernel): LoopInstruction | undefined {
  const [loop, ...others] = kernel.body.filter((instruction) => instruction.kind === "loop");
  if (loop === undefined || others.length > 0 || loop.order !== "parallel" || loop.carried.length > 0) return undefined;
  const repeatable = kernel.body.every((instruction) => instruction.kind !== "store"
    && (instruction.kind !== "load" || kernel.buffers[instruction.buffer]!.access === "read"));
  return repeatable ? loop : undefined;
}

function shiftSizes(body: readonly Instruction[]): readonly Instruction[] {
  return body.map(shiftSize);
}

function shiftSize(instruction: Instruction): Instruction {
  if (instruction.kind === "size") return { ...instruction, parameter: instruction.parameter + 2 };
  return instruction.kind === "loop" ? { ...instruction, body: shiftSizes(instruction.body) } : instruction;
}

function freshIds(body: readonly Instruction[]): readonly [ValueId, ValueId, ValueId, ValueId] {
  let next = 0;
  const visit = (instructions: readonly Instruction[]): void => {
    for (const instruction of instructions) {
      if ("id" in instruction) next = Math.max(next, instruction.id + 1);
      if (instruction.kind !== "loop") continue;
      for (const id of [instruction.index, ...instruction.carried.flatMap(({ current, result }) => [current, result])]) next = Math.max(next, id + 1);
      visit(instruction.body);
    }
  };
  visit(body);
  return [next, next + 1, next + 2, next + 3];
}
