// Which loops of a kernel are shared out among workgroups: the outermost parallel loop and those that lie directly in it, as one range.

import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import type { WorkgroupCount } from "../shader.ts";
import type { BoundBuffers } from "./bound-buffers.ts";

export interface Grid {
  /** From the outermost inwards. */
  readonly loops: readonly LoopInstruction[];
  /** Of the range, whose members are places: the loops' extents multiplied. */
  readonly extent: Product;
  /** Places, where that is known. */
  readonly places: number | undefined;
}

export type Product = Pick<WorkgroupCount, "times" | "words">;

/** Of each size of a kernel what it is, if that is known. */
export type KnownSizes = readonly (number | undefined)[];

/** For an extent that is not a product of numbers and size words: invocations go on in strides however many there are. */
export const unknownExtent: Product = { times: 2 ** 14, words: [] };

/** Undefined: the whole kernel is one place. */
export function chooseGrid(kernel: Kernel, bound: BoundBuffers, sizes: KnownSizes): Grid | undefined {
  const outer = definitionsOf(kernel.body);
  const loops: LoopInstruction[] = [];
  for (let level = kernel.body; ;) {
    const loop = onlyLoop(level, bound);
    if (loop === undefined || !outer.has(loop.extent)) break;
    loops.push(loop);
    level = loop.body;
  }
  if (loops.length === 0) return undefined;
  const { extent, known } = rangeOf(loops, kernel, sizes);
  return { loops, extent: extent ?? unknownExtent, places: known };
}

/** Of loops as one range, from the outermost inwards: how many iterations it has, if that is a product, and that number where it is known. */
export function rangeOf(loops: readonly LoopInstruction[], { body }: Kernel, sizes: KnownSizes): { readonly extent: Product | undefined; readonly known: number | undefined } {
  const outer = definitionsOf(body);
  const extent = loops.map((loop) => productBehind(loop.extent, outer, sizes)).reduce<Product | undefined>(multiply, { times: 1, words: [] });
  return { extent, known: extent && known(extent, sizes) };
}

function definitionsOf(body: readonly Instruction[]): ReadonlyMap<ValueId, Instruction> {
  return new Map(body.flatMap((instruction) => ("id" in instruction ? [[instruction.id, instruction]] : [])));
}

function known({ times, words }: Product, sizes: KnownSizes): number | undefined {
  return words.reduce<number | undefined>((product, word) => (product === undefined || sizes[word] === undefined ? undefined : product * sizes[word]), times);
}

/** The instructions of one place. */
export function placeOf({ body }: Kernel, grid: Grid | undefined): readonly Instruction[] {
  return grid?.loops.at(-1)?.body ?? body;
}

/** The parallel loop of a scope that stores nothing itself, reads nothing that is stored to, and has no other loop. */
function onlyLoop(body: readonly Instruction[], bound: BoundBuffers): LoopInstruction | undefined {
  const loops = body.filter((instruction) => instruction.kind === "loop");
  const touches = body.some((instruction) => instruction.kind === "store" || (instruction.kind === "load" && bound.isStored(bound.bindings[instruction.buffer]!)));
  const [loop] = loops;
  return loops.length === 1 && !touches && loop!.order === "parallel" && loop!.carried.length === 0 ? loop : undefined;
}

export function multiply(a: Product | undefined, b: Product | undefined): Product | undefined {
  return a === undefined || b === undefined ? undefined : { times: a.times * b.times, words: [...a.words, ...b.words] };
}

function productBehind(value: ValueId, outer: ReadonlyMap<ValueId, Instruction>, sizes: KnownSizes): Product | undefined {
  const instruction = outer.get(value);
  if (instruction?.kind === "constant") return { times: Number(instruction.value), words: [] };
  if (instruction?.kind === "size") return { times: 1, words: [instruction.parameter] };
  if (instruction?.kind !== "op") return undefined;
  const [a, b] = instruction.args;
  if (instruction.op === "mul") return multiply(productBehind(a!, outer, sizes), productBehind(b!, outer, sizes));
  // An epilogue goes through rows from a first one, 0 here, up to an end.
  const first = outer.get(b!);
  return instruction.op === "sub" && first?.kind === "size" && sizes[first.parameter] === 0 ? productBehind(a!, outer, sizes) : undefined;
}
