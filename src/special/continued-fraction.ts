// Continued fractions by Lentz's method (as modified by Thompson and Barnett, 1986), all elements in one loop.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { convert } from "../ops/primitive.ts";
import { stepUntilDone } from "../random/trials.ts";

export interface FractionTerm {
  readonly numerator: Node;
  readonly denominator: Node;
}

/** What a denominator that has become 0 is taken for. */
const tiny = 1e-300;
/** A step that changes the value by no more may be the last: rounding may keep it moving by a unit or two. */
const settled = 2 ** -36;
const notZero = (x: Node): Node => e.select(e.eq(x, 0), tiny, x);

export interface FractionSteps {
  /** So many steps even if the value no longer moves: its derivatives may. */
  readonly least?: Node;
  readonly most: number;
}

/** first + n1 / (d1 + n2 / (d2 + ...)) where it is wanted, NaN where `most` steps are too few; `termOf` is given the number of the term, a u32 scalar from 1 on. */
export function evaluateFraction(op: string, first: Node, wanted: Node, termOf: (index: Node) => FractionTerm, { least, most }: FractionSteps): Node {
  const start = notZero(first);
  const [value, , , isFar] = stepUntilDone(op, { state: [start, start, e.mul(start, 0), e.ne(start, start)], pending: wanted }, (index, [total, c, d]) => {
    const { numerator, denominator } = termOf(e.add(index, 1));
    const below = e.reciprocal(notZero(e.add(denominator, e.mul(numerator, d!))));
    const above = notZero(e.add(denominator, e.div(numerator, c!)));
    const change = e.mul(above, below);
    const moves = e.gt(e.abs(e.sub(change, 1)), 2 ** -53);
    return { state: [e.mul(total!, change), above, below, e.gt(e.abs(e.sub(change, 1)), settled)], pending: least === undefined ? moves : e.or(moves, e.lt(convert(index, "f64"), least)) };
  }, most) as [Node, Node, Node, Node];
  return e.select(isFar, NaN, value);
}
