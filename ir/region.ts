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
  const { regions, captures } = extractFunctions([{ variables: wrt, results, name }]);
  return { region: regions[0]!, captures };
}

/** Results as a function of variables, which are cut from whatever they depend on. */
export interface Computation {
  readonly name: string;
  readonly variables: readonly Node[];
  readonly results: readonly Node[];
}

/** Several computations as regions: the parameters of each are its own variables, then the captures of all. */
export function extractFunctions(computations: readonly Computation[]): { readonly regions: readonly Graph[]; readonly captures: readonly Node[] } {
  const captures = new Set<Node>();
  for (const { variables, results } of computations) {
    const own = new Set(variables);
    const dependent = new Set(variables);
    const order = reachableNodes(results, own);
    for (const node of order) if (node.inputs.some((input) => dependent.has(input))) dependent.add(node);
    const capture = (node: Node): void => {
      if (!dependent.has(node) && node.op !== "full") captures.add(node);
    };
    for (const node of order) if (dependent.has(node) && !own.has(node)) node.inputs.forEach(capture);
    results.forEach(capture);
  }
  const regions = computations.map(({ name, variables, results }) => closeOver(results, [...variables, ...captures], name));
  return { regions, captures: [...captures] };
}

/** A region whose parameters stand for the outer values. */
function closeOver(results: readonly Node[], outer: readonly Node[], name: string): Graph {
  const parameters = outer.map((node, index) => createBuilder(node.location).parameter(index, `p${index}`, node.type));
  return { name, parameters, results: mapNodes(results, withInputs, outer.map((node, index) => [node, parameters[index]!])) };
}

/** Splits nodes into groups in which none depends on another, in order: for derivatives that follow all paths. */
export function independentGroups(wrt: readonly Node[]): Node[][] {
  const below = new Map(wrt.map((node) => [node, new Set(reachableNodes(node.inputs))]));
  const groups: Node[][] = [];
  for (const node of wrt) {
    const group = groups.find((members) => members.every((other) => !below.get(other)!.has(node) && !below.get(node)!.has(other)));
    if (group === undefined) groups.push([node]);
    else group.push(node);
  }
  return groups;
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
  return { regions: computations.map((results) => closeOver(results, all, name)), captures: all };
}
