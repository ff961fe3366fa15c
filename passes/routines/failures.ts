// What becomes of the elements of a batch whose call gave a code: an error of the function, or results that are no numbers.

import { failureMessage } from "../../ir/routines/evaluate-routine.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BatchOperand, BufferId, Launch, Statement } from "../../ir/program/program.ts";
import type { Dim } from "../../ir/size.ts";
import { type DType, isFloat, type Shape } from "../../ir/types.ts";
import { checkWith } from "../schedule/check-with.ts";
import { KernelScope } from "../schedule/kernel-scope.ts";
import type { ProgramParts } from "../schedule/program-parts.ts";

/** The code of each element. */
export interface Codes {
  readonly status: BufferId;
  readonly batch: Dim;
}

/** A check for each failure, in the order in which they are declared. */
export function checkCodes(node: Node, failures: readonly string[], batch: Shape, codes: Codes, parts: ProgramParts): readonly Statement[] {
  return failures.flatMap((failure, i) =>
    checkWith(parts, `E609 ${node.location?.call ?? node.op}: ${failureMessage(failure, batch, "{0}")}`, node, (flag) => findCode(i + 1, codes, flag, parts.context.optimize)));
}

/** Writes i32 [failed, the first element with this code, the number of elements] to `flag`. */
function findCode(code: number, { status, batch }: Codes, flag: BufferId, optimize: (kernel: Kernel) => Kernel): Launch {
  const scope = bareScope("find_failure");
  const { kernel } = scope;
  const [given, out] = [scope.parameter(status, "i32", "read"), scope.parameter(flag, "i32", "write")];
  // No element has this number: there are fewer than 2^31.
  const none = kernel.i32(Number(identityOf("min", "i32")));
  const [first] = scope.nest([batch], "parallel", [none], ["min"], ([at], current) =>
    [kernel.min(current[0]!, kernel.select(kernel.op("eq", kernel.load(given, at!), kernel.i32(code)), at!, none))]) as [ValueId];
  kernel.store(out, kernel.i32(0), kernel.convert(kernel.op("ne", first, none), "i32"));
  kernel.store(out, kernel.i32(1), first);
  kernel.store(out, kernel.i32(2), scope.dim(batch));
  return scope.launch(optimize);
}

/** Fills the results of elements that failed with NaN, or with 0 where they are integers. */
export function voidFailed({ buffer, length }: BatchOperand, dtype: DType, { status, batch }: Codes, optimize: (kernel: Kernel) => Kernel): Launch {
  const scope = bareScope("void_failed");
  const { kernel } = scope;
  const [given, out] = [scope.parameter(status, "i32", "read"), scope.parameter(buffer, dtype, "readwrite")];
  const nothing = kernel.constant(isFloat(dtype) ? Number.NaN : dtype === "i64" ? 0n : 0, dtype);
  scope.nest([batch], "parallel", [], [], ([at]) => {
    const failed = kernel.op("ne", kernel.load(given, at!), kernel.i32(0));
    scope.nest([length], "parallel", [], [], ([inner]) => {
      const offset = scope.offset([at!, inner!], [batch, length]);
      kernel.store(out, offset, kernel.select(failed, nothing, kernel.load(out, offset)));
      return [];
    });
    return [];
  });
  return scope.launch(optimize);
}

function bareScope(name: string): KernelScope {
  return new KernelScope(name, () => undefined);
}
