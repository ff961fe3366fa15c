// Work that is the same at every step leaves the loop: what depends on captures alone is computed once and captured itself. What
// could fail stays, since a loop of no steps does not fail; so do views, which cost nothing.

import { createBuilder } from "../../ir/build.ts";
import { mapNodes, reachableNodes, withInputs } from "../../ir/graph.ts";
import { type Binding, loopOf, makeLoop } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { Pass } from "../pass.ts";
import { indexChecks } from "../schedule/index-check.ts";
import { replaceLoops } from "./replace-results.ts";
import { bodyResults, substitute } from "./substitute.ts";

export const hoistInvariants: Pass<Graph> = {
  name: "hoist-invariants",
  summary: "computes once, before a loop, what does not depend on the step",
  after: [{ pass: "simplify", why: "what cancels needs no place outside" }],
  run: (graph, { fired }) => replaceLoops(graph, (node) => hoistFrom(node, () => fired?.("hoist-invariant"))),
};

const views: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose", "assume"]);

function hoistFrom(node: Node, fired: () => void): ((result: number) => Node) | undefined {
  const loop = loopOf(node);
  const chosen = invariantsOf(bodyResults(loop), loop.captures.map(({ parameter }) => parameter));
  if (chosen.length === 0) return undefined;
  const b = createBuilder(node.location);
  const outside = mapNodes(chosen, withInputs, loop.captures.map(({ parameter, value }) => [parameter, value]));
  const captures = outside.map((value): Binding => {
    fired();
    return { value, parameter: b.parameter(0, "p", value.type) };
  });
  const changed = makeLoop(b, substitute(loop, new Map(chosen.map((value, i) => [value, captures[i]!.parameter])), { captures }));
  return (index) => b.result(changed, index);
}

/** The outermost nodes that depend on nothing but the parameters given. */
function invariantsOf(results: readonly Node[], parameters: readonly Node[]): readonly Node[] {
  const invariant = new Set(parameters);
  const order = reachableNodes(results);
  for (const node of order) {
    const isLeaf = node.inputs.length === 0 && node.op !== "parameter";
    if (isLeaf || (node.inputs.length > 0 && canLeave(node) && node.inputs.every((input) => invariant.has(input)))) invariant.add(node);
  }
  const seenFromInside = new Set(results.filter((node) => invariant.has(node)));
  for (const node of order) if (!invariant.has(node)) for (const input of node.inputs) if (invariant.has(input)) seenFromInside.add(input);
  // A view is looked through: the set grows while it is walked.
  for (const node of seenFromInside) if (views.has(node.op)) seenFromInside.add(node.inputs[0]!);
  return [...seenFromInside].filter((node) => node.inputs.length > 0 && !views.has(node.op));
}

function canLeave(node: Node): boolean {
  const { lower } = opOf(node.op);
  const isChecked = lower.kind === "control" || lower.kind === "effect" || (lower.kind === "routine" && (lower.conditions !== undefined || lower.routine.indices !== undefined));
  return node.op !== "result" && !isChecked && node.attributes["on_error"] !== "error" && indexChecks(node).length === 0;
}
