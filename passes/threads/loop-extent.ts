// How often a loop turns, in the sizes that its kernel is launched with.

import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import { addDims, type Dim, floorDivDims, maxDims, minDims, mulDims, subDims } from "../../ir/size.ts";

/** Undefined where the extent is not made of sizes and constants in the kernel's outermost scope. */
export function loopExtent(kernel: Kernel, extent: ValueId, sizes: readonly Dim[]): Dim | undefined {
  const dimOf = (value: ValueId): Dim | undefined => {
    const definition = kernel.body.find((instruction) => "id" in instruction && instruction.id === value);
    if (definition?.kind === "constant") return Number(definition.value);
    if (definition?.kind === "size") return sizes[definition.parameter];
    if (definition?.kind !== "op" || definition.args.length !== 2) return undefined;
    const [a, b] = definition.args.map(dimOf);
    if (a === undefined || b === undefined) return undefined;
    switch (definition.op) {
      case "add": return addDims(a, b);
      case "sub": return subDims(a, b);
      case "mul": return mulDims(a, b);
      case "div": return floorDivDims(a, b);
      case "min": return minDims(a, b);
      case "max": return maxDims(a, b);
      default: return undefined;
    }
  };
  return dimOf(extent);
}
