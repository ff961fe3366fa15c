// What rounding leaves of a difference that is zero: n eps times the largest magnitude.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import type { Shape } from "../../types.ts";

/** Of values [..., n], as a tensor of the shape [..., rows, columns]. */
export function roundingOf(b: GraphBuilder, values: Node, shape: Shape): Node {
  const { dtype, shape: own } = values.type;
  const axis = own.length - 1;
  const largest = b.make("reduce_max", [b.unary("abs", values)], { axes: [axis] });
  const n = b.convert(b.make("size", [], { size: [own[axis]!] }), dtype);
  const scale = b.mul(b.broadcast(n, largest.type.shape, []), b.fullLike(largest, dtype === "f32" ? 2 ** -23 : 2 ** -52));
  return b.broadcast(b.mul(scale, largest), shape, largest.type.shape.map((_, i) => i));
}
