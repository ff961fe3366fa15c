// Branches. Where the condition is the same for all members, one branch remains one. Where it is not, both sides run, each
// only if some member takes it, and each member takes the results of its own side.

import { regionAttribute } from "../../ir/attributes.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { anyOf, choose, followers } from "./members.ts";
import type { BatchingRule, Nested } from "./rule.ts";
import { type Batch, type Value, batched, spread, standIns } from "./value.ts";

export const branch: BatchingRule = {
  kind: "region",
  build(batch, node, [condition, ...operands], nested) {
    const [then, otherwise] = [regionAttribute(node, "then"), regionAttribute(node, "otherwise")];
    if (!condition!.isBatched) return branchForAll(batch, condition!.node, operands, [then, otherwise], nested);
    const takesThen = condition!.node;
    const other = sideForSome(batch, batch.b.unary("not", takesThen), operands, otherwise, nested);
    return sideForSome(batch, takesThen, operands, then, nested).map((value, i) => batched(choose(batch, takesThen, value, other[i]!)));
  },
};

/** The region's results for stand-ins. What is batched is so on both sides of a branch. */
function close(batch: Batch, name: string, stands: readonly Value[], results: readonly Value[], isBatched: (result: number) => boolean): Graph {
  return { name, parameters: stands.map(({ node }) => node), results: results.map((value, i) => (isBatched(i) ? spread(batch, value) : value.node)) };
}

function branchForAll(batch: Batch, condition: Node, operands: readonly Value[], regions: readonly [Graph, Graph], nested: Nested): readonly Value[] {
  const [then, otherwise] = regions.map((region) => {
    const stands = standIns(batch, operands);
    return { stands, results: nested.region(region, stands) };
  });
  const isBatched = (i: number): boolean => then!.results[i]!.isBatched || otherwise!.results[i]!.isBatched;
  const node = batch.b.make("cond", [condition, ...operands.map((operand) => operand.node)], {
    then: close(batch, "then", then!.stands, then!.results, isBatched),
    otherwise: close(batch, "otherwise", otherwise!.stands, otherwise!.results, isBatched),
  });
  return then!.results.map((_, i) => ({ node: batch.b.result(node, i), isBatched: isBatched(i) }));
}

/** What a side gives the members that take it; what others get is not read. It runs if there are any. */
function sideForSome(batch: Batch, takesPart: Node, operands: readonly Value[], region: Graph, nested: Nested): readonly Node[] {
  const { b } = batch;
  const hasWork = topologicalOrder(region).some((node) => node.inputs.length > 0);
  if (!hasWork) return nested.region(region, operands).map((value) => spread(batch, value));
  const given = operands.map(followers(batch, takesPart));
  const [stands, unread] = [standIns(batch, given), standIns(batch, given)];
  const then = close(batch, "then", stands, nested.region(region, stands), () => true);
  const nothing: Graph = { name: "otherwise", parameters: unread.map(({ node }) => node), results: then.results.map((result) => b.fullLike(result, 0)) };
  const node = b.make("cond", [anyOf(batch, takesPart), ...given.map((value) => value.node)], { then, otherwise: nothing });
  return then.results.map((_, i) => b.result(node, i));
}
