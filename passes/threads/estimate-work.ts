// How long an iteration of a loop takes, roughly and in nanoseconds, to decide whether sharing it out pays.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { type Dim, evaluateDim, namesInDim } from "../../ir/size.ts";
import type { WorkCost } from "../../ir/target.ts";
import { type DType, itemSize } from "../../ir/types.ts";
import { loopExtent } from "./loop-extent.ts";

/** What a size that is not known is taken for. */
const assumedSize = 64;

export function guess(dim: Dim): number {
  return typeof dim === "number" ? dim : assumedSize;
}

/** As `guess`, of an expression in which each size counts. */
export function guessSize(dim: Dim): number {
  return evaluateDim(dim, new Map([...namesInDim(dim, new Set())].map((name) => [name, assumedSize])));
}

/** Nanoseconds that one iteration of these loops takes, all their turns together, in a kernel that is launched with these sizes. */
export function iterationWork(kernel: Kernel, loops: ReadonlySet<LoopInstruction>, sizes: readonly Dim[], cost: WorkCost): number {
  const turns = (inner: LoopInstruction): number => guess(loopExtent(kernel, inner.extent, sizes) ?? blockOf(kernel, inner.extent, sizes) ?? assumedSize);
  const words = (dtype: DType): number => Math.max(1, itemSize[dtype] / 4);
  const bodyWork = (body: readonly Instruction[], inLanes: boolean): number => body.reduce((sum, instruction) => {
    switch (instruction.kind) {
      case "op": {
        // Most arithmetic on i32 is of offsets, which emitters carry along instead.
        const share = instruction.dtype === "i32" ? 0.25 : words(instruction.dtype);
        return sum + share * (inLanes ? cost.laneOperation : cost.scalarOperation);
      }
      case "load": return sum + words(instruction.dtype) * cost.access;
      case "store": return sum + words(kernel.buffers[instruction.buffer]!.dtype) * cost.access;
      case "loop": return sum + turns(instruction) * bodyWork(instruction.body, inLanes || instruction.lanes > 1);
      default: return sum;
    }
  }, 0);
  const workIn = (body: readonly Instruction[]): number => body.reduce((sum, instruction) => {
    if (instruction.kind !== "loop") return sum;
    return sum + (loops.has(instruction) ? bodyWork(instruction.body, instruction.lanes > 1) : turns(instruction) * workIn(instruction.body));
  }, 0);
  return Math.max(cost.laneOperation, workIn(kernel.body));
}

/** An extent that is the least of something and a known size: a block, and the last one may be shorter. */
function blockOf(kernel: Kernel, extent: ValueId, sizes: readonly Dim[]): number | undefined {
  const definition = instructionsOf(kernel.body).find((instruction) => "id" in instruction && instruction.id === extent);
  if (definition?.kind !== "op" || definition.op !== "min") return undefined;
  return definition.args.map((arg) => loopExtent(kernel, arg, sizes)).find((dim) => typeof dim === "number");
}

function instructionsOf(body: readonly Instruction[]): readonly Instruction[] {
  return body.flatMap((instruction) => (instruction.kind === "loop" ? [instruction, ...instructionsOf(instruction.body)] : [instruction]));
}
