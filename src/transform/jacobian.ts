// Jacobians, Hessians and products with them, of expressions by variables: tensors, or lists and records of them.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isFloat } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { differentialsFor, type Form, formOf, gradientNodes, type Grads, pushForward, type Tangents } from "../grad.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { toNode } from "../ops/operand.ts";
import type { AnyTensor, Arg, Cost, ShapeOf, Variables, Wrt } from "../types/index.ts";
import { jacobianNodes, type JacobianOptions } from "./jacobian-nodes.ts";
import type { Differentiated, Hessians, Jacobians } from "./types.ts";

const shapeTensors = (form: Form, nodes: readonly Node[]): unknown => form.shape(nodes.map((node) => toTensor(node)));

/**
 * All derivatives of a value by each variable, of shape value ++ variable, in the form in which the variables are given. E302 for a
 * variable that is no float, E202 for such a value, E303 where it does not depend on a variable.
 */
export function jacobian<Y extends AnyTensor, const W extends Wrt>(
  output: Differentiated<"jacobian", Y>, wrt: Variables<"jacobian", W>, options: JacobianOptions = {}): Jacobians<Y, W> {
  return located(() => {
    const node = toNode("jacobian", output);
    if (!isFloat(node.type.dtype)) throw userError("E202", { op: "jacobian", message: `${describeTyped(node)} is not of a float dtype` });
    const form = formOf("jacobian", wrt);
    return shapeTensors(form, jacobianNodes("jacobian", [node], form.nodes, options)[0]!);
  }) as Jacobians<Y, W>;
}

/**
 * All second derivatives of a scalar cost: for each variable, in the form in which they are given, those by each variable, of shape
 * first ++ second. They are Jacobians of the gradient, in forward mode unless said otherwise. Errors as those of `grad`.
 */
export function hessian<C extends AnyTensor, const W extends Wrt>(
  cost: Arg<"hessian", Cost<C["dtype"], ShapeOf<C>>, C>, wrt: Variables<"hessian", W>, options: JacobianOptions = {}): Hessians<W> {
  return located(() => {
    const form = formOf("hessian", wrt);
    const gradients = gradientNodes("hessian", toNode("hessian", cost), form.nodes, options);
    // A gradient need not depend on a variable on which the cost does: that block is zero.
    const blocks = jacobianNodes("hessian", gradients, form.nodes, { mode: "forward", ...options, disconnectedInputs: "ignore" });
    return form.shape(blocks.map((row) => shapeTensors(form, row)));
  }) as Hessians<W>;
}

/**
 * The product of a scalar cost's Hessian and one vector for each variable, given in the form of `wrt`, which the result has, too:
 * forward over reverse mode, without the Hessian. Errors as those of `grad` and `jvp`.
 */
export function hessianVectorProduct<C extends AnyTensor, const W extends Wrt>(
  cost: Arg<"hessianVectorProduct", Cost<C["dtype"], ShapeOf<C>>, C>, wrt: Variables<"hessianVectorProduct", W>, vectors: Tangents<W>): Grads<W> {
  return located(() => {
    const op = "hessianVectorProduct";
    const form = formOf(op, wrt);
    const gradients = gradientNodes(op, toNode(op, cost), form.nodes, {});
    return shapeTensors(form, pushForward(op, gradients, form.nodes, differentialsFor(op, form.nodes, vectors)));
  }) as Grads<W>;
}
