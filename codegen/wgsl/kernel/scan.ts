// Running combinations: loops that carry one value, which each iteration combines something into and stores.

import type { Instruction, LoopInstruction, OpInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { eachRead } from "../../../ir/kernel/reads.ts";
import type { CombineOp, ScalarOp } from "../../../ir/kernel/scalar.ts";

export interface Scan {
  readonly combine: CombineOp;
  /** What is combined into the running value. */
  readonly element: ValueId;
  /** Instructions that do not need the running value, and those that need the next. */
  readonly before: readonly Instruction[];
  readonly after: readonly Instruction[];
}

const combines: ReadonlySet<ScalarOp> = new Set<CombineOp>(["add", "mul", "min", "max", "and", "or", "xor"]);

/** Undefined: the loop is none, or an iteration loads what another stores. */
export function scanOf({ carried, body }: LoopInstruction, bindings: readonly number[]): Scan | undefined {
  const [value, ...others] = carried;
  if (value === undefined || others.length > 0) return undefined;
  const step = body.find((instruction): instruction is OpInstruction => instruction.kind === "op" && instruction.id === value.next);
  if (step === undefined || !combines.has(step.op) || step.args.filter((arg) => arg === value.current).length !== 1) return undefined;
  const running = new Set<ValueId>([value.next]);
  const [before, after]: [Instruction[], Instruction[]] = [[], []];
  let reads = 0;
  for (const instruction of body) {
    if (instruction === step) continue;
    let needsNext = instruction.kind === "store";
    eachRead(instruction, (id) => { needsNext ||= running.has(id); reads += id === value.current ? 1 : 0; });
    if (needsNext && instruction.kind === "loop") return undefined;
    if (needsNext && "id" in instruction) running.add(instruction.id);
    (needsNext ? after : before).push(instruction);
  }
  const element = step.args.find((arg) => arg !== value.current)!;
  if (reads > 0 || running.has(element) || !touchesOwn(before, after, bindings)) return undefined;
  return { combine: step.op as CombineOp, element, before, after };
}

/** Whether an element that is stored is loaded in the same iteration alone: at the same offset. */
function touchesOwn(before: readonly Instruction[], after: readonly Instruction[], bindings: readonly number[]): boolean {
  const offsets = new Map<number, ValueId>();
  for (const instruction of after) {
    if (instruction.kind === "load") return false;
    if (instruction.kind !== "store") continue;
    const binding = bindings[instruction.buffer]!;
    if ((offsets.get(binding) ?? instruction.offset) !== instruction.offset) return false;
    offsets.set(binding, instruction.offset);
  }
  return before.every((instruction) => touchesOwnOnly(instruction, offsets, bindings));
}

function touchesOwnOnly(instruction: Instruction, offsets: ReadonlyMap<number, ValueId>, bindings: readonly number[]): boolean {
  if (instruction.kind === "loop") return instruction.body.every((inner) => touchesOwnOnly(inner, offsets, bindings));
  if (instruction.kind === "store") return false;
  if (instruction.kind !== "load") return true;
  const own = offsets.get(bindings[instruction.buffer]!);
  return own === undefined || own === instruction.offset;
}
