// Where elements stand in lines of a batch, as values: what gathers and scatters along the last axis are given.

import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";
import type { Dim } from "../size.ts";
import type { Shape } from "../types.ts";

/** Of each element of the shape, its index along an axis, i32. */
function indexAlong(b: GraphBuilder, shape: Shape, axis: number): Node {
  return b.make("iota", [], { dtype: "i32", shape, axis });
}

/** The indices along all axes but the last. */
export function batchIndices(b: GraphBuilder, shape: Shape): readonly Node[] {
  return shape.slice(0, -1).map((_, axis) => indexAlong(b, shape, axis));
}

/** 0 to n - 1 in each line. */
export function lastIndex(b: GraphBuilder, shape: Shape): Node {
  return indexAlong(b, shape, shape.length - 1);
}

/** A size as an i32 for each element of the shape. */
export function sizeValue(b: GraphBuilder, size: Dim, shape: Shape): Node {
  return typeof size === "number" ? b.full(size, "i32", shape) : b.broadcast(b.make("size", [], { size: [size] }), shape, []);
}
