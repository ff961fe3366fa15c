// Which operands of a loop or a branch lead to its results.

import { regionAttribute } from "../../ir/attributes.ts";
import { loopOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";

/** `leadingIn` gives the nodes of a region that lead to its results. */
export function leadingInputs(node: Node, leadingIn: (region: Graph) => ReadonlySet<Node>): readonly Node[] {
  if (node.op === "scan") {
    const loop = loopOf(node);
    const leading = leadingIn(regionAttribute(node, "body"));
    return [...loop.carried, ...loop.sequences, ...loop.captures].filter(({ parameter }) => leading.has(parameter)).map(({ value }) => value);
  }
  const sides = [regionAttribute(node, "then"), regionAttribute(node, "otherwise")].map((region) => ({ region, leading: leadingIn(region) }));
  const [condition, ...operands] = node.inputs;
  return [condition!, ...operands.filter((_, i) => sides.some(({ region, leading }) => leading.has(region.parameters[i]!)))];
}
