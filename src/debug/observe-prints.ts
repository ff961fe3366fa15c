// Prints of a graph that is evaluated op by op, on the target "reference".

import { intAttribute, stringAttribute } from "../../ir/attributes.ts";
import type { Observe } from "../../ir/evaluate.ts";
import type { Node } from "../../ir/node.ts";
import { describeRecord, statisticsOf } from "./describe-record.ts";

/** Hands on a line whenever a print's turn has come. */
export function observePrints(log: (line: string) => void): Observe {
  const times = new Map<Node, number>();
  return (node, _, [value]) => {
    if (node.op !== "print") return;
    const time = times.get(node) ?? 0;
    times.set(node, time + 1);
    if (time % intAttribute(node, "every") !== 0) return;
    const { dtype, shape, data } = value!;
    const first = data.slice(0, intAttribute(node, "values"));
    log(describeRecord({ label: stringAttribute(node, "label"), dtype }, { print: 0, time, shape, statistics: statisticsOf(value!), first }));
  };
}
