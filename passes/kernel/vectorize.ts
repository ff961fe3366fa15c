// Chooses in each loop nest the loop whose iterations run side by side, and how many of them: the one along which
// memory is contiguous. The choice depends on the kernel alone, so the order of accumulation does too.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { itemSize } from "../../ir/types.ts";
import { registerPressure } from "./pressure.ts";
import { Strides } from "./stride.ts";

export function vectorizeLoops(kernel: Kernel, target: TargetDescription): Kernel {
  const constants = new Map<ValueId, number>();
  for (const instruction of kernel.body) {
    if (instruction.kind === "constant" && typeof instruction.value === "number") constants.set(instruction.id, instruction.value);
  }
  return { ...kernel, body: visit(kernel.body, constants, target) };
}

type Constants = ReadonlyMap<ValueId, number>;

function visit(body: readonly Instruction[], constants: Constants, target: TargetDescription): readonly Instruction[] {
  return body.map((instruction) => (instruction.kind === "loop" && !hasLanes(instruction) ? choose(instruction, constants, target).loop : instruction));
}

/** Whether another pass has chosen the lanes. */
function hasLanes(loop: LoopInstruction): boolean {
  return loop.lanes > 1 || loop.body.some((instruction) => instruction.kind === "loop" && hasLanes(instruction));
}

/** The loop with lanes given to it or to loops in it, and how good that is. */
function choose(loop: LoopInstruction, constants: Constants, target: TargetDescription): { loop: LoopInstruction; gain: number } {
  let innerGain = 0;
  const body = loop.body.map((instruction) => {
    if (instruction.kind !== "loop") return instruction;
    const inner = choose(instruction, constants, target);
    innerGain += inner.gain * innerWeight;
    return inner.loop;
  });
  const lanes = lanesOf(loop, constants, target);
  const own = lanes === 1 ? 0 : gainOf(loop);
  // On equal terms inner loops: short rows stay together.
  return own > innerGain
    ? { loop: { ...loop, lanes }, gain: own }
    : { loop: { ...loop, body }, gain: innerGain };
}

/** Memory accesses that become contiguous or shared, less those that become scattered; serial work counts for lanes too. */
function gainOf(loop: LoopInstruction): number {
  const strides = new Strides(loop.index);
  let gain = 0;
  const weigh = (body: readonly Instruction[], weight: number) => {
    for (const instruction of body) {
      strides.visit(instruction);
      if (instruction.kind === "loop") { weigh(instruction.body, weight * innerWeight); continue; }
      if (instruction.kind === "load") {
        const stride = strides.of(instruction.offset);
        gain += stride === 1 ? weight : stride === 0 ? weight / 4 : -weight;
      } else if (instruction.kind === "store") {
        gain += strides.of(instruction.offset) === 1 ? weight : -2 * weight;
      } else if (instruction.kind === "op") {
        gain += weight / 8;
      }
    }
  };
  weigh(loop.body, 1);
  if (loop.carried.length > 0) gain += 0.5;
  return gain;
}

/** What one iteration of an inner loop counts for beside the outer body. */
const innerWeight = 8;

function lanesOf(loop: LoopInstruction, constants: Constants, target: TargetDescription): number {
  const combinable = loop.order === "parallel" && loop.carried.every((carried) => carried.combine !== undefined);
  const extent = constants.get(loop.extent) ?? Infinity;
  if (!combinable || extent < 4) return 1;
  const { ops, wide, nested } = measure(loop.body);
  // Short bodies wait for memory and long ones for their own chain of operations: both gain from more work side by side.
  const light = ops <= shortBody || ops >= longBody && registerPressure(loop) <= lightPressure;
  const most = wide || nested > 0 && ops > 12 ? 4 : light ? target.lightLanes : target.lanes;
  let lanes = most;
  // Of two turns the second is more than half full: rows of 10 are three turns of 4 rather than two of 8.
  while (lanes > 4 && extent <= 1.5 * lanes && extent !== lanes) lanes /= 2;
  return lanes;
}

/** Operations of a body. */
const shortBody = 6;
const longBody = 20;
/** With so many values alive at once the registers of `lightLanes` still do: engines spill few of them. */
const lightPressure = 6;

/** Size of a body: operations, whether 64-bit values occur, and loops inside. */
function measure(body: readonly Instruction[]): { ops: number; wide: boolean; nested: number } {
  let [ops, wide, nested] = [0, false, 0];
  for (const instruction of body) {
    if (instruction.kind === "op") {
      ops += instruction.dtype === "i32" || instruction.dtype === "bool" ? 0.5 : 1;
    }
    if (instruction.kind === "loop") {
      const inner = measure(instruction.body);
      [ops, wide, nested] = [ops + inner.ops, wide || inner.wide, nested + 1 + inner.nested];
    } else if ((instruction.kind === "op" || instruction.kind === "load") && itemSize[instruction.dtype] === 8) {
      wide = true;
    }
  }
  return { ops, wide, nested };
}
