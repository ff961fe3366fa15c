// What steps of random graphs share: bringing a second operand to the first one's shape, and contractions.

import type { Node } from "../../ir/node.ts";
import { dimEquals } from "../../ir/size.ts";
import { type Shape, shapeEquals } from "../../ir/types.ts";
import type { BoundedNode, StepContext } from "./step.ts";

/** Another f32 value, made to fit `shape`: as it is, stretched along missing axes, or its sum as a scalar. */
export function fitting(context: StepContext, shape: Shape): BoundedNode {
  const { b, choices, values, count } = context;
  const floats = values.filter(({ node }) => node.type.dtype === "f32");
  const same = floats.filter(({ node }) => shapeEquals(node.type.shape, shape));
  const suffix = floats.filter(({ node }) => isSuffix(node.type.shape, shape));
  const y = choices.pick(choices.next(2) === 0 && same.length > 0 ? same : suffix.length > 0 ? suffix : floats);
  const { shape: own } = y.node.type;
  if (isSuffix(own, shape)) {
    return { node: b.broadcast(y.node, shape, own.map((_, i) => shape.length - own.length + i)), bound: y.bound };
  }
  const total = b.sum(y.node, own.map((_, i) => i));
  return { node: b.broadcast(total, shape, []), bound: y.bound * Math.max(1, count(own)) };
}

function isSuffix(own: Shape, shape: Shape): boolean {
  return own.length <= shape.length && own.every((dim, i) => dimEquals(dim, shape[shape.length - own.length + i]!));
}

/** x contracted over one axis with a value that shares its extent. */
export function contraction(context: StepContext, x: BoundedNode): BoundedNode | undefined {
  const { b, choices, values, count } = context;
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const axis = choices.next(shape.length);
  const candidates = values.filter(({ node }) => node.type.dtype === "f32" && node.type.shape.length < 4 && node.type.shape.some((dim) => dimEquals(dim, shape[axis]!)));
  if (candidates.length === 0) return undefined;
  const y = choices.pick(candidates);
  const other = y.node.type.shape.findIndex((dim) => dimEquals(dim, shape[axis]!));
  // Sometimes a shared axis is a batch axis.
  const batch = shape.findIndex((dim, i) => i !== axis && choices.next(2) === 1 && y.node.type.shape.some((right, j) => j !== other && dimEquals(dim, right)));
  const batchOther = batch < 0 ? -1 : y.node.type.shape.findIndex((dim, j) => j !== other && dimEquals(dim, shape[batch]!));
  const node: Node = b.make("dot_general", [x.node, y.node], {
    lhs_contract: [axis], rhs_contract: [other], lhs_batch: batch < 0 ? [] : [batch], rhs_batch: batch < 0 ? [] : [batchOther],
  });
  if (node.type.shape.length > 5 || count(node.type.shape) > 3000) return undefined;
  return { node, bound: x.bound * y.bound * Math.max(1, count([shape[axis]!])) };
}
