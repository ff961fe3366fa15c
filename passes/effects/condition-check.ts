// The kernel of a check: the first element of a condition that does not hold.

import type { ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch } from "../../ir/program/program.ts";
import { productOfDims } from "../../ir/size.ts";
import { KernelScope } from "../schedule/kernel-scope.ts";
import type { SoloContext } from "../schedule/lower-solo.ts";

/** Writes i32 [failed, the first element that fails, the number of elements] to `flag`; an element is what stands at one place of the leading `axes`, of all unless
 *  said otherwise. */
export function lowerConditionCheck(condition: Node, flag: BufferId, context: SoloContext, axes = condition.type.shape.length): Launch {
  const scope = new KernelScope("check_condition", context.bufferOf);
  const { kernel } = scope;
  const { shape } = condition.type;
  const out = scope.parameter(flag, "i32", "write");
  // No element has this number: there are fewer than 2^31.
  const none = kernel.i32(Number(identityOf("min", "i32")));
  const elements = shape.slice(0, axes);
  const [first] = scope.nest(shape, "parallel", [none], ["min"], (at, current) =>
    [kernel.min(current[0]!, kernel.select(scope.element(condition, at), none, scope.offset(at.slice(0, axes), elements)))]) as [ValueId];
  kernel.store(out, kernel.i32(0), kernel.convert(kernel.op("ne", first, none), "i32"));
  kernel.store(out, kernel.i32(1), first);
  kernel.store(out, kernel.i32(2), scope.dim(productOfDims(elements)));
  return scope.launch(context.optimize);
}
