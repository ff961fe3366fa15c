// Elementwise ops do the same on operands with one axis more. Along axes that it does not name, neither does a reduction
// or a running combination do anything.

import { intAttribute, intsAttribute } from "../../ir/attributes.ts";
import { valueRule } from "./rule.ts";
import { shifted, spread } from "./value.ts";

export const elementwise = valueRule((batch, node, operands) =>
  batch.b.make(node.op, operands.map((operand) => spread(batch, operand)), node.attributes));

/** One operand; the op works along the axes of its attribute `axes`. */
export const alongAxes = valueRule(({ b }, node, [operand]) =>
  b.make(node.op, [operand!.node], { ...node.attributes, axes: shifted(intsAttribute(node, "axes")) }));

/** As `alongAxes`, for one `axis` and any number of operands. */
export const alongAxis = valueRule((batch, node, operands) =>
  batch.b.make(node.op, operands.map((operand) => spread(batch, operand)), { ...node.attributes, axis: intAttribute(node, "axis") + 1 }));

/** A value and a condition of any shape: it must hold for every member. */
export const check = valueRule((batch, node, [value, condition]) => batch.b.make(node.op, [spread(batch, value!), condition!.node], node.attributes));
