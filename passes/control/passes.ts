// What the passes do with loops and branches (`scan`, `cond`). A graph without them does without this code, which is handed in
// and loads on demand (docs/adr/0012); `index.ts` has all of it.

import type { LocatedBuilder } from "../../ir/build.ts";
import { InternalError } from "../../ir/errors.ts";
import { regionsOf, topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";
import type { Pass } from "../pass.ts";
import type { ControlSite } from "./lower.ts";
import type { RegionCalculus } from "./region-calculus.ts";

export interface ControlPasses {
  readonly mergeLoops: Pass<Graph>;
  readonly sinkViews: Pass<Graph>;
  readonly liftProducts: Pass<Graph>;
  /** Reverse mode: cotangents of the node's inputs from those of its results. */
  transpose(b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean, calculus: RegionCalculus): readonly Differential[];
  /** Forward mode: tangents of the node's results from those of its inputs. */
  linearize(b: LocatedBuilder, node: Node, tangents: readonly Differential[], calculus: RegionCalculus): readonly Differential[];
  /** The node without what nothing needs. `read`: the results that something reads. */
  prune(node: Node, read: ReadonlySet<number>): Pruned;
  /** Emits the statements of the node. */
  lower(node: Node, site: ControlSite): void;
}

export interface Pruned {
  readonly pruned: Node;
  /** New places of the results that are read, by their old ones. */
  readonly places: ReadonlyMap<number, number>;
}

export function isControl(node: Node): boolean {
  return opOf(node.op).lower.kind === "control";
}

/** Whether the graph, or a region in it, has a loop or a branch. */
export function usesControl(graph: Graph, seen = new Set<Graph>()): boolean {
  if (seen.has(graph)) return false;
  seen.add(graph);
  return topologicalOrder(graph).some((node) => isControl(node) || regionsOf(node).some((region) => usesControl(region, seen)));
}

/** The passes, or what is needed of them, where a loop or a branch was met. */
export function required<T>(control: T | undefined): T {
  if (control === undefined) throw new InternalError("a graph with loops or branches, without the passes for them");
  return control;
}
