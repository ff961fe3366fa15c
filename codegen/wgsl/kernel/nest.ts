// Loops whose iterations may be shared out in any way that is fixed: what they carry is combined, and nothing goes from one iteration to another
// besides.

import type { Carried, Instruction, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { eachRead } from "../../../ir/kernel/reads.ts";
import { stores, touchedBindings } from "./dependence.ts";

/** Loops that are one range, from the outermost inwards: what one carries goes through those inside. */
export type Nest = readonly [LoopInstruction, ...LoopInstruction[]];

/** Undefined: the order of the loop's iterations matters. */
export function nestOf(loop: LoopInstruction, bindings: readonly number[]): Nest | undefined {
  if (!isShareable(loop)) return undefined;
  const nest: [LoopInstruction, ...LoopInstruction[]] = [loop];
  const defined = new Set<ValueId>();
  for (let outer = loop; ;) {
    defined.add(outer.index);
    for (const { current } of outer.carried) defined.add(current);
    for (const instruction of outer.body) if ("id" in instruction) defined.add(instruction.id);
    const inner = innerOf(outer, bindings);
    if (inner === undefined || defined.has(inner.extent)) return nest;
    nest.push(inner);
    outer = inner;
  }
}

/** The innermost loop that a range goes through. */
export function innermost(nest: Nest): LoopInstruction {
  return nest[nest.length - 1]!;
}

/** Nests in a body that are not in one another. */
export function nestsIn(body: readonly Instruction[], bindings: readonly number[]): readonly Nest[] {
  return body.flatMap((instruction) => {
    if (instruction.kind !== "loop") return [];
    const nest = nestOf(instruction, bindings);
    return nest === undefined ? nestsIn(instruction.body, bindings) : [nest];
  });
}

function isShareable(loop: LoopInstruction): boolean {
  if (loop.order === "parallel" || loop.lanes > 1) return true;
  return loop.carried.length > 0 && !stores(loop.body) && loop.carried.every((carried) => accumulates(loop, carried));
}

/** Whether all that becomes of the current value is that something is combined into it. */
function accumulates({ body }: LoopInstruction, { current, next, combine }: Carried): boolean {
  let uses = 0;
  for (const instruction of body) eachRead(instruction, (id) => (uses += id === current ? 1 : 0));
  return combine !== undefined && uses === 1 && body.some((instruction) => {
    if (instruction.kind === "op") return instruction.id === next && instruction.op === combine && instruction.args.includes(current);
    return instruction.kind === "loop" && isShareable(instruction)
      && instruction.carried.some((through) => through.init === current && through.result === next && through.combine === combine);
  });
}

/** The loop that lies directly in another, which does nothing besides but compute values for it. */
function innerOf({ carried, body }: LoopInstruction, bindings: readonly number[]): LoopInstruction | undefined {
  const [inner, ...others] = body.filter((instruction) => instruction.kind === "loop");
  if (inner === undefined || others.length > 0 || !isShareable(inner) || inner.carried.length !== carried.length) return undefined;
  if (!inner.carried.every(({ init, result, combine }, i) => init === carried[i]!.current && result === carried[i]!.next && combine === carried[i]!.combine)) return undefined;
  const values = body.filter((instruction) => instruction !== inner);
  const { loaded, stored } = touchedBindings(values, bindings);
  const within = touchedBindings(inner.body, bindings);
  return stored.size === 0 && [...loaded].every((binding) => !within.stored.has(binding)) ? inner : undefined;
}
