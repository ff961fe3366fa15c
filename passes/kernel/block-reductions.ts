// Long reductions to a few elements are taken in blocks of a fixed number of terms: each is combined by itself, from the identity, and the blocks' results are combined in order. So rounding errors grow
// with a block's length rather than with all of it, and blocks can be shared out without changing a bit (docs/adr/0047).

import type { Carried, Instruction, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Launch } from "../../ir/program/program.ts";
import { addDims, type Dim, floorDivDims, maxDims, mulDims, productOfDims, subDims } from "../../ir/size.ts";
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
  let next = 1 + maxId(kernel.body);
  const dims = new Map<ValueId, Dim>();
  const constants = new Map<ValueId, number | bigint>();
  for (const instruction of kernel.body) {
    if (instruction.kind === "size") dims.set(instruction.id, sizes[instruction.parameter]!);
    if (instruction.kind !== "constant") continue;
    constants.set(instruction.id, instruction.value);
    if (instruction.dtype === "i32") dims.set(instruction.id, Number(instruction.value));
  }
  const size = (dim: Dim): ValueId => {
    head.push({ kind: "size", id: next, parameter: sizes.push(dim) - 1 });
    return next++;
  };
  const isReduction = ({ order, carried }: LoopInstruction): boolean => order === "parallel" && carried.length > 0
    && carried.every(({ combine, init, dtype }) => combine !== undefined && constants.get(init) === identityOf(combine, dtype));
  /** In loops with so many iterations together. */
  const visit = (body: readonly Instruction[], outputs: Dim | undefined): readonly Instruction[] => body.map((instruction) => {
    if (instruction.kind !== "loop" || typeof outputs !== "number" || outputs > fewOutputs) return instruction;
    const extent = dims.get(instruction.extent);
    const terms = isReduction(instruction) ? termsOf(instruction, dims) : undefined;
    if (terms === undefined) {
      // Results side by side are columns, whose sums go from the first row to the last (docs/adr/0011).
      return instruction.lanes > 1 ? instruction : { ...instruction, body: visit(instruction.body, extent && mulDims(outputs, extent)) };
    }
    if (typeof terms.all === "number" && terms.all <= reductionBlock) return instruction;
    const length = maxDims(1, floorDivDims(reductionBlock, maxDims(1, terms.each)));
    const blocks = floorDivDims(addDims(extent!, subDims(length, 1)), length);
    return inBlocks(instruction, size(length), size(blocks), () => next++);
  });
  const body = visit(kernel.body, 1);
  return head.length === 0 ? launch : { ...launch, sizes, kernel: { ...kernel, sizes: sizes.length, body: [...head, ...body] } };
}

/** for (i < extent) becomes for (block < blocks) for (i < min(length, extent - block*length)). */
function inBlocks(loop: LoopInstruction, length: ValueId, blocks: ValueId, fresh: () => ValueId): LoopInstruction {
  const [block, first, left, count, at] = [fresh(), fresh(), fresh(), fresh(), fresh()] as const;
  const op = (id: ValueId, name: "add" | "sub" | "mul" | "min", ...args: readonly ValueId[]): Instruction => ({ kind: "op", id, dtype: "i32", op: name, args });
  const outer = loop.carried.map((carried): Carried => ({ ...carried, current: fresh(), next: fresh() }));
  const partial = loop.carried.map((carried): Carried => ({ ...carried, result: fresh() }));
  const inner: LoopInstruction = { ...loop, index: at, extent: count, carried: partial, body: [op(loop.index, "add", first, at), ...loop.body] };
  return {
    ...loop, index: block, extent: blocks, lanes: 1, carried: outer,
    body: [
      op(first, "mul", block, length), op(left, "sub", loop.extent, first), op(count, "min", left, length), inner,
      ...outer.map(({ next, dtype, combine, current }, i): Instruction => ({ kind: "op", id: next, dtype, op: combine!, args: [current, partial[i]!.result] })),
    ],
  };
}

/** How many terms an iteration of the loop has, and all of them; undefined where an extent is no size. */
function termsOf(loop: LoopInstruction, dims: ReadonlyMap<ValueId, Dim>): { readonly each: Dim; readonly all: Dim } | undefined {
  const extents: (Dim | undefined)[] = [];
  for (let at: LoopInstruction | undefined = loop; at !== undefined; at = innerOf(at)) extents.push(dims.get(at.extent));
  const known = extents.filter((dim) => dim !== undefined);
  return known.length < extents.length ? undefined : { each: productOfDims(known.slice(1)), all: productOfDims(known) };
}

/** The loop that goes on with what this one carries. */
function innerOf({ carried, body }: LoopInstruction): LoopInstruction | undefined {
  return body.find((instruction) => instruction.kind === "loop" && instruction.carried[0]?.init === carried[0]!.current) as LoopInstruction | undefined;
}
