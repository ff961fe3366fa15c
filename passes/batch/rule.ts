// The form of batching rules. A rule is asked only if some operand is batched.

import type { Graph, Node } from "../../ir/node.ts";
import type { Batch, Value } from "./value.ts";

/** Batches what a rule finds inside its op. */
export interface Nested {
  /** Results of a region on values that take the place of its parameters. */
  region(region: Graph, operands: readonly Value[]): readonly Value[];
  /** A node whose inputs are already batched. */
  nodes(results: readonly Node[], known: Iterable<readonly [Node, Value]>): readonly Value[];
}

export type BatchingRule =
  /** The only result, for each member. */
  | { readonly kind: "value"; build(batch: Batch, node: Node, operands: readonly Value[], nested: Nested): Node }
  /** All results. */
  | { readonly kind: "region"; build(batch: Batch, node: Node, operands: readonly Value[], nested: Nested): readonly Value[] }
  | { readonly kind: "none"; readonly reason: string };

export const valueRule = (build: (batch: Batch, node: Node, operands: readonly Value[], nested: Nested) => Node): BatchingRule => ({ kind: "value", build });
