// The different elements of a tensor. How many there are is known only from its values, so the results have the size that the
// caller states, as those of `compress`.

import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import * as e from "../ops/elementwise.ts";
import { compress, notGiven } from "../ops/compress.ts";
import { flatten } from "../ops/movement.ts";
import { type Operand, toNode, type Weak } from "../ops/operand.ts";
import { convert, full, fullLike, iota, make, reshape } from "../ops/primitive.ts";
import { sum } from "../ops/reduction.ts";
import { toDim } from "../shape.ts";
import { argsort } from "./sort.ts";

export interface UniqueOptions {
  /** Places of the results: elements beyond it are left out. */
  readonly size: number | string;
  /** What stands behind the last element; 0 by default. */
  readonly fillValue?: Weak | undefined;
}

/**
 * `values` in ascending order, all NaNs as one, and so -0 and 0; `indices`, where each stands first in x as if it were flat, -1 behind the last;
 * `counts`, how often each comes, 0 behind the last; `inverse`, for each element of x which value it is, also of those left out; and `count`, how
 * many there are, also beyond the size.
 */
export function unique(x: Operand, { size, fillValue = 0 }: UniqueOptions = notGiven): Readonly<Record<"values" | "indices" | "inverse" | "counts" | "count", Node>> {
  const given = toNode("unique", x);
  const flat = flatten(given);
  const [length] = flat.type.shape as [Dim];
  const order = argsort(flat);
  const sorted = make("gather", [flat, order], { axes: [0], bounds: "clamp" });
  const place = iota("i32", [length], 0);
  const previous = make("gather", [sorted, e.sub(place, 1)], { axes: [0], bounds: "clamp" });
  const isFirst = e.or(e.eq(place, 0), differs(previous, sorted));
  const group = e.sub(make("cumsum", [convert(isFirst, "i32")], { axis: 0, reverse: false }), 1);
  const inverse = make("scatter", [fullLike(place, 0), group, order], { axes: [0], mode: "set", bounds: "clamp" });
  const counts = make("scatter", [full(0, "i32", [toDim(size)]), fullLike(group, 1), group], { axes: [0], mode: "add", bounds: "drop" });
  return {
    values: compress(isFirst, sorted, { size, fillValue }), indices: compress(isFirst, order, { size, fillValue: -1 }),
    inverse: reshape(inverse, given.type.shape), counts, count: sum(isFirst),
  };
}

function differs(a: Node, b: Node): Node {
  const isDifferent = e.ne(a, b);
  return a.type.dtype === "f32" || a.type.dtype === "f64" ? e.and(isDifferent, e.not(e.and(e.isNan(a), e.isNan(b)))) : isDifferent;
}
