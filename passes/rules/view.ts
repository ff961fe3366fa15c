// A tensor as a view of another: through transposes, broadcasts, and reshapes that put in or take away axes of size 1.

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";

export interface View {
  readonly source: Node;
  /** The axis of the view that each axis of the source runs along; none for an axis of size 1. */
  readonly axes: readonly (number | undefined)[];
}

export function viewOf(node: Node): View {
  let view: View = { source: node, axes: node.type.shape.map((dim, axis) => (dim === 1 ? undefined : axis)) };
  for (let next = through(view); next !== undefined; next = through(view)) view = next;
  return view;
}

/** The same view by one node less; undefined where the source is no view. */
function through({ source, axes }: View): View | undefined {
  const [operand] = source.inputs;
  switch (source.op) {
    case "transpose": {
      const permutation = intsAttribute(source, "permutation");
      return { source: operand!, axes: permutation.map((_, axis) => axes[permutation.indexOf(axis)]) };
    }
    case "broadcast": {
      const places = intsAttribute(source, "axes");
      return { source: operand!, axes: operand!.type.shape.map((dim, axis) => (dim === 1 ? undefined : axes[places[axis]!])) };
    }
    case "reshape": {
      const [from, to] = [longAxes(operand!.type.shape), longAxes(source.type.shape)];
      if (from.length !== to.length || from.some((axis, i) => operand!.type.shape[axis] !== source.type.shape[to[i]!])) return undefined;
      return { source: operand!, axes: operand!.type.shape.map((_, axis) => (from.includes(axis) ? axes[to[from.indexOf(axis)]!] : undefined)) };
    }
    default: return undefined;
  }
}

const longAxes = (shape: readonly Dim[]): readonly number[] => shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));

/** Whether elements are the same all along these axes. */
export function isUniform(node: Node, along: readonly number[], depth = 8): boolean {
  if (node.op === "full") return true;
  const { source, axes } = viewOf(node);
  if (!axes.some((axis) => axis !== undefined && along.includes(axis))) return true;
  return source === node && depth > 0 && opOf(node.op).lower.kind === "elementwise" && node.inputs.every((input) => isUniform(input, along, depth - 1));
}

/** Whether the two are each other with the axes exchanged. */
export function isExchanged(x: Node, y: Node, [a, b]: readonly [number, number]): boolean {
  const [own, other] = [viewOf(x), viewOf(y)];
  const exchange = (axis: number | undefined): number | undefined => (axis === a ? b : axis === b ? a : axis);
  return own.source === other.source && own.axes.every((axis, i) => exchange(axis) === other.axes[i]);
}
