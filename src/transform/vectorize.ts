// vectorize: an expression of single values as one of many, by substitution (Theano's and PyTensor's vectorize_graph).

import { userError } from "../../ir/errors.ts";
import { mapNodes, withInputs } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, productOfDims } from "../../ir/size.ts";
import { type Shape, shapeEquals, showShape } from "../../ir/types.ts";
import { batched, shared } from "../../passes/batch/value.ts";
import { describeTyped } from "../expression.ts";
import { located } from "../location.ts";
import { buildTensors, flatten } from "../loops/tree.ts";
import type { Tree } from "../loops/types.ts";
import { joinDims, toNode, toOperand } from "../ops/operand.ts";
import { assume, reshape } from "../ops/primitive.ts";
import { batchOver } from "./batch-over.ts";
import type { Lead, Vectorization, Vectorizations, Vectorized } from "./types.ts";

/**
 * The outputs with expressions replaced by values that have axes of their own before those of the expression, which all
 * outputs then have, too: `vectorize(cost, [[x, xs]])`. An expression is an input, a variable or anything that the outputs were built of; several
 * are replaced at once, by values whose leading axes are the same, or absent where all members share the value. E407 where a value has not the dtype
 * or the last axes of what it replaces, E203 where leading axes differ.
 */
export function vectorize<const Y extends Tree, const R extends readonly Vectorization[]>(outputs: Y, replacements: Vectorizations<R>): Vectorized<Y, Lead<R>> {
  return located(() => {
    const tree = flatten("vectorize", outputs);
    const nodes = tree.leaves.map((leaf) => toOperand("vectorize", leaf));
    return buildTensors(tree, vectorizeNodes(nodes, readReplacements(replacements)));
  }) as Vectorized<Y, Lead<R>>;
}

interface Replacement {
  readonly target: Node;
  readonly value: Node;
  /** Axes that the value has before those of the target. */
  readonly lead: Shape;
}

function readReplacements(given: unknown): readonly Replacement[] {
  if (!Array.isArray(given) || !given.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw userError("E209", { op: "vectorize", message: "takes a list of pairs", hint: "write [[expression, value], ...]" });
  }
  const replacements = given.map(([target, value]: unknown[]) => readReplacement(toNode("vectorize", target), toNode("vectorize", value)));
  const twice = replacements.find(({ target }, i) => replacements.findIndex((other) => other.target === target) < i);
  if (twice !== undefined) throw userError("E407", { op: "vectorize", message: `${describeTyped(twice.target)} is replaced twice` });
  return replacements;
}

function readReplacement(target: Node, value: Node): Replacement {
  const { dtype, shape } = target.type;
  const first = value.type.shape.length - shape.length;
  const agreed = shape.map((dim, axis) => (first < 0 ? undefined : joinDims(dim, value.type.shape[first + axis]!)));
  if (value.type.dtype !== dtype || !agreed.every((dim) => dim !== undefined)) {
    throw userError("E407", {
      op: "vectorize", message: `${describeTyped(value)} cannot replace ${describeTyped(target)}`, hint: "its dtype and last axes must be those of what it replaces",
    });
  }
  const lead = value.type.shape.slice(0, first);
  const isSame = shape.every((dim, axis) => dim === value.type.shape[first + axis]);
  return { target, value: isSame ? value : assume(value, [...lead, ...shape]), lead };
}

function vectorizeNodes(outputs: readonly Node[], replacements: readonly Replacement[]): readonly Node[] {
  const lead = agreedLead(replacements);
  if (lead.length === 0) return mapNodes(outputs, withInputs, replacements.map(({ target, value }) => [target, value]));
  // Several leading axes are one while the work is done.
  const size = lead.length === 1 ? lead[0]! : productOfDims(lead);
  const joined = (shape: Shape): Shape => [size, ...shape];
  const known = replacements.map(({ target, value, lead: own }) => {
    if (own.length === 0) return [target, shared(value)] as const;
    const agreed = shapeEquals(own, lead) ? value : assume(value, [...lead, ...target.type.shape]);
    return [target, batched(lead.length === 1 ? agreed : reshape(agreed, joined(target.type.shape)))] as const;
  });
  const whole = batchOver(outputs, known, size);
  return lead.length === 1 ? whole : whole.map((node, i) => reshape(node, [...lead, ...outputs[i]!.type.shape]));
}

/** The leading axes that all have that have some. */
function agreedLead(replacements: readonly Replacement[]): Shape {
  return replacements.reduce<Shape>((agreed, { lead }) => {
    if (lead.length === 0 || agreed.length === 0) return agreed.length === 0 ? lead : agreed;
    const joined = lead.length === agreed.length ? lead.map((dim, axis) => joinDims(agreed[axis]!, dim)) : [undefined];
    if (joined.every((dim): dim is Dim => dim !== undefined)) return joined;
    throw userError("E203", { op: "vectorize", message: `leading axes differ: ${showShape(agreed)} and ${showShape(lead)}` });
  }, []);
}
