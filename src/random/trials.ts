// Draws that take a number of tries which is not known: all elements step together in one loop, until none is pending. An element
// that is done stays as it is, and each try reads random words of its own, by the element's position and the number of the
// try: what one element rejects shifts no other.

import type { Node } from "../../ir/node.ts";
import { closeBody, runBody, standIns } from "../loops/body.ts";
import * as e from "../ops/elementwise.ts";
import { convert, full } from "../ops/primitive.ts";
import { any } from "../ops/reduction.ts";

/** Of tries that are accepted half of the time, 2^-128 are left then. */
const mostTries = 128;

export interface Step {
  readonly state: readonly Node[];
  /** Which elements go on. */
  readonly pending: Node;
}

/** The state after as many steps as each element needs, or `most`; `step` is given the number of the step, a u32 scalar. All nodes
 *  but that have one shape. */
export function stepUntilDone(op: string, { state, pending }: Step, step: (index: Node, state: readonly Node[]) => Step, most = mostTries): readonly Node[] {
  const init = [full(0, "u32", []), pending, ...state];
  const carried = standIns("trial", init.map(({ type }) => type));
  const [index, goesOn, ...now] = carried as [Node, Node, ...Node[]];
  const { state: proposed, pending: left } = step(index, now);
  const after = e.add(index, 1);
  const still = e.and(goesOn, left);
  const next = [after, still, ...now.map((value, i) => e.select(goesOn, proposed[i]!, value))];
  const stop = e.not(e.and(any(still), e.lt(after, most)));
  const body = closeBody(op, carried, [], { next, stacked: [], stop });
  // The condition stands after the step: none is taken where nothing is pending.
  const steps = e.mul(convert(any(pending), "i32"), most);
  return runBody(body, { init, sequences: [], length: undefined, steps }).last.slice(2);
}
