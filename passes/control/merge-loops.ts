// Loops that walk side by side become one: those of the same steps that share a sequence or an initial value, where neither
// needs the other. What both carry, slice, capture and compute is then one. So the loop that stacks values for a gradient and the one that
// gives the results are one loop.

import { intAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import { mapNodes, reachableNodes, rebuild, topologicalOrder, withInputs, withRegions } from "../../ir/graph.ts";
import { type Binding, type Carried, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { dimEquals } from "../../ir/size.ts";
import { mergeEqualNodes } from "../cse.ts";
import { pruneGraph } from "../dce.ts";
import type { Pass } from "../pass.ts";
import { prune } from "./prune.ts";

export const mergeLoops: Pass<Graph> = {
  name: "merge-loops",
  summary: "makes one loop of several that walk side by side",
  after: [{ pass: "merge-derivatives", why: "loops share operands that are the same node" }],
  run: (graph, { fired }) => mergeIn(pruneGraph(graph, { prune }), () => fired?.("merge-loops")),
};

function mergeIn(graph: Graph, fired: () => void): Graph {
  let current = rebuild(graph, (node, inputs) => withRegions(node, inputs, (region) => mergeIn(region, fired)));
  for (let pair = findPair(current); pair !== undefined; pair = findPair(current)) {
    fired();
    current = mergeEqualNodes(mergePair(current, ...pair));
  }
  return current;
}

function findPair(graph: Graph): readonly [Node, Node] | undefined {
  const scans = topologicalOrder(graph).filter((node) => node.op === "scan" && node.attributes["stops"] === false && node.inputs.length > 0);
  for (const [i, second] of scans.entries()) {
    const candidates = scans.slice(0, i).filter((first) => walkAlike(loopOf(first), loopOf(second)));
    if (candidates.length === 0) continue;
    const below = new Set(reachableNodes(second.inputs));
    const first = candidates.find((candidate) => !below.has(candidate));
    if (first !== undefined) return [first, second];
  }
  return undefined;
}

function walkAlike(a: Loop, b: Loop): boolean {
  if (a.length === undefined || b.length === undefined || !dimEquals(a.length, b.length)) return false;
  if (a.steps !== b.steps || a.reverse !== b.reverse || a.residuals !== b.residuals) return false;
  const shares = (key: "carried" | "sequences"): boolean => a[key].some(({ value }) => b[key].some((other) => other.value === value));
  return shares("sequences") || shares("carried");
}

function mergePair(graph: Graph, first: Node, second: Node): Graph {
  const [a, b] = [loopOf(first), loopOf(second)];
  const { loop, carriedAt } = mergeCarried({
    ...a, carried: [...a.carried, ...b.carried], sequences: [...a.sequences, ...b.sequences], captures: [...a.captures, ...b.captures],
    stacked: [...a.stacked, ...b.stacked],
  });
  // Demand-driven: what the second loop reads may come after readers of the first.
  const done = new Map<Node, Node>();
  let merged: Node | undefined;
  const place = (node: Node, index: number): number => {
    const own = node === first ? a : b;
    const [before, slices] = node === first ? [0, 0] : [a.carried.length, a.stacked.length];
    const { taken, firstStacked } = resultsOf(own);
    if (index < own.carried.length) return carriedAt[before + index]!;
    const now = resultsOf(loop);
    return index === taken ? now.taken! : now.firstStacked + slices + index - firstStacked;
  };
  const inputsOf = (node: Node): readonly Node[] => (node === first || node === second ? [...first.inputs, ...second.inputs] : node.inputs);
  const stack = [...graph.results];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const open = done.has(node) ? [] : inputsOf(node).filter((input) => !done.has(input));
    if (open.length > 0) {
      stack.push(...open);
      continue;
    }
    stack.pop();
    if (done.has(node)) continue;
    const known = (value: Node): Node => done.get(value)!;
    if (node === first || node === second) {
      const bind = <T extends Binding>(list: readonly T[]): T[] => list.map((binding) => ({ ...binding, value: known(binding.value) }));
      merged ??= makeLoop(createBuilder(first.location), {
        ...loop, steps: loop.steps && known(loop.steps), carried: bind(loop.carried), sequences: bind(loop.sequences), captures: bind(loop.captures),
      });
      done.set(node, merged);
    } else if (node.op === "result" && (node.inputs[0] === first || node.inputs[0] === second)) {
      done.set(node, createBuilder(node.location).result(known(node.inputs[0]), place(node.inputs[0], intAttribute(node, "index"))));
    } else {
      done.set(node, withInputs(node, node.inputs.map(known)));
    }
  }
  return { ...graph, results: graph.results.map((node) => done.get(node)!) };
}

/** Sequences, captures and carried values that are the same become one. Of carried values that is assumed of those that start alike, and given
 *  up for those whose next values then differ, until what is left is true. */
function mergeCarried(loop: Loop): { readonly loop: Loop; readonly carriedAt: readonly number[] } {
  const known: [Node, Node][] = [];
  const unique = <T extends Binding>(list: readonly T[]): T[] => {
    const kept = new Map<Node, T>();
    for (const binding of list) {
      const same = kept.get(binding.value);
      if (same === undefined) kept.set(binding.value, binding);
      else known.push([binding.parameter, same.parameter]);
    }
    return [...kept.values()];
  };
  const [sequences, captures] = [unique(loop.sequences), unique(loop.captures)];
  const bound = [...loop.carried, ...sequences, ...captures].map(({ parameter }) => parameter);
  // The class of each carried value, named by its first member.
  let classes = loop.carried.map(({ value }) => loop.carried.findIndex((other) => other.value === value));
  for (;;) {
    const alike = classes.map((leader, i): [Node, Node] => [loop.carried[i]!.parameter, loop.carried[leader]!.parameter]);
    const replaced = [...known, ...alike, ...bound.filter((node) => !alike.some(([from]) => from === node)).map((node): [Node, Node] => [node, node])];
    const results = mapNodes([...loop.carried.map(({ next }) => next), ...loop.stacked], withInputs, replaced);
    // Operands with smaller ids first: parameters were made before.
    const body = mergeEqualNodes({ name: "body", parameters: [], results });
    const nexts = body.results.slice(0, loop.carried.length);
    const refined = classes.map((leader, i) => nexts.findIndex((next, other) => next === nexts[i] && classes[other] === leader));
    if (refined.every((leader, i) => leader === classes[i])) {
      const leaders = [...new Set(classes)];
      const carried = leaders.map((leader): Carried => ({ ...loop.carried[leader]!, next: nexts[leader]! }));
      return { loop: { ...loop, carried, sequences, captures, stacked: body.results.slice(loop.carried.length) }, carriedAt: classes.map((leader) => leaders.indexOf(leader)) };
    }
    classes = refined;
  }
}
