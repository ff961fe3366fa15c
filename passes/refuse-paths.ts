// Refuses derivatives along paths through `refused` ops, such as the parameters of draws that jump from one value to another. Most
// such paths end in a comparison, whose derivative would silently be zero.

import { stringAttribute } from "../ir/attributes.ts";
import { userError } from "../ir/errors.ts";
import { topologicalOrder } from "../ir/graph.ts";
import type { Node } from "../ir/node.ts";
import { opOf } from "../ir/table.ts";
import { type ControlParts, isControl, required } from "./control/parts.ts";

/** E304 if a path leads from an active node through a refused op to one of the results, and no stop_gradient lies on it. */
export function refusePaths(order: readonly Node[], active: ReadonlySet<Node>, results: readonly Node[], control: ControlParts | undefined): void {
  const refused = order.filter((node) => opOf(node.op).gradient.kind === "refused" && active.has(node));
  if (refused.length === 0) return;
  const leading = leadingNodes(order, results, control);
  const found = refused.find((node) => leading.has(node));
  if (found === undefined) return;
  const [by, reason] = [stringAttribute(found, "by"), stringAttribute(found, "reason")];
  throw userError("E304", {
    op: by, message: `a gradient is asked for along a path through ${by}, which is not differentiable there: ${reason}`,
    hint: "pass stopGradient of its parameter if no gradient is to flow there", location: found.location,
  });
}

/** Nodes from which a path leads to one of the results, but for operands that are said to be constant for derivatives. */
function leadingNodes(order: readonly Node[], results: readonly Node[], control: ControlParts | undefined): ReadonlySet<Node> {
  const leading = new Set(results);
  const followed = (node: Node): readonly Node[] => {
    if (node.op === "stop_gradient") return [];
    if (node.op === "attach_derivative") return [node.inputs[1]!];
    return isControl(node) ? required(control).leading(node, (region) => leadingNodes(topologicalOrder(region), region.results, control)) : node.inputs;
  };
  for (const node of order.toReversed()) if (leading.has(node)) for (const input of followed(node)) leading.add(input);
  return leading;
}
