// Derivatives of a user's operation, written with tensors.

import { DamoError, userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Differential, Gradient, GraphBuilder } from "../../ir/op.ts";
import { isFloat } from "../../ir/types.ts";
import { toTensor } from "../methods.ts";
import { valueFor } from "../replacement.ts";
import { ofUser } from "./of-user.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor } from "../types/index.ts";

/** `null` stands for zero. */
export type GivenDifferential = AnyTensor | number | null;

export interface GivenDerivatives {
  /** The cotangent of each operand, from those of the results (with one result never null). What is built of tensors may be differentiated again. */
  readonly gradient?: (cotangents: readonly (Tensor | null)[], operands: readonly Tensor[], results: readonly Tensor[]) => readonly GivenDifferential[];
  /** Forward mode (`jvp`): the tangent of each result, from those of the operands. */
  readonly tangent?: (tangents: readonly (Tensor | null)[], operands: readonly Tensor[], results: readonly Tensor[]) => readonly GivenDifferential[];
}

export function gradientOf(op: string, { gradient, tangent }: GivenDerivatives, single: boolean): Gradient {
  if (gradient === undefined && tangent === undefined) return { kind: "none", reason: "it was defined without a gradient" };
  const derive = (what: "gradient" | "tangent", node: Node, results: readonly Node[], differentials: readonly Differential[]): readonly Differential[] => {
    const given = what === "gradient" ? gradient : tangent;
    if (given === undefined) throw userError("E304", { op, message: `it was defined without a ${what}`, location: node.location });
    return atNode(node, () => {
      const found = ofUser(op, what, () => given(differentials.map((value) => (value === undefined ? null : toTensor(value))), tensors(node.inputs), tensors(results)));
      return readDifferentials(op, what, what === "gradient" ? node.inputs : results, found);
    });
  };
  if (single) {
    return {
      kind: "both",
      vjp: (_, node, cotangent) => derive("gradient", node, [node], [cotangent]),
      jvp: (_, node, tangents) => derive("tangent", node, [node], tangents)[0],
    };
  }
  const resultsOf = (b: GraphBuilder, node: Node): readonly Node[] => node.results.map((_, index) => b.result(node, index));
  return {
    kind: "several",
    vjp: (b, node, cotangents) => derive("gradient", node, resultsOf(b, node), cotangents),
    jvp: (b, node, tangents) => derive("tangent", node, resultsOf(b, node), tangents),
  };
}

const tensors = (nodes: readonly Node[]): Tensor[] => nodes.map((node) => toTensor(node));

/** Errors name the line of the operation whose derivative it is. */
function atNode<T>(node: Node, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DamoError ? error.at(node.location) : error;
  }
}

/** One for each target. E305 for a list of another length or another type, E302 for what is no float. */
function readDifferentials(op: string, what: string, targets: readonly Node[], found: unknown): readonly Differential[] {
  if (!Array.isArray(found) || found.length !== targets.length) {
    throw userError("E305", { op, message: `the ${what} gives ${Array.isArray(found) ? found.length : "no list of"} values for ${targets.length}`, hint: "give a list, with null for zero" });
  }
  return targets.map((target, i) => {
    const value: unknown = found[i];
    if (value === null) return undefined;
    const { dtype } = target.type;
    if (!isFloat(dtype)) throw userError("E302", { op, message: `the ${what} gives a value for number ${i}, which is ${dtype}`, hint: "only floats have a derivative: give null" });
    return valueFor("E305", op, `value ${i} of the ${what}`, target, value);
  });
}
