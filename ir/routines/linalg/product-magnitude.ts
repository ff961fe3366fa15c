// |x_1 x_2 ...| over the last axis, without overflow or underflow on the way to a product that has neither: what is 1 or more is multiplied apart from what
// is less, and where one of the two products leaves the range, logarithms give the whole. Its derivative is not finite there.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";

const smallestNormal = { f32: 2 ** -126, f64: 2 ** -1022 } as const;

export function productMagnitude(b: GraphBuilder, x: Node): Node {
  const axes = [x.type.shape.length - 1];
  const size = b.unary("abs", x);
  const one = b.fullLike(x, 1);
  const product = (factors: Node): Node => b.make("reduce_prod", [factors], { axes });
  const [large, small] = [product(b.binary("max", size, one)), product(b.binary("min", size, one))];
  const least = b.fullLike(small, smallestNormal[x.type.dtype as "f32" | "f64"]);
  const isInRange = b.binary("and", b.binary("lt", large, b.fullLike(large, Infinity)), b.binary("ge", small, least));
  return b.select(isInRange, b.mul(large, small), b.unary("exp2", b.sum(b.unary("log2", size), axes)));
}
