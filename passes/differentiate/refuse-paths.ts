// Refuses derivatives along paths through `refused` ops, such as the parameters of draws that jump from one value to another. Most
// such paths end in a comparison, whose derivative would silently be zero.

import { stringAttribute } from "../../ir/attributes.ts";
import { userError } from "../../ir/errors.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import { loopOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";

/** E304 if a path leads from an active node through a refused op to one of the results, and no stop_gradient lies on it. */
export function refusePaths(order: readonly Node[], active: ReadonlySet<Node>, results: readonly Node[]): void {
  const refused = order.filter((node) => opOf(node.op).gradient.kind === "refused" && active.has(node));
  if (refused.length === 0) return;
  const leading = leadingNodes(order, results);
  const found = refused.find((node) => leading.has(node));
  if (found === undefined) return;
  const [by, reason] = [stringAttribute(found, "by"), stringAttribute(found, "reason")];
  throw userError("E304", {
    op: by, message: `a gradient is asked for along a path through ${by}, which is not differentiable there: ${reason}`,
    hint: "pass stopGradient of its parameter if no gradient is to flow there", location: found.location,
  });
}

/** Nodes from which a path leads to one of the results. */
function leadingNodes(order: readonly Node[], results: readonly Node[]): ReadonlySet<Node> {
  const leading = new Set(results);
  for (const node of order.toReversed()) if (leading.has(node)) for (const input of followedInputs(node)) leading.add(input);
  return leading;
}

/** Operands that are not said to be constant for derivatives. */
function followedInputs(node: Node): readonly Node[] {
  switch (node.op) {
    case "stop_gradient":
      return [];
    case "attach_derivative":
      return [node.inputs[1]!];
    case "scan": {
      const loop = loopOf(node);
      const leading = leadingIn(node.attributes["body"] as Graph);
      return [...loop.carried, ...loop.sequences, ...loop.captures].filter(({ parameter }) => leading.has(parameter)).map(({ value }) => value);
    }
    case "cond": {
      const [then, otherwise] = [node.attributes["then"] as Graph, node.attributes["otherwise"] as Graph];
      const [first, second] = [leadingIn(then), leadingIn(otherwise)];
      return [node.inputs[0]!, ...node.inputs.slice(1).filter((_, i) => first.has(then.parameters[i]!) || second.has(otherwise.parameters[i]!))];
    }
    default:
      return node.inputs;
  }
}

const leadingIn = (region: Graph): ReadonlySet<Node> => leadingNodes(topologicalOrder(region), region.results);
