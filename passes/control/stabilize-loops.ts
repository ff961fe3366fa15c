// Stabilising rules across the border of a loop: a logarithm outside of what the body computes, or in the body of what is computed outside,
// moves over the border where the rules then have a better form for it.

import { intAttribute } from "../../ir/attributes.ts";
import type { LocatedBuilder } from "../../ir/build.ts";
import { createBuilder } from "../../ir/build.ts";
import { reachableNodes, topologicalOrder } from "../../ir/graph.ts";
import { type Binding, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { applyRules } from "../../ir/rewrite.ts";
import { opOf } from "../../ir/table.ts";
import type { Pass } from "../pass.ts";
import { stabilizingRules } from "../stabilize.ts";
import { type Extension, extendLoops } from "./extend-loops.ts";
import { replaceLoops } from "./replace-results.ts";
import { bodyResults, substitute } from "./substitute.ts";

export const stabilizeLoops: Pass<Graph> = {
  name: "stabilize-loops",
  summary: "stabilises logarithms on one side of a loop's border of values from the other",
  after: [{ pass: "stabilize", why: "what is left to a rule here lies across the border" }],
  run(graph, { fired }) {
    const inward = replaceLoops(graph, (node) => takeOut(node, () => fired?.("log-before-loop")));
    return extendLoops(inward, (part) => takeIn(part, () => fired?.("log-into-loop")));
  },
};

/** Elementwise nodes, each of the one before and of constants; the last is a logarithm. */
type Path = readonly Node[];

/** What the logarithm reads, through elementwise work on it alone, and the path from there. */
function pathTo(logarithm: Node): { readonly source: Node; readonly path: Path } {
  const path = [logarithm];
  for (let source = logarithm.inputs[0]!; ; ) {
    const operands = source.inputs.filter(({ op }) => op !== "full");
    if (opOf(source.op).lower.kind !== "elementwise" || operands.length !== 1) return { source, path };
    path.unshift(source);
    source = operands[0]!;
  }
}

const isLogarithm = ({ op }: Node): boolean => op === "log" || op === "log1p";

function follow(b: LocatedBuilder, path: Path, source: Node): Node {
  return path.reduce((value, node) => {
    b.at = node.location;
    return b.make(node.op, node.inputs.map((input) => (input.op === "full" ? b.fullLike(value, input.attributes["value"] as number | bigint | boolean) : value)), node.attributes);
  }, source);
}

/** The path's end in the form that the rules have for it; undefined if they have none. */
function stabilized(b: LocatedBuilder, path: Path, source: Node): Node | undefined {
  const plain = follow(b, path, source);
  const [better] = applyRules({ name: "border", parameters: [], results: [plain] }, stabilizingRules).results;
  return better === plain ? undefined : better;
}

/** Logarithms outside of what the loop stacks or carries last. */
function takeIn(graph: Graph, fired: () => void): ReadonlyMap<Node, readonly Extension[]> {
  const found = new Map<Node, Extension[]>();
  for (const reader of topologicalOrder(graph).filter(isLogarithm)) {
    const { source, path } = pathTo(reader);
    if (source.op !== "result" || source.inputs[0]!.op !== "scan") continue;
    const index = intAttribute(source, "index");
    const make: Extension["make"] = (b, loop) => {
      const made = index < loop.carried.length ? carriedEnd(b, loop, index, path) : stackedEnd(b, loop, index, path);
      if (made !== undefined) fired();
      return made;
    };
    found.set(source.inputs[0]!, [...(found.get(source.inputs[0]!) ?? []), { reader, make }]);
  }
  return found;
}

/** Of a loop that is known to take a step: the initial value is not seen, and no gradient comes to it. */
function carriedEnd(b: LocatedBuilder, loop: Loop, index: number, path: Path): ReturnType<Extension["make"]> {
  if (typeof loop.length !== "number" || loop.length === 0 || resultsOf(loop).taken !== undefined) return undefined;
  const end = stabilized(b, path, loop.carried[index]!.next);
  return end && { carried: { value: b.fullLike(end, 0), parameter: b.parameter(0, "p", end.type), next: end } };
}

/** Of a loop that takes all its steps: what others leave in a stack are zeros. */
function stackedEnd(b: LocatedBuilder, loop: Loop, index: number, path: Path): ReturnType<Extension["make"]> {
  const { firstStacked, taken } = resultsOf(loop);
  if (taken !== undefined) return undefined;
  const end = stabilized(b, path, loop.stacked[index - firstStacked]!);
  return end && { stacked: end };
}

/** Logarithms in the body of what a sequence or a capture brings. */
function takeOut(node: Node, fired: () => void): ((result: number) => Node) | undefined {
  const loop = loopOf(node);
  const b = createBuilder(node.location);
  const ends = reachableNodes(bodyResults(loop)).filter(isLogarithm).flatMap((logarithm) => {
    const { source, path } = pathTo(logarithm);
    const list = (["sequences", "captures"] as const).find((name) => loop[name].some(({ parameter }) => parameter === source));
    const value = list && stabilized(b, path, loop[list].find(({ parameter }) => parameter === source)!.value);
    return value === undefined ? [] : [{ logarithm, list, binding: { value, parameter: b.parameter(0, "p", logarithm.type) } }];
  });
  if (ends.length === 0) return undefined;
  ends.forEach(fired);
  const added = (name: "sequences" | "captures"): Binding[] => ends.filter(({ list }) => list === name).map(({ binding }) => binding);
  const changed = makeLoop(b, substitute(loop, new Map(ends.map(({ logarithm, binding }) => [logarithm, binding.parameter])), { sequences: added("sequences"), captures: added("captures") }));
  return (index) => b.result(changed, index);
}
