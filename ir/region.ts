// Cuts regions out of a graph: the part of a computation that depends on chosen nodes, as a closed Graph of its own.
// Nodes are chosen by identity, so what a gradient is taken by cannot be confused with an equal value. A region
// remembers what it was cut out of, so that it can be cut again when values in it are replaced (`substitute`).

import { createBuilder } from "./build.ts";
import { mapNodes, reachableNodes, regionsOf, withInputs } from "./graph.ts";
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

/** Computations as regions, and what these read of their surroundings. */
export interface Extraction {
  readonly regions: readonly Graph[];
  readonly captures: readonly Node[];
}

/** Where the regions of a node come from. */
export interface Origin {
  readonly computations: readonly Computation[];
  readonly captures: readonly Node[];
  /** Cuts the computations out again, after `image` has replaced values in them. */
  extract(computations: readonly Computation[], image: (node: Node) => Node): Extraction;
}

const origins = new WeakMap<Graph, Origin>();

/** Of the regions that the node holds; undefined where it has none, or where they were not cut out of a graph. */
export function originOf(node: Node): Origin | undefined {
  const region = regionsOf(node)[0];
  return region && origins.get(region);
}

/** As `reachableNodes`, and also what loops, branches and derivatives were cut out of. */
export function tracedNodes(results: readonly Node[], leaves?: { has(node: Node): boolean }): Node[] {
  const found = new Set<Node>();
  for (let next: readonly Node[] = results; next.length > 0;) {
    const added = reachableNodes(next, { has: (node) => found.has(node) || leaves?.has(node) === true }).filter((node) => !found.has(node));
    added.forEach((node) => found.add(node));
    next = added.flatMap((node) => (leaves?.has(node) === true ? [] : (originOf(node)?.computations ?? []).flatMap((computation) => computation.results)));
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** Several computations as regions: the parameters of each are its own variables, then the captures of all. */
export function extractFunctions(computations: readonly Computation[]): Extraction {
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
  return remember({ regions, captures: [...captures] }, computations, extractFunctions);
}

function remember(extraction: Extraction, computations: readonly Computation[], extract: Origin["extract"]): Extraction {
  origins.set(extraction.regions[0]!, { computations, captures: extraction.captures, extract });
  return extraction;
}

/** A region whose parameters stand for the outer values. */
function closeOver(results: readonly Node[], outer: readonly Node[], name: string): Graph {
  const parameters = outer.map((node, index) => createBuilder(node.location).parameter(index, `p${index}`, node.type));
  return { name, parameters, results: mapNodes(results, withInputs, outer.map((node, index) => [node, parameters[index]!])) };
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
): Extraction {
  const captures = new Set<Node>();
  computations.forEach((results, i) => {
    const outside = { has: (node: Node): boolean => !isInside(node, i) && node.op !== "full" };
    for (const node of reachableNodes(results, outside)) if (outside.has(node)) captures.add(node);
  });
  const all = [...captures];
  const regions = computations.map((results) => closeOver(results, all, name));
  // Again: what is new is inside, unless it is computed for the captures.
  const extract: Origin["extract"] = (replaced, image) => {
    const outside = new Set(reachableNodes([...all, ...all.map(image)]));
    return extractRegions(replaced.map(({ results }) => results), (node) => node.op !== "parameter" && !outside.has(node), name);
  };
  return remember({ regions, captures: all }, computations.map((results) => ({ name, variables: [], results })), extract);
}
