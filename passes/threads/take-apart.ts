// A kernel of several loops over everything as a launch for each of them, so that each can be shared out: reductions in blocks, whose results then go through memory, and parallel loops.
// What stands between them is little, and every launch that needs it does it again, the combination of the blocks, in their order, too. So the bits are those of the kernel.

import type { Access, Instruction, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import type { Buffer, BufferId, Launch } from "../../ir/program/program.ts";
import { maxId } from "../kernel/coalesce.ts";
import { hoistSizes, markReads } from "../kernel/hoist-sizes.ts";
import { loopExtent } from "./loop-extent.ts";
import { hasStore } from "./range-kernel.ts";

/** `declare` makes a buffer. Undefined where no reduction is in blocks, or the kernel has another form. */
export function takeApart(launch: Launch, declare: (buffer: Buffer) => BufferId): readonly Launch[] | undefined {
  const { kernel } = launch;
  const { body } = kernel;
  const lastLoop = body.findLastIndex(({ kind }) => kind === "loop");
  if (!body.some(isInBlocks) || body.slice(0, lastLoop).some(({ kind }) => kind === "store")) return undefined;
  const [buffers, ids] = [[...kernel.buffers], [...launch.buffers]];
  let next = 1 + maxId(body);
  const launches: Launch[] = [];
  /** What stands before a loop, as later launches do it again. */
  const before: Instruction[] = [];
  const end = (last: readonly Instruction[]): void => {
    launches.push(withWhatItNeeds({ ...launch, kernel: { ...kernel, buffers, body: [...before, ...last] }, buffers: ids }));
  };
  for (const instruction of body.slice(0, lastLoop + 1)) {
    if (isInBlocks(instruction)) {
      const elements = loopExtent(kernel, instruction.extent, launch.sizes);
      if (elements === undefined) return undefined;
      const partials = instruction.carried.map(({ dtype }) => {
        ids.push(declare({ dtype, elements, role: { kind: "scratch" } }));
        return buffers.push({ dtype, access: "readwrite" }) - 1;
      });
      const { blocks, combination } = divide(instruction, partials, () => next++);
      end([blocks]);
      before.push(combination);
    } else if (hasStore(instruction)) {
      end([instruction]);
    } else {
      if (!isRepeatable(instruction, launch)) return undefined;
      before.push(instruction);
    }
  }
  if (lastLoop < body.length - 1) end(body.slice(lastLoop + 1));
  return launches;
}

interface Divided {
  /** A parallel loop that stores what each block amounts to. */
  readonly blocks: LoopInstruction;
  readonly combination: LoopInstruction;
}

function divide(loop: LoopInstruction, partials: readonly number[], fresh: () => ValueId): Divided {
  const nexts = loop.carried.map(({ next }) => next);
  const inner = innerOf(loop)!;
  const kept = loop.body.filter((instruction) => !("id" in instruction && nexts.includes(instruction.id)));
  const stores = partials.map((buffer, i): Instruction => ({ kind: "store", buffer, offset: loop.index, value: inner.carried[i]!.result }));
  const combination = loop.carried.flatMap(({ dtype, current, next, combine }, i): Instruction[] => {
    const id = fresh();
    return [{ kind: "load", id, dtype, buffer: partials[i]!, offset: loop.index }, { kind: "op", id: next, dtype, op: combine!, args: [current, id] }];
  });
  return { blocks: { ...loop, carried: [], body: [...kept, ...stores] }, combination: { ...loop, order: "serial", body: combination } };
}

/** Whether the loop combines what a loop inside, which begins anew each time, amounts to. */
function isInBlocks(loop: Instruction): loop is LoopInstruction {
  if (loop.kind !== "loop" || loop.order !== "parallel" || loop.lanes > 1 || loop.carried.length === 0) return false;
  const inner = innerOf(loop);
  const currents = new Set(loop.carried.map(({ current }) => current));
  return inner !== undefined && inner.carried.length === loop.carried.length && inner.carried.every(({ init }) => !currents.has(init)) && loop.carried.every(({ current, next, combine }, i) => {
    const last = loop.body.find((instruction) => "id" in instruction && instruction.id === next);
    return last?.kind === "op" && last.op === combine && last.args[0] === current && last.args[1] === inner.carried[i]!.result;
  });
}

function isRepeatable(instruction: Instruction, { kernel, buffers }: Launch): boolean {
  const written = new Set(buffers.filter((_, i) => kernel.buffers[i]!.access !== "read"));
  const visit = (inner: Instruction): boolean => (inner.kind === "loop" ? inner.body.every(visit) : inner.kind !== "load" || !written.has(buffers[inner.buffer]!));
  return visit(instruction);
}

/** The launch without what none of its stores asks for. */
function withWhatItNeeds({ kernel, buffers, ...launch }: Launch): Launch {
  const needed = new Set<ValueId>();
  const body = kernel.body.toReversed().filter((instruction) => {
    const isNeeded = hasStore(instruction) || idsOf(instruction).some((id) => needed.has(id));
    if (isNeeded) markReads(instruction, needed);
    return isNeeded;
  }).reverse();
  const access = new Map<number, Access>();
  const touch = (instruction: Instruction): void => {
    if (instruction.kind === "loop") instruction.body.forEach(touch);
    if (instruction.kind !== "load" && instruction.kind !== "store") return;
    const now = instruction.kind === "load" ? "read" : "write";
    access.set(instruction.buffer, (access.get(instruction.buffer) ?? now) === now ? now : "readwrite");
  };
  body.forEach(touch);
  const kept = [...access.keys()];
  const renumber = (instruction: Instruction): Instruction => {
    if (instruction.kind === "loop") return { ...instruction, body: instruction.body.map(renumber) };
    return instruction.kind === "load" || instruction.kind === "store" ? { ...instruction, buffer: kept.indexOf(instruction.buffer) } : instruction;
  };
  return hoistSizes({
    ...launch, buffers: kept.map((i) => buffers[i]!),
    kernel: { ...kernel, buffers: kept.map((i) => ({ dtype: kernel.buffers[i]!.dtype, access: access.get(i)! })), body: body.map(renumber) },
  }, 0);
}

function idsOf(instruction: Instruction): readonly ValueId[] {
  return instruction.kind === "loop" ? instruction.carried.map(({ result }) => result) : "id" in instruction ? [instruction.id] : [];
}

function innerOf({ body }: LoopInstruction): LoopInstruction | undefined {
  const [inner, ...others] = body.filter(({ kind }) => kind === "loop") as readonly LoopInstruction[];
  return others.length === 0 ? inner : undefined;
}
