// A reduction over the steps of a stacked output becomes a value that the loop carries, where nothing else reads what would be stacked.

import { intAttribute, intsAttribute } from "../../ir/attributes.ts";
import { topologicalOrder, usersOf } from "../../ir/graph.ts";
import { type CombineOp, identityOf } from "../../ir/kernel/scalar.ts";
import { loopOf, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { pruneGraph } from "../dce.ts";
import type { Pass } from "../pass.ts";
import { type Extension, extendLoops } from "./extend-loops.ts";
import { prune } from "./prune.ts";

export const accumulate: Pass<Graph> = {
  name: "accumulate",
  summary: "carries a reduction over what a loop would stack for it alone",
  after: [{ pass: "simplify", why: "sums of sums are one" }],
  run(graph, { fired }) {
    const extended = extendLoops(graph, (part) => accumulators(part, () => fired?.("accumulate")));
    // What was stacked is gone before other passes look at it.
    return extended === graph ? graph : pruneGraph(extended, { prune });
  },
};

/** How the reductions combine two values. */
const combines: { readonly [op: string]: CombineOp } = { reduce_sum: "add", reduce_prod: "mul", reduce_max: "max", reduce_min: "min" };

function accumulators(graph: Graph, fired: () => void): ReadonlyMap<Node, readonly Extension[]> {
  const found = new Map<Node, Extension[]>();
  const users = usersOf(graph);
  for (const reader of topologicalOrder(graph)) {
    const combine = combines[reader.op];
    const stack = reader.inputs[0];
    if (combine === undefined || stack?.op !== "result" || stack.inputs[0]!.op !== "scan") continue;
    if (!intsAttribute(reader, "axes").includes(0) || users.count(stack) !== 1) continue;
    const scan = stack.inputs[0]!;
    const loop = loopOf(scan);
    const { firstStacked, taken } = resultsOf(loop);
    const index = intAttribute(stack, "index") - firstStacked;
    // Steps that are not taken leave zeros in a stack: a sum alone does not see them.
    if (index < 0 || (taken !== undefined && combine !== "add")) continue;
    found.set(scan, [...(found.get(scan) ?? []), extensionFor(reader, combine, index, fired)]);
  }
  return found;
}

function extensionFor(reader: Node, combine: CombineOp, index: number, fired: () => void): Extension {
  const { dtype, shape } = reader.type;
  const axes = intsAttribute(reader, "axes").filter((axis) => axis !== 0).map((axis) => axis - 1);
  return {
    reader,
    make(b, loop) {
      fired();
      b.at = reader.location;
      const slice = loop.stacked[index]!;
      const term = axes.length === 0 ? slice : b.make(reader.op, [slice], { axes });
      const parameter = b.parameter(0, "p", term.type);
      return { carried: { value: b.full(identityOf(combine, dtype), dtype, shape), parameter, next: b.binary(combine, parameter, term) } };
    },
  };
}
