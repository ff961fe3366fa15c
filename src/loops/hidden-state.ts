// State that goes on from step to step of the loops that read it, without being among the values that their callers carry: that
// of random streams.

import type { Node } from "../../ir/node.ts";
import type { SharedExpression } from "../shared.ts";
import { standIns } from "./body.ts";

/** What a body carries beside the values of its caller. */
export interface HiddenState {
  readonly init: readonly Node[];
  readonly carried: readonly Node[];
  readonly next: readonly Node[];
  /** Takes the values after the last step. */
  finish(last: readonly Node[]): void;
  /** The variables that start it, if no other loop stands around this one. */
  readonly variables: readonly SharedExpression[];
}

interface Entry {
  readonly variable: SharedExpression;
  readonly init: Node;
  readonly carried: Node;
  next: Node;
  readonly finish: (last: Node) => void;
}

/** The bodies that are being traced, outermost first. */
const open: Entry[][] = [];

/** Calls a body's function, and finds what state it reads. */
export function traceBody<T>(run: () => T): readonly [given: T, hidden: HiddenState] {
  const entries: Entry[] = [];
  open.push(entries);
  try {
    const given = run();
    return [given, {
      init: entries.map(({ init }) => init),
      carried: entries.map(({ carried }) => carried),
      next: entries.map(({ next }) => next),
      finish: (last) => entries.forEach(({ finish }, i) => finish(last[i]!)),
      variables: open.length > 1 ? [] : entries.map(({ variable }) => variable),
    }];
  } finally {
    open.pop();
  }
}

/**
 * The variable's value here: in the body of a loop, that of the present step. After a step (outside of loops: after a call) it
 * becomes `next` of it; a loop without steps leaves it. To be called once for a variable.
 */
export function readState(variable: SharedExpression, next: (now: Node) => Node): Node {
  let now = variable.node;
  let finish = (last: Node): void => void (variable.defaultUpdate = last);
  for (const entries of open) {
    const carried = standIns(variable.name, [now.type])[0]!;
    const entry: Entry = { variable, init: now, carried, next: carried, finish };
    entries.push(entry);
    now = carried;
    finish = (last) => void (entry.next = last);
  }
  finish(next(now));
  return now;
}
