// A kernel that runs a range of its iterations: of parallel loops over 0..extent it makes loops over begin..end, which are its first two sizes from then on. Equal kernels with
// other ranges stay one kernel.

import type { Instruction, Kernel, LoopInstruction } from "../../ir/kernel/kernel.ts";
import type { Dim } from "../../ir/size.ts";
import { maxId } from "../kernel/coalesce.ts";
import { columnLoops } from "./column-loops.ts";
import { loopExtent } from "./loop-extent.ts";

export interface RangeKernel {
  readonly kernel: Kernel;
  /** The loops whose iterations are divided, as they were. */
  readonly loops: ReadonlySet<LoopInstruction>;
  readonly lanes: number;
  /** Their extent, in the sizes that the kernel is launched with. */
  readonly extent: Dim;
}

/** Undefined where the kernel is neither one parallel loop that stores nor loops over the same columns, or the extent is no size. What stands beside these loops, each range does again. */
export function rangeKernel(kernel: Kernel, sizes: readonly Dim[]): RangeKernel | undefined {
  const loops = soleLoop(kernel) ?? columnLoops(kernel);
  const [first] = loops ?? [];
  if (loops === undefined || first === undefined) return undefined;
  const extent = loopExtent(kernel, first.extent, sizes);
  if (extent === undefined) return undefined;
  let next = 1 + maxId(kernel.body);
  const [begin, end, count] = [next++, next++, next++] as const;
  const divide = (body: readonly Instruction[]): readonly Instruction[] => body.map((instruction) => {
    if (instruction.kind === "size") return { ...instruction, parameter: instruction.parameter + 2 };
    if (instruction.kind !== "loop") return instruction;
    if (!loops.has(instruction)) return { ...instruction, body: divide(instruction.body) };
    const step = next++;
    const index: Instruction = { kind: "op", id: instruction.index, dtype: "i32", op: "add", args: [begin, step] };
    return { ...instruction, index: step, extent: count, body: [index, ...divide(instruction.body)] };
  });
  const head: Instruction[] = [
    { kind: "size", id: begin, parameter: 0 },
    { kind: "size", id: end, parameter: 1 },
    { kind: "op", id: count, dtype: "i32", op: "sub", args: [end, begin] },
  ];
  const lanes = Math.max(...[...loops].map((loop) => loop.lanes));
  return { kernel: { ...kernel, sizes: kernel.sizes + 2, body: [...head, ...divide(kernel.body)] }, loops, lanes, extent };
}

function soleLoop(kernel: Kernel): ReadonlySet<LoopInstruction> | undefined {
  const [loop, ...others] = kernel.body.filter(hasStore);
  if (loop?.kind !== "loop" || others.length > 0 || loop.order !== "parallel" || loop.carried.length > 0) return undefined;
  return kernel.body.every((instruction) => instruction === loop || readsOnly(instruction, kernel)) ? new Set([loop]) : undefined;
}

/** Whether it may be done again at any time. */
function readsOnly(instruction: Instruction, kernel: Kernel): boolean {
  if (instruction.kind === "loop") return instruction.body.every((inner) => readsOnly(inner, kernel));
  return instruction.kind !== "store" && (instruction.kind !== "load" || kernel.buffers[instruction.buffer]!.access === "read");
}

export function hasStore(instruction: Instruction): boolean {
  return instruction.kind === "loop" ? instruction.body.some(hasStore) : instruction.kind === "store";
}
