// Takes arithmetic on sizes out of kernels: what a kernel computes of its size parameters alone becomes an argument of the launch, and
// sizes that nothing reads are no parameters any more. So kernels that differ by the shapes they are for are equal, and emitted once.

import type { Instruction, Kernel, OpInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { eachRead } from "../../ir/kernel/reads.ts";
import type { Launch } from "../../ir/program/program.ts";
import { addDims, type Dim, mulDims, subDims } from "../../ir/size.ts";

const dimOps = { add: addDims, sub: subDims, mul: mulDims } as const;

/** The first `fixed` sizes stay as they are: an epilogue is given its rows at run time. */
export function hoistSizes<L extends Pick<Launch, "kernel" | "sizes">>(launch: L, fixed: number): L {
  const { kernel, sizes } = launch;
  const known = knownDims(kernel, sizes, fixed);
  const kept: Instruction[] = [];
  const needed = new Set<ValueId>();
  for (const instruction of [...kernel.body].reverse()) {
    const isPure = instruction.kind === "size" || instruction.kind === "constant" || instruction.kind === "op";
    if (isPure && !needed.has(instruction.id)) continue;
    kept.push(instruction);
    if (!("id" in instruction && known.has(instruction.id))) eachRead(instruction, (id) => needed.add(id));
  }
  const hoisted: Dim[] = [];
  const body = kept.reverse().map((instruction): Instruction => {
    const dim = "id" in instruction ? known.get(instruction.id) : undefined;
    if (dim === undefined || !("id" in instruction)) return instruction;
    return { kind: "size", id: instruction.id, parameter: fixed + hoisted.push(dim) - 1 };
  });
  return { ...launch, kernel: { ...kernel, sizes: fixed + hoisted.length, body }, sizes: [...sizes.slice(0, fixed), ...hoisted] };
}

/** The values that are the same in every turn of every loop and depend on sizes that may be replaced. */
function knownDims({ body }: Kernel, sizes: readonly Dim[], fixed: number): ReadonlyMap<ValueId, Dim> {
  const known = new Map<ValueId, Dim>();
  const constants = new Map<ValueId, number>();
  for (const instruction of body) {
    if (instruction.kind === "size" && instruction.parameter >= fixed) known.set(instruction.id, sizes[instruction.parameter]!);
    if (instruction.kind === "constant" && instruction.dtype === "i32") constants.set(instruction.id, Number(instruction.value));
    if (instruction.kind !== "op" || instruction.dtype !== "i32" || !isDimOp(instruction)) continue;
    const [a, b] = instruction.args.map((arg) => known.get(arg) ?? constants.get(arg));
    if (a !== undefined && b !== undefined && instruction.args.some((arg) => known.has(arg))) known.set(instruction.id, dimOps[instruction.op](a, b));
  }
  return known;
}

function isDimOp(instruction: OpInstruction): instruction is OpInstruction & { readonly op: keyof typeof dimOps } {
  return Object.hasOwn(dimOps, instruction.op);
}
