// Which values of a loop's body the loop that runs backwards gets from the first: everything else it computes again.

import { reachableNodes } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";
import { simpleOps } from "../schedule/materialize.ts";

/** Views of other values: what they show is kept instead. */
const views: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose", "assume", "print"]);

/**
 * `derivatives` are made of nodes that depend on the `seeds` and of nodes of the body. Slices of sequences and captures are there
 * in both loops; carried values are not. With `store` whatever costs more than a load is kept, and so is what cannot be had cheaply from
 * the rest; with `recompute` the carried values alone.
 */
export function chooseResiduals(
  derivatives: readonly Differential[], seeds: readonly Node[], carried: ReadonlySet<Node>, policy: "store" | "recompute",
): readonly Node[] {
  const order = reachableNodes(derivatives.filter((derivative) => derivative !== undefined));
  if (policy === "recompute") return order.filter((node) => carried.has(node));
  const dependent = new Set(seeds);
  const needed = new Set<Node>();
  const need = (node: Node): void => {
    if (!dependent.has(node)) needed.add(node);
  };
  for (const node of order) {
    if (!node.inputs.some((input) => dependent.has(input))) continue;
    dependent.add(node);
    node.inputs.forEach(need);
  }
  for (const derivative of derivatives) if (derivative !== undefined) need(derivative);
  // The set grows while it is walked.
  for (const node of needed) if (views.has(node.op)) for (const input of node.inputs) needed.add(input);
  const available = new Set<Node>();
  const kept: Node[] = [];
  for (const node of order) {
    if (dependent.has(node)) continue;
    const cheap = isCheap(node) && node.inputs.every((input) => available.has(input));
    const given = node.inputs.length === 0 && !carried.has(node);
    if (given || cheap) {
      available.add(node);
    } else if (needed.has(node) && !views.has(node.op)) {
      kept.push(node);
      available.add(node);
    }
  }
  return kept;
}

function isCheap(node: Node): boolean {
  return opOf(node.op).lower.kind === "movement" || simpleOps.has(node.op);
}
