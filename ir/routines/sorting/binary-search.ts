// Where values belong in ascending lines, without a routine: a binary search whose steps are written out, one for each bit of a place.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { sizeValue } from "../line-indices.ts";
import { takePlaces } from "./line-order.ts";
import { sortKeys } from "./sort-keys.ts";

/** Bits of a place in a line whose length is not known: lines are shorter than 2^30. */
const mostBits = 30;

/** i32 of the shape [..., m]: the number of elements of the line [..., n] that are less than each of the values [..., m], or (`right`) not greater. Either may be the same for a whole batch. */
export function searchBinary(b: GraphBuilder, node: Node, right: boolean): Node {
  const [line, values] = node.inputs as readonly [Node, Node];
  const { shape } = node.type;
  const length = line.type.shape.at(-1)!;
  const given = sortKeys(b, values);
  const wanted = given.type.shape.length === shape.length ? given : b.broadcast(given, shape, [shape.length - 1]);
  const end = sizeValue(b, length, shape);
  const bits = typeof length === "number" ? Math.floor(Math.log2(length)) + 1 : mostBits;
  let place = b.full(0, "i32", shape);
  for (let bit = bits - 1; bit >= 0; bit--) {
    // Whether so many more elements come before the value.
    const next = b.add(place, b.fullLike(place, 2 ** bit));
    const element = sortKeys(b, takePlaces(b, line, b.sub(next, b.fullLike(next, 1))));
    const comesBefore = b.binary("and", b.binary("le", next, end), b.binary(right ? "le" : "lt", element, wanted));
    place = b.select(comesBefore, next, place);
  }
  return place;
}
