// Long reductions to a few elements are taken in blocks of a fixed number of terms: each is combined by itself, from the identity, and the blocks' results are combined in order. So rounding errors grow
// with a block's length rather than with all of it, and blocks can be shared out without changing a bit (docs/adr/0047).

import type { Instruction, LoopInstruction, OpInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { type CombineOp, identityOf } from "../../ir/kernel/scalar.ts";
import type { Launch } from "../../ir/program/program.ts";
import { addDims, type Dim, floorDivDims, maxDims, mulDims, subDims } from "../../ir/size.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { maxId } from "./coalesce.ts";

/** With more results than this there is enough to share out as it is. */
const fewOutputs = 16;

/** Sizes are hoisted already: what is not known of an extent is a size of the launch. */
export function blockReductions<L extends Pick<Launch, "kernel" | "sizes">>(launch: L, { reductionBlock }: TargetDescription): L {
  if (reductionBlock === undefined) return launch;
  const { kernel } = launch;
  const sizes = [...launch.sizes];
  const head: Instruction[] = [];
  let last = maxId(kernel.body);
  const dims = new Map<ValueId, Dim>();
  for (const instruction of kernel.body) {
    if (instruction.kind === "size") dims.set(instruction.id, sizes[instruction.parameter]!);
    if (instruction.kind === "constant") dims.set(instruction.id, Number(instruction.value));
  }
  const size = (dim: Dim): ValueId => {
    head.push({ kind: "size", id: ++last, parameter: sizes.push(dim) - 1 });
    return last;
  };
  const op = (name: "sub" | "mul" | CombineOp, args: readonly ValueId[], id = ++last): OpInstruction => ({ kind: "op", id, dtype: "i32", op: name, args });

  /** for (i < extent) becomes for (block < blocks) for (i < min(length, extent - block*length)). */
  const inBlocks = (loop: LoopInstruction, extent: Dim, length: Dim): LoopInstruction => {
    const [most, blocks, block, at] = [size(length), size(floorDivDims(addDims(extent, subDims(length, 1)), length)), ++last, ++last];
    const first = op("mul", [block, most]);
    const left = op("sub", [loop.extent, first.id]);
    const count = op("min", [left.id, most]);
    const partial = loop.carried.map((carried) => {
      head.push({ kind: "constant", id: ++last, dtype: carried.dtype, value: identityOf(carried.combine!, carried.dtype) });
      return { ...carried, init: last, result: ++last };
    });
    const combined = loop.carried.map(({ dtype, combine }, i) => ({ ...op(combine!, [++last, partial[i]!.result]), dtype }));
    return {
      ...loop, index: block, extent: blocks, lanes: 1, carried: loop.carried.map((carried, i) => ({ ...carried, current: combined[i]!.args[0]!, next: combined[i]!.id })),
      body: [first, left, count, { ...loop, index: at, extent: count.id, carried: partial, body: [op("add", [first.id, at], loop.index), ...loop.body] }, ...combined],
    };
  };
  /** The terms of an iteration, in loops that go on with what this one carries; undefined where an extent is no size. */
  const termsIn = ({ carried, body }: LoopInstruction): Dim | undefined => {
    for (const inner of body) {
      if (inner.kind !== "loop" || inner.carried[0]?.init !== carried[0]!.current) continue;
      const [extent, terms] = [dims.get(inner.extent), termsIn(inner)];
      return extent && terms && mulDims(extent, terms);
    }
    return 1;
  };
  /** In loops with so many iterations together. */
  const visit = (body: readonly Instruction[], outputs: Dim): readonly Instruction[] => body.map((loop) => {
    const extent = loop.kind === "loop" && dims.get(loop.extent);
    if (!extent || loop.order !== "parallel" || typeof outputs !== "number" || outputs > fewOutputs) return loop;
    if (loop.carried.length === 0) {
      // Results side by side are columns, whose sums go from the first row to the last (docs/adr/0011).
      return loop.lanes > 1 ? loop : { ...loop, body: visit(loop.body, mulDims(outputs, extent)) };
    }
    const each = termsIn(loop);
    if (!each || typeof each === "number" && typeof extent === "number" && each * extent <= reductionBlock) return loop;
    return inBlocks(loop, extent, maxDims(1, floorDivDims(reductionBlock, maxDims(1, each))));
  });
  const body = visit(kernel.body, 1);
  return head.length === 0 ? launch : { ...launch, sizes, kernel: { ...kernel, sizes: sizes.length, body: [...head, ...body] } };
}
