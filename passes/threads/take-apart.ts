// A kernel of several loops over everything as a launch for each of them, so that each can be shared out: reductions in blocks, whose results then go through memory, and parallel loops.
// What stands between them is little, and every launch that needs it does it again, the combination of the blocks, in their order, too. So the bits are those of the kernel.

import type { Access, Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { eachRead } from "../../ir/kernel/reads.ts";
import type { Buffer, BufferId, Launch } from "../../ir/program/program.ts";
import { mulDims } from "../../ir/size.ts";
import { maxId } from "../kernel/coalesce.ts";
import { hoistSizes } from "../kernel/hoist-sizes.ts";
import { loopExtent } from "./loop-extent.ts";
import { hasStore } from "./range-kernel.ts";

/** `declare` makes a buffer. Undefined where no reduction is in blocks, or the kernel has another form. */
export function takeApart(launch: Launch, declare: (buffer: Buffer) => BufferId): readonly Launch[] | undefined {
  const { kernel, sizes } = launch;
  const rows = rowsOf(kernel);
  const body = rows?.body ?? kernel.body;
  const lastLoop = body.findLastIndex(({ kind }) => kind === "loop");
  if (!body.some(isInBlocks) || body.slice(0, lastLoop).some(({ kind }) => kind === "store")) return undefined;
  const [buffers, ids] = [[...kernel.buffers], [...launch.buffers]];
  const head = rows === undefined ? [] : kernel.body.filter((instruction) => instruction !== rows);
  if (!head.every((instruction) => isRepeatable(instruction, launch))) return undefined;
  let next = 1 + maxId(kernel.body);
  const op = (id: ValueId, name: "add" | "mul" | "div" | "rem", ...args: readonly ValueId[]): Instruction => ({ kind: "op", id, dtype: "i32", op: name, args });
  const launches: Launch[] = [];
  /** What stands before a loop, as later launches do it again. */
  const before: Instruction[] = [];
  const emit = (whole: readonly Instruction[]): void => {
    launches.push(withWhatItNeeds({ ...launch, kernel: { ...kernel, buffers, body: whole }, buffers: ids }));
  };
  const emitRows = (last: readonly Instruction[]): void => emit(rows === undefined ? [...before, ...last] : [...head, { ...rows, body: [...before, ...last] }]);
  for (const instruction of body.slice(0, lastLoop + 1)) {
    if (isInBlocks(instruction)) {
      const [blocks, count] = [instruction.extent, rows === undefined ? 1 : loopExtent(kernel, rows.extent, sizes)];
      const each = loopExtent(kernel, blocks, sizes);
      if (count === undefined || each === undefined) return undefined;
      const partials = instruction.carried.map(({ dtype }) => {
        ids.push(declare({ dtype, elements: mulDims(count, each), role: { kind: "scratch" } }));
        return buffers.push({ dtype, access: "readwrite" }) - 1;
      });
      if (rows === undefined) {
        emit([...before, { ...instruction, carried: [], body: blockInto(instruction, partials, instruction.index) }]);
        before.push(combineBlocks(instruction, partials, [], instruction.index, () => next++));
        continue;
      }
      // Blocks of all rows are one loop.
      const [all, at, row, offset] = [next++, next++, next++, next++] as const;
      const place = [op(rows.index, "div", at, blocks), ...before, op(instruction.index, "rem", at, blocks)];
      emit([...head, op(all, "mul", rows.extent, blocks), { ...rows, index: at, extent: all, body: [...place, ...blockInto(instruction, partials, at)] }]);
      before.push(op(row, "mul", rows.index, blocks), combineBlocks(instruction, partials, [op(offset, "add", row, instruction.index)], offset, () => next++));
    } else if (hasStore(instruction)) {
      // What it amounts to would be needed again, but not what it stores.
      if (resultsOf(instruction).length > 0) return undefined;
      emitRows([instruction]);
    } else {
      if (!isRepeatable(instruction, launch)) return undefined;
      before.push(instruction);
    }
  }
  if (lastLoop < body.length - 1) emitRows(body.slice(lastLoop + 1));
  return launches;
}

/** The loop over a few rows that is all the kernel does. */
function rowsOf({ body }: Kernel): LoopInstruction | undefined {
  const [loop, ...others] = body.filter((instruction) => instruction.kind === "loop" || instruction.kind === "store");
  return loop?.kind === "loop" && others.length === 0 && loop.order === "parallel" && loop.lanes === 1 && loop.carried.length === 0 ? loop : undefined;
}

/** The body of the loop over blocks, where each stores what it amounts to. */
function blockInto(loop: LoopInstruction, partials: readonly number[], offset: ValueId): readonly Instruction[] {
  const nexts = loop.carried.map(({ next }) => next);
  const inner = innerOf(loop)!;
  const computed = loop.body.filter((instruction) => !("id" in instruction && nexts.includes(instruction.id)));
  return [...computed, ...partials.map((buffer, i): Instruction => ({ kind: "store", buffer, offset, value: inner.carried[i]!.result }))];
}

/** The loop over blocks, which loads what they amount to. */
function combineBlocks(loop: LoopInstruction, partials: readonly number[], head: readonly Instruction[], offset: ValueId, fresh: () => ValueId): LoopInstruction {
  const steps = loop.carried.flatMap(({ dtype, current, next, combine }, i): Instruction[] => {
    const id = fresh();
    return [{ kind: "load", id, dtype, buffer: partials[i]!, offset }, { kind: "op", id: next, dtype, op: combine!, args: [current, id] }];
  });
  return { ...loop, order: "serial", body: [...head, ...steps] };
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
  const need = (id: ValueId): void => void needed.add(id);
  const prune = (all: readonly Instruction[]): readonly Instruction[] => all.toReversed().flatMap((instruction): Instruction[] => {
    if (!hasStore(instruction) && !resultsOf(instruction).some((id) => needed.has(id))) return [];
    if (instruction.kind !== "loop") {
      eachRead(instruction, need);
      return [instruction];
    }
    eachRead({ ...instruction, body: [] }, need);
    return [{ ...instruction, body: prune(instruction.body) }];
  }).reverse();
  const body = prune(kernel.body);
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

function resultsOf(instruction: Instruction): readonly ValueId[] {
  return instruction.kind === "loop" ? instruction.carried.map(({ result }) => result) : "id" in instruction ? [instruction.id] : [];
}

function innerOf({ body }: LoopInstruction): LoopInstruction | undefined {
  const [inner, ...others] = body.filter(({ kind }) => kind === "loop") as readonly LoopInstruction[];
  return others.length === 0 ? inner : undefined;
}
