// What the values of a graph become when it is computed for a whole batch at once: one value for all, or one for each
// member, along a first axis that the op at hand knows nothing of.

import type { LocatedBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";

export interface Value {
  readonly node: Node;
  /** With the batch as its first axis; otherwise the same for every member. */
  readonly isBatched: boolean;
}

export const shared = (node: Node): Value => ({ node, isBatched: false });
export const batched = (node: Node): Value => ({ node, isBatched: true });

/** Where the rules build: `b` carries the line of the node that they batch. */
export interface Batch {
  readonly b: LocatedBuilder;
  readonly size: Dim;
}

/** The value for each member. */
export function spread({ b, size }: Batch, { node, isBatched }: Value): Node {
  if (isBatched) return node;
  const { dtype, shape } = node.type;
  // Rules see the value of a `full` node, so it stays one.
  if (node.op === "full") return b.full(node.attributes["value"] as number | bigint, dtype, [size, ...shape]);
  return b.make("broadcast", [node], { shape: [size, ...shape], axes: shape.map((_, axis) => axis + 1) });
}

/** Axes of the op, counted with the batch before them. */
export const shifted = (axes: readonly number[]): readonly number[] => axes.map((axis) => axis + 1);

/** Axis `from` to place `to`; the others keep their order. */
export function moveAxis(b: LocatedBuilder, node: Node, from: number, to: number): Node {
  const rest = node.type.shape.map((_, axis) => axis).filter((axis) => axis !== from);
  return b.transpose(node, rest.toSpliced(to, 0, from));
}

/** A parameter in the place of each value. */
export function standIns({ b }: Batch, values: readonly Value[]): readonly Value[] {
  return values.map(({ node, isBatched }, i) => ({ node: b.parameter(i, `p${i}`, node.type), isBatched }));
}
