// stop_gradient: the operand, through which no derivative passes.

import type { OpDefinition } from "../op.ts";

export const stopGradientOps = [{
  name: "stop_gradient",
  arity: 1,
  attributes: {},
  infer: ([operand]) => operand!,
  evaluate: ([operand]) => operand!,
  gradient: { kind: "zero" },
  lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
}] as const satisfies readonly OpDefinition[];
