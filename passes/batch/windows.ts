// Sliding windows: along the batch a window is one member wide.

import { dimsAttribute } from "../../ir/attributes.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import { geometryOf } from "../../ir/ops/window-geometry.ts";
import { valueRule } from "./rule.ts";

function geometryWithBatch(node: Node): Attributes {
  const { window, strides, dilation, low, high } = geometryOf(node);
  return { window: [1, ...window], strides: [1, ...strides], dilation: [1, ...dilation], low: [0, ...low], high: [0, ...high] };
}

export const reduceWindow = valueRule(({ b }, node, [operand]) => b.make("reduce_window", [operand!.node], { ...node.attributes, ...geometryWithBatch(node) }));

// Between the counts and the places of a window stands, in the batched form, the batch's own place of size 1.

export const windows = valueRule(({ b, size }, node, [operand]) => {
  const made = b.make("windows", [operand!.node], { ...node.attributes, ...geometryWithBatch(node) });
  return b.reshape(made, [size, ...node.type.shape]);
});

export const overlapAdd = valueRule(({ b, size }, node, [operand]) => {
  const shape = dimsAttribute(node, "shape");
  const given = node.inputs[0]!.type.shape;
  const split = b.reshape(operand!.node, [size, ...given.slice(0, shape.length), 1, ...given.slice(shape.length)]);
  return b.make("overlap_add", [split], { ...geometryWithBatch(node), shape: [size, ...shape] });
});
