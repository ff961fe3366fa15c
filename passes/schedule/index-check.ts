// Indices that are known only at run time: which must be checked, and the kernel that does it.

import { intsAttribute } from "../../ir/attributes.ts";
import type { ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch } from "../../ir/program/program.ts";
import { type Dim, dimEquals, showDim } from "../../ir/size.ts";
import { checkWith } from "./check-with.ts";
import { KernelScope } from "./kernel-scope.ts";
import type { SoloContext } from "./lower-solo.ts";
import type { Effect } from "./program-parts.ts";

/** An index operand and the number of elements on the axis that it indexes. */
export interface IndexBound {
  readonly index: Node;
  readonly limit: Dim;
}

/** The checks of a gather or scatter, or of a node with other indices; those that are in range by construction are left out. */
export function indexChecks(node: Node, bounds = indexBounds(node)): readonly Effect[] {
  return bounds.filter(({ index, limit }) => !isInRange(index, limit)).map((bound) => ({
    node, reads: [bound.index], key: `${bound.index.id}:${showDim(bound.limit)}`,
    lower: (parts, context) => checkWith(parts, `E601 ${node.location?.call ?? node.op}: index {0} is out of range for {1} elements`, node, (flag) => lowerIndexCheck(bound, flag, context)),
  }));
}

function indexBounds(node: Node): readonly IndexBound[] {
  const first = node.op === "gather" ? 1 : node.op === "scatter" ? 2 : undefined;
  if (first === undefined || node.attributes["bounds"] !== "check") return [];
  const axes = intsAttribute(node, "axes");
  return axes.map((axis, i) => ({ index: node.inputs[first + i]!, limit: node.inputs[0]!.type.shape[axis]! }));
}

const movements: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose", "assume", "slice", "reverse"]);

function isInRange(index: Node, limit: Dim): boolean {
  let source = index;
  while (movements.has(source.op)) source = source.inputs[0]!;
  if (source.op === "iota") return dimEquals(source.type.shape[source.attributes["axis"] as number]!, limit);
  if (source.op !== "full" || typeof limit !== "number") return false;
  const value = Number(source.attributes["value"]);
  return value >= -limit && value < limit;
}

/** Writes i32 [failed, offending value, limit] to `flag`. */
function lowerIndexCheck({ index, limit }: IndexBound, flag: BufferId, context: SoloContext): Launch {
  const scope = new KernelScope("check_index", context.bufferOf);
  const { kernel } = scope;
  const out = scope.parameter(flag, "i32", "write");
  const [least, most] = scope.nest(index.type.shape, "parallel",
    [kernel.i32(Number(identityOf("min", "i32"))), kernel.i32(Number(identityOf("max", "i32")))], ["min", "max"], (at, current) => {
      const value = scope.element(index, at);
      return [kernel.min(current[0]!, value), kernel.max(current[1]!, value)];
    }) as [ValueId, ValueId];
  const bound = scope.dim(limit);
  const above = kernel.op("ge", most, bound);
  const below = kernel.op("lt", least, kernel.op("neg", bound));
  kernel.store(out, kernel.i32(0), kernel.convert(kernel.op("or", above, below), "i32"));
  kernel.store(out, kernel.i32(1), kernel.select(above, most, least));
  kernel.store(out, kernel.i32(2), bound);
  return scope.launch(context.optimize);
}
