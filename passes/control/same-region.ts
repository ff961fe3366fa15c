// Whether two regions are one but for being two objects.

import { topologicalOrder } from "../../ir/graph.ts";
import type { Attribute, Attributes, Graph, Node } from "../../ir/node.ts";
import { dimEquals } from "../../ir/size.ts";
import type { TensorType } from "../../ir/types.ts";

/** True only if the same nodes stand in the same order; constants must share their bytes. */
export function isSameRegion(a: Graph, b: Graph): boolean {
  if (a === b) return true;
  if (a.parameters.length !== b.parameters.length || a.results.length !== b.results.length) return false;
  const [ours, theirs] = [nodesOf(a), nodesOf(b)];
  if (ours.length !== theirs.length) return false;
  const twins = new Map(ours.map((node, i) => [node, theirs[i]!]));
  const areTwins = (some: readonly Node[], others: readonly Node[]): boolean => some.length === others.length && some.every((node, i) => twins.get(node) === others[i]);
  return areTwins(a.parameters, b.parameters) && areTwins(a.results, b.results) && ours.every((node, i) => {
    const other = theirs[i]!;
    if (node.op !== other.op || !areTwins(node.inputs, other.inputs)) return false;
    return node.op === "parameter" ? isSameType(node.type, other.type) : isSameAttribute(node.attributes, other.attributes);
  });
}

function nodesOf(graph: Graph): readonly Node[] {
  return [...new Set([...graph.parameters, ...topologicalOrder(graph)])];
}

function isSameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && a.shape.length === b.shape.length && a.shape.every((dim, axis) => dimEquals(dim, b.shape[axis]!));
}

function isSameAttribute(a: Attribute | Attributes, b: Attribute | Attributes): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return false;
  if ("results" in a && "results" in b) return isSameRegion(a as Graph, b as Graph);
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSameAttribute((a as Attributes)[name]!, (b as Attributes)[name]!));
}
