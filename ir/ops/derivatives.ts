// Values as they are, with a say in what derivatives do there: none passes, none may be asked for, or it is given.

import { userError } from "../errors.ts";
import type { OpDefinition } from "../op.ts";
import { typeEquals } from "../types.ts";
import { checkDType, floatDTypes } from "./elementwise-entry.ts";

const stopGradient: OpDefinition = {
  name: "stop_gradient",
  arity: 1,
  attributes: {},
  infer: ([operand]) => operand!,
  evaluate: ([operand]) => operand!,
  gradient: { kind: "zero" },
  lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
};

const refuseGradient: OpDefinition = {
  name: "refuse_gradient",
  arity: 1,
  attributes: { by: "string", reason: "string" },
  infer: ([operand]) => operand!,
  evaluate: ([operand]) => operand!,
  gradient: { kind: "refused" },
  lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
};

const attachDerivative: OpDefinition = {
  name: "attach_derivative",
  arity: 3,
  attributes: {},
  infer([value, parameter, derivative]) {
    checkDType("attach_derivative", floatDTypes, value!.dtype);
    if (typeEquals(value!, parameter!) && typeEquals(value!, derivative!)) return value!;
    throw userError("E203", { op: "attach_derivative", message: "the types of the value, the parameter and the derivative differ" });
  },
  evaluate: ([value]) => value!,
  gradient: { kind: "partials", partial: (_, node, input) => (input === 1 ? node.inputs[2] : undefined) },
  lower: { kind: "movement", element: (b, index) => b.operand(0, index) },
};

export const derivativeOps: readonly OpDefinition[] = [stopGradient, refuseGradient, attachDerivative];
