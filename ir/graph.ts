// Walks and rebuilds graphs, without recursion: depth is bounded by memory only. A graph is what its results reach.

import { createBuilder } from "./build.ts";
import type { Graph, Node } from "./node.ts";
import type { OpDefinition } from "./op.ts";
import { namesInDim } from "./size.ts";
import { opOf } from "./table.ts";

/** All nodes that the results reach, inputs before readers, in order of ids. The walk does not go below `leaves`. */
export function reachableNodes(results: readonly Node[], leaves?: { has(node: Node): boolean }): Node[] {
  const seen = new Set<Node>(results);
  const stack = [...seen];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (leaves?.has(node)) continue;
    for (const input of node.inputs) {
      if (seen.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** Graphs are immutable and walked by every pass. */
const orders = new WeakMap<Graph, readonly Node[]>();

/** Nodes that the graph's results reach, inputs before readers. Parameters that nothing reads are not among them. */
export function topologicalOrder(graph: Graph): readonly Node[] {
  let order = orders.get(graph);
  if (order === undefined) orders.set(graph, order = reachableNodes(graph.results));
  return order;
}

export interface Users {
  /** Readers of the node, one entry per operand that reads it. */
  of(node: Node): readonly Node[];
  /** Number of reads, the graph's results included. */
  count(node: Node): number;
}

export function usersOf(graph: Graph): Users {
  const readers = new Map<Node, Node[]>();
  for (const node of topologicalOrder(graph)) {
    for (const input of node.inputs) {
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [node]);
      else list.push(node);
    }
  }
  const asResult = new Map<Node, number>();
  for (const node of graph.results) asResult.set(node, (asResult.get(node) ?? 0) + 1);
  return {
    of: (node) => readers.get(node) ?? [],
    count: (node) => (readers.get(node)?.length ?? 0) + (asResult.get(node) ?? 0),
  };
}

/** The node itself if its inputs are unchanged, else one like it that reads `inputs`. */
export function withInputs(node: Node, inputs: readonly Node[]): Node {
  if (inputs.every((input, i) => input === node.inputs[i])) return node;
  return createBuilder(node.location).make(node.op, inputs, node.attributes);
}

const regionAttributes = new WeakMap<OpDefinition, readonly string[]>();

function regionAttributesOf(definition: OpDefinition): readonly string[] {
  const known = regionAttributes.get(definition);
  if (known !== undefined) return known;
  const names = Object.keys(definition.attributes).filter((name) => definition.attributes[name] === "region");
  regionAttributes.set(definition, names);
  return names;
}

/** The regions that the node holds. */
export function regionsOf(node: Node): readonly Graph[] {
  return regionAttributesOf(opOf(node.op)).map((name) => node.attributes[name] as Graph);
}

/** Like `withInputs`, with the node's regions mapped too. */
export function withRegions(node: Node, inputs: readonly Node[], mapRegion: (region: Graph) => Graph): Node {
  let { attributes } = node;
  for (const name of regionAttributesOf(opOf(node.op))) {
    const region = node.attributes[name] as Graph;
    const mapped = mapRegion(region);
    if (mapped !== region) attributes = { ...attributes, [name]: mapped };
  }
  return attributes === node.attributes ? withInputs(node, inputs) : createBuilder(node.location).make(node.op, inputs, attributes);
}

export type Visit = (node: Node, inputs: readonly Node[]) => Node;

/** Maps results (and all they reach) to new nodes; `visit` gets each node with its inputs already replaced. */
export function mapNodes(results: readonly Node[], visit: Visit, known: Iterable<readonly [Node, Node]> = []): Node[] {
  const replaced = new Map<Node, Node>(known);
  mapInOrder(reachableNodes(results, new Set(replaced.keys())), visit, replaced);
  return results.map((node) => replaced.get(node)!);
}

function mapInOrder(order: readonly Node[], visit: Visit, replaced: Map<Node, Node>): void {
  for (const node of order) {
    if (!replaced.has(node)) replaced.set(node, visit(node, node.inputs.map((input) => replaced.get(input)!)));
  }
}

/** The graph with every node passed through `visit`; the same object if nothing changed. Parameters stay. */
export function rebuild(graph: Graph, visit: Visit): Graph {
  const replaced = new Map<Node, Node>(graph.parameters.map((parameter) => [parameter, parameter]));
  mapInOrder(topologicalOrder(graph), visit, replaced);
  const results = graph.results.map((node) => replaced.get(node)!);
  return results.every((node, i) => node === graph.results[i]) ? graph : { ...graph, results };
}

/** As `rebuild`, in regions too; `visit` gets each node with its inputs and regions already replaced. */
export function rebuildDeep(graph: Graph, visit: (node: Node) => Node, done: Map<Graph, Graph> = new Map()): Graph {
  const inRegion = (region: Graph): Graph => {
    const known = done.get(region) ?? rebuildDeep(region, visit, done);
    done.set(region, known);
    return known;
  };
  return rebuild(graph, (node, inputs) => visit(withRegions(node, inputs, inRegion)));
}

/** Copies what the region computes into the surroundings: its parameters become `operands`. */
export function inlineRegion(region: Graph, operands: readonly Node[]): Node[] {
  return mapNodes(region.results, withInputs, region.parameters.map((parameter, i) => [parameter, operands[i]!]));
}

/** Names of the sizes that occur in types of the graph's parameters, in order of first occurrence. */
export function sizeNamesOf(graph: Graph): string[] {
  const names = new Set<string>();
  for (const { type } of graph.parameters) for (const dim of type.shape) namesInDim(dim, names);
  return [...names];
}

/** Whether a loop in it has no bound, so that inputs decide whether it ends. */
export function mayRunForever(graph: Graph): boolean {
  return topologicalOrder(graph).some((node) => (node.op === "scan" && (node.attributes["length"] as readonly unknown[]).length === 0)
    || regionsOf(node).some(mayRunForever));
}
