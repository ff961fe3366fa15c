// Theano's R- and L-operators: Jacobians times vectors, and vectors times Jacobians, of one expression or several.

import { userError } from "../../ir/errors.ts";
import { reachableNodes } from "../../ir/graph.ts";
import { describeTyped } from "../expression.ts";
import { differentialsFor, formOf, type GradOptions, gradientNodes, type Grads, pushForward, type Tangents } from "../grad.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import type { DType, Shape, Variables, Wrt } from "../types/index.ts";
import { oneOf } from "./options.ts";

export interface RopOptions {
  /** What to do about an expression that depends on none of the variables, whose derivative is zero. `raise` (E303) by default. */
  readonly disconnectedOutputs?: "raise" | "warn" | "ignore";
}

/** The derivative of each expression of `f` in the direction of `evalPoints`, one for each variable: the Jacobian times them. */
export function Rop<const F extends Wrt, const W extends Wrt>(f: F, wrt: Variables<"Rop", W>, evalPoints: Tangents<W>, options: RopOptions = {}): Grads<F> {
  return located(() => {
    const [outputs, variables] = [formOf("Rop", f), formOf("Rop", wrt)];
    const tangents = differentialsFor("Rop", variables.nodes, evalPoints);
    const action = oneOf("Rop", "disconnectedOutputs", options.disconnectedOutputs ?? "raise", ["raise", "warn", "ignore"]);
    for (const output of outputs.nodes) {
      const reached = new Set(reachableNodes([output]));
      if (action === "ignore" || variables.nodes.some((variable) => reached.has(variable))) continue;
      const error = userError("E303", {
        op: "Rop", message: `${describeTyped(output)} depends on none of the variables`, hint: 'pass { disconnectedOutputs: "ignore" } for a zero derivative',
      });
      if (action === "raise") throw error;
      console.warn(error.message);
    }
    return outputs.shape(pushForward("Rop", outputs.nodes, variables.nodes, tangents).map((node) => toTensor(node)));
  }) as Grads<F>;
}

/** The sum, for each variable, over the expressions of `f` of `evalPoints`, one for each of them, times the Jacobian. */
export function Lop<const F extends Wrt, const W extends Wrt>(
  f: F, wrt: Variables<"Lop", W>, evalPoints: Tangents<F>, options: Omit<GradOptions, "knownGrads"> = {}): Grads<W> {
  return located(() => {
    const [outputs, variables] = [formOf("Lop", f).nodes, formOf("Lop", wrt)];
    const known = differentialsFor("Lop", outputs, evalPoints).map((cotangent, i) => [toTensor<DType, Shape>(outputs[i]!), toTensor<DType, Shape>(cotangent)] as const);
    const gradients = gradientNodes("Lop", undefined, variables.nodes, { ...options, knownGrads: known });
    return variables.shape(gradients.map((node) => toTensor(node)));
  }) as Grads<W>;
}
