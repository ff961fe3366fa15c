// Integers in the order of values: what sorts by them needs no float, and so no care for NaN and -0.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";

/** i32 of the shape of an f32, i32 or u32, ordered as `compareValues` orders its elements, or the other way round. */
export function sortKeys(b: GraphBuilder, x: Node, descending = false): Node {
  const keys = ascendingKeys(b, x);
  return descending ? b.unary("not", keys) : keys;
}

function ascendingKeys(b: GraphBuilder, x: Node): Node {
  const { dtype } = x.type;
  if (dtype === "i32") return x;
  const bits = b.make("bitcast", [x], { dtype: "i32" });
  if (dtype === "u32") return b.binary("xor", bits, b.fullLike(bits, -(2 ** 31)));
  // The bits of a float's magnitude are in its order; behind infinity are the NaNs.
  const magnitude = b.binary("and", bits, b.fullLike(bits, 0x7fffffff));
  const isNumber = b.binary("le", magnitude, b.fullLike(bits, 0x7f800000));
  const signed = b.select(b.binary("lt", bits, b.fullLike(bits, 0)), b.neg(magnitude), magnitude);
  return b.select(isNumber, signed, b.fullLike(bits, 0x7fffffff));
}
