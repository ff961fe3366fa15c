// Captures that are only another way to look at a value move into the bodies that read them: a broadcast, or a transposed matrix whose products
// walk it by strides, then needs no buffer of its own. Values that are the same everywhere become constants of the body.

import { createBuilder, type LocatedBuilder } from "../../ir/build.ts";
import { reachableNodes, withInputs } from "../../ir/graph.ts";
import { type Binding, type Loop, loopOf, makeLoop } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { replaceLoops } from "./replace-results.ts";
import { bodyResults, substitute } from "./substitute.ts";
import type { Pass } from "../pass.ts";

export const sinkViews: Pass<Graph> = {
  name: "sink-views",
  summary: "moves broadcasts and transposes of what loops capture into their bodies",
  after: [{ pass: "merge-loops", why: "one loop captures a value once" }],
  run: (graph) => replaceLoops(graph, sinkInto),
};

function sinkInto(node: Node): ((result: number) => Node) | undefined {
  const b = createBuilder(node.location);
  let loop = loopOf(node);
  let sunk = false;
  for (;;) {
    const capture = loop.captures.find((binding) => canSink(binding, loop));
    if (capture === undefined) break;
    loop = sink(b, loop, capture);
    sunk = true;
  }
  if (!sunk) return undefined;
  const changed = makeLoop(b, loop);
  return (index) => b.result(changed, index);
}

function canSink({ value, parameter }: Binding, loop: Loop): boolean {
  if (value.op === "full" || value.op === "broadcast") return true;
  if (value.op !== "transpose") return false;
  return reachableNodes(bodyResults(loop)).every((node) => !node.inputs.includes(parameter) || node.op === "dot_general");
}

function sink(b: LocatedBuilder, loop: Loop, capture: Binding): Loop {
  const { value } = capture;
  const inputs = value.inputs.map((input): Binding =>
    loop.captures.find((other) => other.value === input) ?? { value: input, parameter: b.parameter(0, "p", input.type) });
  const copy = value.inputs.length === 0 ? value : withInputs(value, inputs.map(({ parameter }) => parameter));
  const added = inputs.filter((input) => !loop.captures.includes(input));
  const longer = substitute(loop, new Map([[capture.parameter, copy]]), { captures: added });
  return { ...longer, captures: longer.captures.filter((other) => other !== capture) };
}
