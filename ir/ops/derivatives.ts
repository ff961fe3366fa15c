// Values as they are, with a say in what derivatives do there: none passes, none may be asked for, or it is given.

import type { Gradient, OpDefinition } from "../op.ts";
import { dtypes } from "../types.ts";
import { inferSame } from "./elementwise-entry.ts";

/** The first operand; others have its type. */
function value<const Name extends string>(
  name: Name, arity: number, gradient: Gradient, attributes: OpDefinition["attributes"] = {},
): OpDefinition & { readonly name: Name } {
  return {
    name, arity, attributes, gradient,
    infer: (operands) => inferSame(name, dtypes, operands),
    evaluate: ([operand]) => operand!,
    lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
  };
}

export const derivativeOps = [
  value("stop_gradient", 1, { kind: "zero" }),
  value("refuse_gradient", 1, { kind: "refused" }, { by: "string", reason: "string" }),
  value("attach_derivative", 3, { kind: "partials", partial: (_, node, input) => (input === 1 ? node.inputs[2] : undefined) }),
] as const;
