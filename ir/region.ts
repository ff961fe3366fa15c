// Cuts regions out of a graph: the part of a computation that depends on chosen nodes, as a closed Graph of its own.
// Nodes are chosen by identity, so what a gradient is taken by cannot be confused with an equal value.

import { createBuilder } from "./build.ts";
import { mapNodes, reachableNodes, withInputs } from "./graph.ts";
import type { Graph, Node } from "./node.ts";

export interface ExtractedRegion {
  /** Its parameters are the wrt nodes, then the captures. */
  readonly region: Graph;
  /** What the region reads of its surroundings: the largest sub-expressions that do not depend on any wrt node. */
  readonly captures: readonly Node[];
}

/**
 * The computation of `results` as a function of `wrt`, distinct nodes. Where one wrt node depends on another, each is a
 * variable of its own (the path between them is cut): see `independentGroups` for total derivatives. `full` nodes are
 * copied into the region, where rules can see their value, and not captured.
 */
export function extractRegion(results: readonly Node[], wrt: readonly Node[], name = "region"): ExtractedRegion {
  const wrtSet = new Set(wrt);
  const dependent = new Set<Node>(wrt);
  const order = reachableNodes(results, wrtSet);
  for (const node of order) if (node.inputs.some((input) => dependent.has(input))) dependent.add(node);
  const captures = new Set<Node>();
  const capture = (node: Node): void => {
    if (!dependent.has(node) && node.op !== "full") captures.add(node);
  };
  for (const node of order) if (dependent.has(node) && !wrtSet.has(node)) node.inputs.forEach(capture);
  results.forEach(capture);
  const outer = [...wrt, ...captures];
  const parameters = outer.map((node, index) => createBuilder(node.location).parameter(index, `p${index}`, node.type));
  const known = outer.map((node, index): [Node, Node] => [node, parameters[index]!]);
  return { region: { name, parameters, results: mapNodes(results, withInputs, known) }, captures: [...captures] };
}

/** Splits nodes into groups in which none depends on another, in order: for derivatives that follow all paths. */
export function independentGroups(wrt: readonly Node[]): Node[][] {
  const chosen = new Set(wrt);
  // How many of the chosen nodes the longest path below a node meets: of two with the same number neither depends on the other.
  const depths = new Map<Node, number>();
  for (const node of reachableNodes(wrt)) {
    depths.set(node, node.inputs.reduce((deepest, input) => Math.max(deepest, depths.get(input)! + (chosen.has(input) ? 1 : 0)), 0));
  }
  const groups = new Map<number, Node[]>();
  for (const node of wrt) {
    const depth = depths.get(node)!;
    const group = groups.get(depth);
    if (group === undefined) groups.set(depth, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

/**
 * Several computations over the same captures, as regions with the same parameters: what `isInside` holds for is theirs, all
 * else they read is captured. `full` nodes are copied.
 */
export function extractRegions(
  computations: readonly (readonly Node[])[], isInside: (node: Node, computation: number) => boolean, name: string,
): { readonly regions: readonly Graph[]; readonly captures: readonly Node[] } {
  const captures = new Set<Node>();
  computations.forEach((results, i) => {
    const outside = { has: (node: Node): boolean => !isInside(node, i) && node.op !== "full" };
    for (const node of reachableNodes(results, outside)) if (outside.has(node)) captures.add(node);
  });
  const all = [...captures];
  const regions = computations.map((results): Graph => {
    const parameters = all.map((node, index) => createBuilder(node.location).parameter(index, `p${index}`, node.type));
    return { name, parameters, results: mapNodes(results, withInputs, all.map((node, index) => [node, parameters[index]!])) };
  });
  return { regions, captures: all };
}
