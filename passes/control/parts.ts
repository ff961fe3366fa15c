// What several passes do with loops, branches and gradients that are given (`scan`, `cond`, `custom_gradient`), and with values that
// say what derivatives do there. A graph without them does without this code, which is handed in and loads on demand
// (docs/adr/0012); `index.ts` has it, with passes of its own.

import type { LocatedBuilder } from "../../ir/build.ts";
import { InternalError } from "../../ir/errors.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";
import type { LowerNode } from "../schedule/program-parts.ts";
import type { RegionCalculus } from "./region-calculus.ts";

export interface ControlParts {
  /** Reverse mode: cotangents of the node's inputs from those of its results. */
  transpose(b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean, calculus: RegionCalculus): readonly Differential[];
  /** Forward mode: tangents of the node's results from those of its inputs. */
  linearize(b: LocatedBuilder, node: Node, tangents: readonly Differential[], calculus: RegionCalculus): readonly Differential[];
  /** E304 for a derivative of the results along a path through a `refused` op. `cotangents`: those of the results, in reverse mode. */
  refusePaths(order: readonly Node[], active: ReadonlySet<Node>, results: readonly Node[], cotangents?: readonly Differential[]): void;
  /** The graph without `attach_derivative` and `refuse_gradient`. */
  forgetDerivatives(graph: Graph): Graph;
  /** The node without what nothing needs. `read`: the results that something reads. */
  prune(node: Node, read: ReadonlySet<number>): Pruned;
  /** Emits the statements of the node. */
  readonly lower: LowerNode;
}

export interface Pruned {
  readonly pruned: Node;
  /** New places of the results that are read, by their old ones. */
  readonly places: ReadonlyMap<number, number>;
}

export function isControl(node: Node): boolean {
  return opOf(node.op).lower.kind === "control";
}

/** The parts, or what is needed of them, where such an op was met. */
export function required<T>(control: T | undefined): T {
  if (control === undefined) throw new InternalError("a graph with an op whose part of the passes was not handed in");
  return control;
}
