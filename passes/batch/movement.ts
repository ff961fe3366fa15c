// Ops that move elements: the batch is one more axis, whole and in its place.

import { dimsAttribute, intsAttribute } from "../../ir/attributes.ts";
import { valueRule } from "./rule.ts";
import { shifted } from "./value.ts";

export const broadcast = valueRule(({ b, size }, node, [operand]) =>
  b.broadcast(operand!.node, [size, ...dimsAttribute(node, "shape")], [0, ...shifted(intsAttribute(node, "axes"))]));

/** The same op on a shape with the batch before it. */
export const ofShape = valueRule(({ b, size }, node, [operand]) =>
  b.make(node.op, [operand!.node], { shape: [size, ...dimsAttribute(node, "shape")] }));

export const transpose = valueRule(({ b }, node, [operand]) => b.transpose(operand!.node, [0, ...shifted(intsAttribute(node, "permutation"))]));

export const slice = valueRule(({ b, size }, node, [operand]) =>
  b.make("slice", [operand!.node], {
    start: [0, ...dimsAttribute(node, "start")], limit: [size, ...dimsAttribute(node, "limit")], step: [1, ...intsAttribute(node, "step")],
  }));

export const pad = valueRule(({ b }, node, [operand]) =>
  b.make("pad", [operand!.node], {
    ...node.attributes, low: [0, ...dimsAttribute(node, "low")], high: [0, ...dimsAttribute(node, "high")], interior: [0, ...intsAttribute(node, "interior")],
  }));
