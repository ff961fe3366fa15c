// Splits a long kernel into calls. Engines replace baseline code by optimised code only between calls, so a kernel that
// runs once over much data would stay slow to its end. Its outermost loop runs in blocks, each block one call.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { type Definition, collectDefinitions } from "./definitions.ts";
import type { Instruction, Kernel, LoopInstruction } from "./wasm-kernel.ts";

export interface Chunked {
  /** The kernel for the iterations from `begin`, its last size parameter, to at most `block` later. */
  readonly kernel: Kernel;
  readonly block: number;
  /** In it, the number of iterations that are left from `begin` on. */
  readonly left: ValueId;
}

/** Innermost iterations of one block. */
const blockWork = 8192;
/** For a loop whose extent is not known. */
const assumedExtent = 64;

/** Undefined where the kernel is short, or does not consist of one parallel loop. */
export function chunkKernel(kernel: Kernel): Chunked | undefined {
  const { definitions } = collectDefinitions(kernel);
  const loops = kernel.body.filter((instruction) => instruction.kind === "loop");
  const [loop] = loops;
  if (loop === undefined || loops.length > 1 || loop.order !== "parallel" || loop.carried.length > 0) return undefined;
  // What stands beside the loop is done again for each block.
  const repeatable = (instruction: Instruction): boolean =>
    instruction.kind !== "store" && (instruction.kind !== "load" || kernel.buffers[instruction.buffer]!.access === "read");
  if (!kernel.body.every(repeatable)) return undefined;
  const work = workOf(loop.body, definitions);
  const extent = constantExtent(loop, definitions);
  if (extent !== undefined && extent * work <= 4 * blockWork) return undefined;
  const block = Math.ceil(blockWork / work / loop.lanes) * loop.lanes;
  return { ...splitLoop(kernel, loop, block, definitions.length), block };
}

function constantExtent({ extent }: LoopInstruction, definitions: readonly Definition[]): number | undefined {
  const { instruction } = definitions[extent]!;
  return instruction?.kind === "constant" ? Number(instruction.value) : undefined;
}

/** Iterations of the innermost loops, or one. */
function workOf(body: readonly Instruction[], definitions: readonly Definition[]): number {
  const inner = body.filter((instruction) => instruction.kind === "loop");
  return Math.max(1, ...inner.map((loop) => (constantExtent(loop, definitions) ?? assumedExtent) * workOf(loop.body, definitions)));
}

/** for (i < extent) body(i) becomes for (j < min(extent - begin, block)) body(begin + j). */
function splitLoop(kernel: Kernel, loop: LoopInstruction, block: number, next: ValueId): { kernel: Kernel; left: ValueId } {
  const [begin, left, most, count, index] = [next, next + 1, next + 2, next + 3, next + 4] as const;
  const before: Instruction[] = [
    { kind: "size", id: begin, parameter: kernel.sizes },
    { kind: "op", id: left, dtype: "i32", op: "sub", args: [loop.extent, begin] },
    { kind: "constant", id: most, dtype: "i32", value: block },
    { kind: "op", id: count, dtype: "i32", op: "min", args: [left, most] },
  ];
  const shifted: Instruction = { kind: "op", id: loop.index, dtype: "i32", op: "add", args: [begin, index] };
  const body = kernel.body.flatMap((instruction): Instruction[] =>
    (instruction === loop ? [...before, { ...loop, index, extent: count, body: [shifted, ...loop.body] }] : [instruction]));
  return { kernel: { ...kernel, sizes: kernel.sizes + 1, body }, left };
}

