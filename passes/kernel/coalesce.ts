// Merges loops that walk memory as one: for i < n, for j < m, where i and j are only used as i*m + j, becomes one
// loop of n*m. Flat elementwise kernels come out as a single loop whatever the rank of their tensors.

import type { Carried, Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { eachRead } from "../../ir/kernel/reads.ts";

export function coalesceLoops(kernel: Kernel): Kernel {
  let nextId = 1 + maxId(kernel.body);
  const uses = countUses(kernel.body);
  const visit = (body: readonly Instruction[]): readonly Instruction[] =>
    mapChanged(body, (instruction) => {
      if (instruction.kind !== "loop") return [instruction];
      const inner = visit(instruction.body);
      const loop = inner === instruction.body ? instruction : { ...instruction, body: inner };
      return merge(loop, uses, () => nextId++) ?? [loop];
    });
  const body = visit(kernel.body);
  return body === kernel.body ? kernel : { ...kernel, body };
}

/** The instructions that replace `outer`, if its body is a multiplication by the inner extent and one inner loop. */
function merge(outer: LoopInstruction, uses: ReadonlyMap<ValueId, number>, fresh: () => ValueId): readonly Instruction[] | undefined {
  const last = outer.body[outer.body.length - 1];
  if (last?.kind !== "loop" || outer.order !== "parallel" || last.order !== "parallel") return undefined;
  const carried = mergeCarried(outer, last, uses);
  if (carried === undefined) return undefined;
  const head = outer.body.slice(0, -1);
  const scaled = head.find((instruction) => instruction.kind === "op" && instruction.op === "mul"
    && instruction.args.includes(outer.index) && instruction.args.includes(last.extent));
  if (head.length !== 1 || scaled?.kind !== "op" || uses.get(outer.index) !== 1 || uses.get(scaled.id) !== 1) return undefined;
  const sum = last.body.find((instruction) => instruction.kind === "op" && instruction.op === "add"
    && instruction.args.includes(scaled.id) && instruction.args.includes(last.index));
  if (sum?.kind !== "op" || uses.get(last.index) !== 1) return undefined;
  const extent: Instruction = { kind: "op", id: fresh(), dtype: "i32", op: "mul", args: [outer.extent, last.extent] };
  // The sum is the new index: it keeps its name, the loops' own indices disappear.
  return [extent, { ...last, index: sum.id, extent: extent.id, carried, body: last.body.filter((instruction) => instruction !== sum) }];
}

/** Values carried through both loops and touched by the inner one alone; undefined if there are others. */
function mergeCarried(outer: LoopInstruction, inner: LoopInstruction, uses: ReadonlyMap<ValueId, number>): readonly Carried[] | undefined {
  if (outer.carried.length !== inner.carried.length) return undefined;
  const merged: Carried[] = [];
  for (const [i, through] of inner.carried.entries()) {
    const around = outer.carried[i]!;
    const direct = around.combine !== undefined && around.combine === through.combine && through.init === around.current
      && around.next === through.result && uses.get(around.current) === 1 && uses.get(through.result) === 1;
    if (!direct) return undefined;
    merged.push({ ...through, init: around.init, result: around.result });
  }
  return merged;
}

function mapChanged(body: readonly Instruction[], map: (instruction: Instruction) => readonly Instruction[]): readonly Instruction[] {
  let changed = false;
  const result: Instruction[] = [];
  for (const instruction of body) {
    const mapped = map(instruction);
    changed ||= mapped.length !== 1 || mapped[0] !== instruction;
    result.push(...mapped);
  }
  return changed ? result : body;
}

export function maxId(body: readonly Instruction[]): number {
  return body.reduce((most, instruction) => {
    if (instruction.kind !== "loop") return "id" in instruction ? Math.max(most, instruction.id) : most;
    return Math.max(most, instruction.index, maxId(instruction.body), ...instruction.carried.flatMap(({ current, result }) => [current, result]));
  }, -1);
}

/** How often each value is read; a loop's extent counts. */
function countUses(body: readonly Instruction[]): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>();
  for (const instruction of body) eachRead(instruction, (id) => uses.set(id, (uses.get(id) ?? 0) + 1));
  return uses;
}
