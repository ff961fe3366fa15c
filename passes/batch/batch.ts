// Computes for a whole batch what a graph computes for one member: every node that reads a batched value becomes one that
// gives all members' values, by the rule of its op; all others stay what they are. No rule knows of derivatives: they are
// taken before.

import { intAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import { InternalError } from "../../ir/errors.ts";
import { reachableNodes, withInputs } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import type { Nested } from "./rule.ts";
import { batchingRuleOf } from "./rules.ts";
import { type Batch, type Value, batched, shared } from "./value.ts";

/** The results, given what some of the nodes that they reach become. */
export function batchNodes(results: readonly Node[], known: Iterable<readonly [Node, Value]>, size: Dim): readonly Value[] {
  const values = new Map<Node, Value>(known);
  /** Of nodes with several results of which some are batched. */
  const several = new Map<Node, readonly Value[]>();
  const batch: Batch = { b: createBuilder(), size };
  const nested: Nested = {
    nodes: (inner, given) => batchNodes(inner, given, size),
    region: ({ parameters, results: inner }, operands) => batchNodes(inner, parameters.map((parameter, i) => [parameter, operands[i]!]), size),
  };
  for (const node of reachableNodes(results, new Set(values.keys()))) {
    if (values.has(node)) continue;
    const source = node.op === "result" ? several.get(node.inputs[0]!) : undefined;
    if (source !== undefined) {
      values.set(node, source[intAttribute(node, "index")]!);
      continue;
    }
    const operands = node.inputs.map((input) => values.get(input)!);
    if (operands.every(({ isBatched }) => !isBatched)) {
      values.set(node, shared(withInputs(node, operands.map((operand) => operand.node))));
      continue;
    }
    batch.b.at = node.location;
    const rule = batchingRuleOf(node.op);
    if (rule.kind === "none") throw new InternalError(`${node.op} is batched, though ${rule.reason}`);
    if (rule.kind === "region") {
      const all = rule.build(batch, node, operands, nested);
      several.set(node, all);
      // The value of an op with one result; of others only `result` nodes read it, and they are replaced.
      values.set(node, all[0]!);
    } else {
      values.set(node, batched(rule.build(batch, node, operands, nested)));
    }
  }
  return results.map((node) => values.get(node)!);
}
