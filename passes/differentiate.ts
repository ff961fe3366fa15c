// Expands `vjp` and `jvp` nodes, innermost first, through the gradient entries of the op table: reverse mode walks a
// region from its results to the wrt parameters, forward mode the other way. Linear in the nodes of the regions. A
// zero cotangent or tangent is no node at all until it leaves the region. Nodes of a derivative carry the user's line
// of the node that they differentiate. What derivatives alone read is gone afterwards.

import { intAttribute, regionAttribute } from "../ir/attributes.ts";
import type { LocatedBuilder } from "../ir/build.ts";
import { createBuilder } from "../ir/build.ts";
import { userError } from "../ir/errors.ts";
import { rebuild, topologicalOrder, withInputs, withRegions } from "../ir/graph.ts";
import type { Graph, Node } from "../ir/node.ts";
import type { Differential, Gradient } from "../ir/op.ts";
import { opOf } from "../ir/table.ts";
import { isFloat } from "../ir/types.ts";
import { mergeEqualNodes } from "./cse.ts";
import { isZero } from "./dce.ts";
import { type ControlParts, required } from "./control/parts.ts";
import type { RegionCalculus } from "./control/region-calculus.ts";
import type { Pass } from "./pass.ts";

export const differentiate: Pass<Graph> = {
  name: "differentiate",
  summary: "replaces derivatives (vjp, jvp) by the graphs that compute them",
  after: [],
  run(graph, { control }) {
    const expanded = expandGraph(graph, { done: new Map(), control });
    return control?.forgetDerivatives(expanded) ?? expanded;
  },
};

interface Expansion {
  /** Regions and what became of them: several nodes may share one. */
  readonly done: Map<Graph, Graph>;
  readonly control: ControlParts | undefined;
}

function expandGraph(graph: Graph, expansion: Expansion): Graph {
  const cached = expansion.done.get(graph);
  if (cached !== undefined) return cached;
  const derivatives = new Map<Node, readonly Node[]>();
  const result = rebuild(graph, (node, inputs) => {
    if (node.op === "vjp" || node.op === "jvp") {
      derivatives.set(node, expandDerivative(node, inputs, expansion));
      // Only `result` nodes read it, and they are replaced.
      return node;
    }
    const results = node.op === "result" ? derivatives.get(node.inputs[0]!) : undefined;
    if (results !== undefined) return results[intAttribute(node, "index")]!;
    // Other ops with regions keep them, with the derivatives inside expanded.
    return withRegions(node, inputs, (region) => expandGraph(region, expansion));
  });
  expansion.done.set(graph, result);
  return result;
}

function expandDerivative(node: Node, inputs: readonly Node[], expansion: Expansion): Node[] {
  // Derivatives inside the region bring copies of its nodes; merged, the work does not double at every order.
  const region = mergeEqualNodes(expandGraph(regionAttribute(node, "region"), expansion));
  const count = region.parameters.length;
  const wrt = region.parameters.slice(0, intAttribute(node, "wrt"));
  const differentials = inputs.slice(count).map((input) => (isZero(input) ? undefined : input));
  const b = createBuilder(node.location);
  const copies = copyRegion(region, inputs.slice(0, count));
  const reverse = node.op === "vjp";
  const { control } = expansion;
  const derivative = reverse ? pullBack(b, region, copies, wrt, differentials, control) : pushForward(b, region, copies, wrt, differentials, control);
  b.at = node.location;
  const of = reverse ? wrt : region.results;
  return derivative.map((value, i) => value ?? b.fullLike(of[i]!, 0));
}

/** Copies the region's nodes into the surroundings. Distinct nodes of the region stay distinct keys of the map. */
function copyRegion(region: Graph, operands: readonly Node[]): Map<Node, Node> {
  const copies = new Map(region.parameters.map((parameter, i): [Node, Node] => [parameter, operands[i]!]));
  for (const node of topologicalOrder(region)) {
    if (!copies.has(node)) copies.set(node, withInputs(node, node.inputs.map((input) => copies.get(input)!)));
  }
  return copies;
}

/** Nodes through which a change of a wrt parameter could reach a float value. */
function activeNodes(order: readonly Node[], wrt: readonly Node[]): Set<Node> {
  const active = new Set(wrt);
  for (const node of order) {
    const { kind } = opOf(node.op).gradient;
    if (kind === "zero" || (kind !== "region" && !node.results.some(({ dtype }) => isFloat(dtype)))) continue;
    if (node.inputs.some((input) => active.has(input))) active.add(node);
  }
  return active;
}

function notDifferentiable(node: Node, reason: string): Error {
  const message = `a gradient is asked for along a path through ${node.op}, which is not differentiable there: ${reason}`;
  return userError("E304", { op: node.op, message, location: node.location });
}

/** Refuses an op whose gradient entry does not speak of an input through which the path goes. */
function requireCovered(node: Node, gradient: Gradient, isActive: (input: number) => boolean): void {
  if (gradient.kind === "none") throw notDifferentiable(node, gradient.reason);
  if (gradient.kind !== "linear" && gradient.kind !== "multilinear") return;
  const { inputs } = gradient;
  const missing = inputs === "all" ? -1 : node.inputs.findIndex((_, i) => isActive(i) && !inputs.includes(i));
  if (missing >= 0) throw notDifferentiable(node, `operand ${missing} only steers it`);
}

const sum = (b: LocatedBuilder, a: Differential, c: Differential): Differential =>
  a === undefined ? c : c === undefined ? a : b.add(a, c);

const isFull = (node: Node, value: number): boolean => node.op === "full" && Number(node.attributes["value"]) === value;

/** Factors of 1 and -1 are left out: the bits are the same. */
function product(b: LocatedBuilder, differential: Node, partial: Differential): Differential {
  if (partial === undefined || isZero(partial)) return undefined;
  if (isFull(partial, 1)) return differential;
  if (isFull(partial, -1)) return b.neg(differential);
  return isFull(differential, 1) ? partial : b.mul(differential, partial);
}

/** Reverse mode: cotangents of the wrt parameters. Contributions are added in the order of the walk. */
function pullBack(
  b: LocatedBuilder, region: Graph, copies: ReadonlyMap<Node, Node>, wrt: readonly Node[], cotangents: readonly Differential[],
  control: ControlParts | undefined,
): Differential[] {
  const { at } = b;
  const order = topologicalOrder(region);
  const active = activeNodes(order, wrt);
  control?.refusePaths(order, active, region.results, cotangents);
  const cotangentOf = new Map<Node, Node>();
  const contribute = (node: Node, cotangent: Differential): void => {
    if (cotangent !== undefined && active.has(node)) cotangentOf.set(node, sum(b, cotangentOf.get(node), cotangent)!);
  };
  region.results.forEach((node, i) => contribute(node, cotangents[i]));
  const variables = new Set(wrt);
  /** Of ops with several results. */
  const resultCotangents = new Map<Node, Differential[]>();
  for (const node of order.toReversed()) {
    const copy = copies.get(node)!;
    b.at = copy.location ?? at;
    const isActive = (input: number): boolean => active.has(node.inputs[input]!);
    const several = resultCotangents.get(node);
    if (several !== undefined) {
      transposeSeveral(b, copy, several, isActive, control).forEach((value, i) => contribute(node.inputs[i]!, value));
    }
    const cotangent = cotangentOf.get(node);
    if (cotangent === undefined || variables.has(node)) continue;
    cotangentOf.delete(node);
    if (node.op === "result") {
      const source = node.inputs[0]!;
      const known = resultCotangents.get(source) ?? source.results.map(() => undefined);
      const index = intAttribute(node, "index");
      resultCotangents.set(source, known.with(index, sum(b, known[index], cotangent)));
      continue;
    }
    transposeNode(b, copy, cotangent, isActive, (input, value) => contribute(node.inputs[input]!, value));
  }
  return wrt.map((node) => cotangentOf.get(node));
}

function transposeSeveral(
  b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean, control: ControlParts | undefined,
): readonly Differential[] {
  const { gradient } = opOf(node.op);
  requireCovered(node, gradient, isActive);
  if (gradient.kind === "several") return gradient.vjp(b, node, cotangents);
  const known = required(control);
  return known.transpose(b, node, cotangents, isActive, calculusWith(known));
}

function transposeNode(
  b: LocatedBuilder, node: Node, cotangent: Node, isActive: (input: number) => boolean,
  contribute: (input: number, cotangent: Differential) => void,
): void {
  const gradient = opOf(node.op).gradient;
  requireCovered(node, gradient, isActive);
  if (gradient.kind === "both") {
    gradient.vjp(b, node, cotangent).forEach((value, i) => contribute(i, value));
    return;
  }
  for (let i = 0; i < node.inputs.length; i++) {
    if (!isActive(i)) continue;
    if (gradient.kind === "partials") contribute(i, product(b, cotangent, gradient.partial(b, node, i)));
    if (gradient.kind === "linear" || gradient.kind === "multilinear") contribute(i, gradient.transpose(b, node, cotangent, i));
  }
}

/** Forward mode: tangents of the region's results. */
function pushForward(
  b: LocatedBuilder, region: Graph, copies: ReadonlyMap<Node, Node>, wrt: readonly Node[], tangents: readonly Differential[],
  control: ControlParts | undefined,
): Differential[] {
  const { at } = b;
  const order = topologicalOrder(region);
  const active = activeNodes(order, wrt);
  control?.refusePaths(order, active, region.results);
  const variables = new Set(wrt);
  const tangentOf = new Map<Node, Differential>(wrt.map((node, i) => [node, tangents[i]]));
  /** Of ops with several results. */
  const resultTangents = new Map<Node, readonly Differential[]>();
  for (const node of order) {
    if (!active.has(node) || variables.has(node)) continue;
    const copy = copies.get(node)!;
    b.at = copy.location ?? at;
    const given = (): Differential[] => node.inputs.map((input) => tangentOf.get(input));
    const { gradient } = opOf(node.op);
    if (gradient.kind === "several" || gradient.kind === "region") resultTangents.set(node, linearizeSeveral(b, copy, gradient, given(), control));
    else if (node.op === "result") tangentOf.set(node, resultTangents.get(node.inputs[0]!)?.[intAttribute(node, "index")]);
    else tangentOf.set(node, linearizeNode(b, copy, given()));
  }
  return region.results.map((node) => tangentOf.get(node));
}

function linearizeSeveral(b: LocatedBuilder, node: Node, gradient: Gradient, tangents: readonly Differential[], control: ControlParts | undefined): readonly Differential[] {
  if (tangents.every((tangent) => tangent === undefined)) return [];
  if (gradient.kind === "several") return gradient.jvp(b, node, tangents);
  const known = required(control);
  return known.linearize(b, node, tangents, calculusWith(known));
}

function linearizeNode(b: LocatedBuilder, node: Node, tangents: readonly Differential[]): Differential {
  if (tangents.every((tangent) => tangent === undefined)) return undefined;
  const gradient = opOf(node.op).gradient;
  requireCovered(node, gradient, (input) => tangents[input] !== undefined);
  switch (gradient.kind) {
    case "partials":
      return tangents.reduce((total, tangent, i) =>
        sum(b, total, tangent && product(b, tangent, gradient.partial(b, node, i))), undefined);
    case "linear": {
      const isLinear = (input: number): boolean => gradient.inputs === "all" || gradient.inputs.includes(input);
      const operands = node.inputs.map((input, i) => (isLinear(i) ? (tangents[i] ?? b.fullLike(input, 0)) : input));
      return b.make(node.op, operands, node.attributes);
    }
    case "multilinear":
      return tangents.reduce((total, tangent, i) =>
        sum(b, total, tangent && b.make(node.op, node.inputs.with(i, tangent), node.attributes)), undefined);
    case "both":
      return gradient.jvp(b, node, tangents);
    default:
      return undefined;
  }
}

/** Derivatives of the regions of loops and branches. */
const calculusWith = (control: ControlParts): RegionCalculus => ({
  reaches(region, parameters) {
    const active = activeNodes(topologicalOrder(region), region.parameters.filter((_, i) => parameters[i]));
    return region.results.map((node) => active.has(node) && isFloat(node.type.dtype));
  },
  pullBack(b, region, operands, wrt, cotangents) {
    const copies = copyRegion(region, operands);
    const chosen = region.parameters.filter((_, i) => wrt[i]);
    const found = pullBack(b, region, copies, chosen, cotangents, control);
    let at = 0;
    return { results: region.results.map((node) => copies.get(node)!), derivatives: wrt.map((isChosen) => (isChosen ? found[at++] : undefined)) };
  },
  pushForward(b, region, operands, tangents) {
    const copies = copyRegion(region, operands);
    const moved = region.parameters.filter((_, i) => tangents[i] !== undefined);
    const derivatives = pushForward(b, region, copies, moved, tangents.filter((tangent) => tangent !== undefined), control);
    return { results: region.results.map((node) => copies.get(node)!), derivatives };
  },
});
