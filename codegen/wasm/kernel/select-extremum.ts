// a < b ? b : a on floats is one instruction, pmax(a, b), and b < a ? b : a is pmin(a, b): the same bits for every
// operand, NaN and zeros included. A comparison that only such selections read is not computed.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { isFloat } from "../../../ir/types.ts";
import type { Definition } from "./definitions.ts";
import type { OpInstruction } from "./wasm-kernel.ts";

export interface SelectExtremum {
  readonly op: "pmin" | "pmax";
  readonly args: readonly [ValueId, ValueId];
}

export function matchSelectExtremum({ op, dtype, args }: OpInstruction, definitions: readonly Definition[]): SelectExtremum | undefined {
  if (op !== "select" || !isFloat(dtype)) return undefined;
  const [condition, chosen, other] = args as readonly [ValueId, ValueId, ValueId];
  const comparison = definitions[condition]!.instruction;
  if (comparison?.kind !== "op" || (comparison.op !== "lt" && comparison.op !== "gt")) return undefined;
  // less < more ? chosen : other
  const [less, more] = comparison.op === "lt" ? comparison.args : [comparison.args[1]!, comparison.args[0]!];
  if (chosen === more && other === less) return { op: "pmax", args: [other, chosen] };
  if (chosen === less && other === more) return { op: "pmin", args: [other, chosen] };
  return undefined;
}
