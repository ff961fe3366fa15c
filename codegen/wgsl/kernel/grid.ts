// Which loops of a kernel are shared out among invocations: the outermost parallel loop and those that lie directly in it, as one range.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import type { WorkgroupCount } from "../shader.ts";

export interface Grid {
  /** From the outermost inwards. */
  readonly loops: readonly LoopInstruction[];
  /** Of the range: their extents' product. */
  readonly extent: Omit<WorkgroupCount, "per">;
}

/** Invocations of a workgroup. */
export const groupSize = 64;

/** For an extent that is not a product of numbers and size words: invocations go on in strides however many there are. */
const unknownExtent: Grid["extent"] = { times: 2 ** 14, words: [] };

/** Undefined: one invocation runs the whole kernel. `bindingOf` a buffer parameter. */
export function chooseGrid({ body }: Kernel, bindingOf: (buffer: number) => number): Grid | undefined {
  const stored = new Set<number>();
  collectStores(body, (buffer) => stored.add(bindingOf(buffer)));
  const outer = new Map<ValueId, Instruction>();
  for (const instruction of body) if ("id" in instruction) outer.set(instruction.id, instruction);
  const loops: LoopInstruction[] = [];
  for (let level = body; ;) {
    const loop = onlyLoop(level, (buffer) => stored.has(bindingOf(buffer)));
    if (loop === undefined || !outer.has(loop.extent)) break;
    loops.push(loop);
    level = loop.body;
  }
  if (loops.length === 0) return undefined;
  const extents = loops.map(({ extent }) => productOf(extent, outer));
  return { loops, extent: extents.reduce<Grid["extent"] | undefined>(times, { times: 1, words: [] }) ?? unknownExtent };
}

/** The parallel loop of a scope that stores nothing itself, reads nothing that is stored to, and has no other loop. */
function onlyLoop(body: readonly Instruction[], isStored: (buffer: number) => boolean): LoopInstruction | undefined {
  const loops = body.filter((instruction) => instruction.kind === "loop");
  const touches = body.some((instruction) => instruction.kind === "store" || (instruction.kind === "load" && isStored(instruction.buffer)));
  const [loop] = loops;
  return loops.length === 1 && !touches && loop!.order === "parallel" && loop!.carried.length === 0 ? loop : undefined;
}

function collectStores(body: readonly Instruction[], found: (buffer: number) => void): void {
  for (const instruction of body) {
    if (instruction.kind === "loop") collectStores(instruction.body, found);
    if (instruction.kind === "store") found(instruction.buffer);
  }
}

function times(a: Grid["extent"] | undefined, b: Grid["extent"] | undefined): Grid["extent"] | undefined {
  return a === undefined || b === undefined ? undefined : { times: a.times * b.times, words: [...a.words, ...b.words] };
}

function productOf(value: ValueId, outer: ReadonlyMap<ValueId, Instruction>): Grid["extent"] | undefined {
  const instruction = outer.get(value);
  if (instruction?.kind === "constant") return { times: Number(instruction.value), words: [] };
  if (instruction?.kind === "size") return { times: 1, words: [instruction.parameter] };
  if (instruction?.kind !== "op" || instruction.op !== "mul") return undefined;
  return times(productOf(instruction.args[0]!, outer), productOf(instruction.args[1]!, outer));
}
