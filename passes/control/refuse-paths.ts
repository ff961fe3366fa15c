// Refuses derivatives along paths through `refused` ops, such as the parameters of draws that jump from one value to another. Most
// such paths end in a comparison, whose derivative would silently be zero. Paths are followed through loops and branches.

import { regionAttribute, stringAttribute } from "../../ir/attributes.ts";
import { userError } from "../../ir/errors.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import { loopOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";
import { isFloat } from "../../ir/types.ts";

/** E304 if a path leads from an active node through a refused op to a result that counts, and no stop_gradient lies on it. */
export function refusePaths(order: readonly Node[], active: ReadonlySet<Node>, results: readonly Node[], cotangents?: readonly Differential[]): void {
  const refused = order.filter((node) => opOf(node.op).gradient.kind === "refused" && active.has(node));
  if (refused.length === 0) return;
  // Results that are no floats have no cotangents, but may be read by what has.
  const wanted = cotangents === undefined ? results : results.filter((node, i) => cotangents[i] !== undefined || !isFloat(node.type.dtype));
  const leading = leadingNodes(order, wanted);
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
      const { carried, sequences, captures } = loopOf(node);
      const leading = leadingIn(regionAttribute(node, "body"));
      return [...carried, ...sequences, ...captures].filter(({ parameter }) => leading.has(parameter)).map(({ value }) => value);
    }
    case "cond": {
      const sides = [regionAttribute(node, "then"), regionAttribute(node, "otherwise")].map((region) => ({ region, leading: leadingIn(region) }));
      const [condition, ...operands] = node.inputs;
      return [condition!, ...operands.filter((_, i) => sides.some(({ region, leading }) => leading.has(region.parameters[i]!)))];
    }
    default:
      return node.inputs;
  }
}

const leadingIn = (region: Graph): ReadonlySet<Node> => leadingNodes(topologicalOrder(region), region.results);
