// Gives loops further results, which stand for what is computed outside from the old ones.

import { intAttribute } from "../../ir/attributes.ts";
import { createBuilder, type LocatedBuilder } from "../../ir/build.ts";
import { rebuild, withInputs, withRegions } from "../../ir/graph.ts";
import { type Carried, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";

export interface Extension {
  /** The node outside that the new result replaces. */
  readonly reader: Node;
  /** A value to carry, whose last state is the result, or one to stack; undefined: it does not pay. */
  readonly make: (b: LocatedBuilder, loop: Loop) => { readonly carried: Carried } | { readonly stacked: Node } | undefined;
}

/** `find` gives extensions by scan node, for the graph and for each region in it. */
export function extendLoops(graph: Graph, find: (graph: Graph) => ReadonlyMap<Node, readonly Extension[]>, done: Map<Graph, Graph> = new Map()): Graph {
  const inRegion = (region: Graph): Graph => {
    const known = done.get(region) ?? extendLoops(region, find, done);
    done.set(region, known);
    return known;
  };
  const wanted = find(graph);
  const standIns = new Map<Node, Node>();
  /** Of loops that were changed: by how many the results behind the carried ones moved. */
  const moved = new Map<Node, { readonly from: number; readonly by: number }>();
  return rebuild(graph, (node, inputs) => {
    const standIn = standIns.get(node);
    if (standIn !== undefined) return standIn;
    if (node.op === "result") {
      const move = moved.get(node.inputs[0]!);
      const index = intAttribute(node, "index");
      return move === undefined || index < move.from ? withInputs(node, inputs) : createBuilder(node.location).result(inputs[0]!, index + move.by);
    }
    const updated = withRegions(node, inputs, inRegion);
    const extensions = wanted.get(node);
    if (extensions === undefined) return updated;
    const b = createBuilder(node.location);
    const loop = loopOf(updated);
    const [carried, stacked]: [(Carried & { readonly reader: Node })[], { readonly value: Node; readonly reader: Node }[]] = [[], []];
    for (const { reader, make } of extensions) {
      const made = make(b, loop);
      if (made === undefined) continue;
      if ("carried" in made) carried.push({ ...made.carried, reader });
      else stacked.push({ value: made.stacked, reader });
    }
    if (carried.length + stacked.length === 0) return updated;
    const longer = { ...loop, carried: [...loop.carried, ...carried], stacked: [...loop.stacked, ...stacked.map(({ value }) => value)] };
    const changed = makeLoop(b, longer);
    moved.set(node, { from: loop.carried.length, by: carried.length });
    const firstStacked = resultsOf(longer).firstStacked + loop.stacked.length;
    carried.forEach(({ reader }, i) => standIns.set(reader, b.result(changed, loop.carried.length + i)));
    stacked.forEach(({ reader }, i) => standIns.set(reader, b.result(changed, firstStacked + i)));
    return changed;
  });
}
