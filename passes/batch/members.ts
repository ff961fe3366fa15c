// Members that take part in what others do not: a side of a branch, a step of a loop. What does not take part follows a
// member that does, on its operands, and its results are dropped. So it can neither fail where it would not have run, nor bring a
// NaN into a gradient: none flows back from the copy.

import type { Node } from "../../ir/node.ts";
import { type Batch, type Value, batched, spread } from "./value.ts";

/** A bool for each member as wide as a value of each. */
function widen({ b }: Batch, flags: Node, like: Node): Node {
  return b.broadcast(flags, like.type.shape, [0]);
}

/** `taken` where the member takes part, else `other`. */
export function choose(batch: Batch, takesPart: Node, taken: Node, other: Node): Node {
  return batch.b.select(widen(batch, takesPart, taken), taken, other);
}

export function anyOf({ b }: Batch, takesPart: Node): Node {
  return b.make("reduce_any", [takesPart], { axes: [0] });
}

/** Gives operands of which those of members that do not take part are the first one's that does. */
export function followers(batch: Batch, takesPart: Node): (operand: Value) => Value {
  const { b, size } = batch;
  const places = b.make("iota", [], { dtype: "i32", shape: [size], axis: 0 });
  const first = b.make("reduce_min", [choose(batch, takesPart, places, b.fullLike(places, 2 ** 31 - 1))], { axes: [0] });
  return (operand) => {
    if (!operand.isBatched) return operand;
    const leader = b.make("stop_gradient", [b.make("gather", [operand.node, first], { axes: [0], bounds: "clamp" })]);
    return batched(choose(batch, takesPart, operand.node, spread(batch, { node: leader, isBatched: false })));
  };
}
