// Steps of random graphs that move elements or change shapes: valid in every regime.

import type { Node } from "../../ir/node.ts";
import { reduceWindow } from "../../ir/ops/reduce-window.ts";
import { type Dim, mulDims } from "../../ir/size.ts";
import type { BoundedNode, Step, StepContext } from "./step.ts";

function moved(x: BoundedNode, node: Node): BoundedNode {
  return { node, bound: x.bound };
}

function axisOf({ choices }: StepContext, x: BoundedNode): number | undefined {
  const { length } = x.node.type.shape;
  return length === 0 ? undefined : choices.next(length);
}

export const transpose: Step = ({ b, choices }, x) => {
  const { length } = x.node.type.shape;
  if (length < 2) return undefined;
  const permutation = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = choices.next(i + 1);
    [permutation[i], permutation[j]] = [permutation[j]!, permutation[i]!];
  }
  return moved(x, b.transpose(x.node, permutation));
};

export const newAxis: Step = ({ b, choices }, x) => {
  const { shape } = x.node.type;
  if (shape.length > 4) return undefined;
  const at = choices.next(shape.length + 1);
  const extent = choices.pick([2, 1, 5]);
  const axes = shape.map((_, i) => (i < at ? i : i + 1));
  return moved(x, b.broadcast(x.node, [...shape.slice(0, at), extent, ...shape.slice(at)], axes));
};

export const mergeAxes: Step = (context, x) => {
  const { shape } = x.node.type;
  if (shape.length < 2) return undefined;
  const at = context.choices.next(shape.length - 1);
  return moved(x, context.b.reshape(x.node, [...shape.slice(0, at), mulDims(shape[at]!, shape[at + 1]!), ...shape.slice(at + 2)]));
};

export const splitAxis: Step = (context, x) => {
  const { shape } = x.node.type;
  const at = shape.findIndex((dim) => typeof dim === "number" && dim > 2 && dim % 2 === 0);
  if (at < 0) return undefined;
  return moved(x, context.b.reshape(x.node, [...shape.slice(0, at), 2, (shape[at] as number) / 2, ...shape.slice(at + 1)]));
};

export const reverse: Step = (context, x) => {
  const axis = axisOf(context, x);
  return axis === undefined ? undefined : moved(x, context.b.make("reverse", [x.node], { axes: [axis] }));
};

/** Every second or all but the first element of an axis of known size, forwards or backwards. */
export const slice: Step = (context, x) => {
  const axis = axisOf(context, x);
  const { shape } = x.node.type;
  const extent = axis === undefined ? undefined : shape[axis];
  if (axis === undefined || typeof extent !== "number" || extent < 2) return undefined;
  const [start, limit, step] = context.choices.pick([[1, extent, 1], [0, extent, 2], [0, extent - 1, 1], [extent - 1, -1, -1], [extent - 1, 0, -2]] as const);
  const fill = (value: Dim, others: readonly Dim[]) => shape.map((_, i) => (i === axis ? value : others[i]!));
  return moved(x, context.b.make("slice", [x.node], {
    start: fill(start, shape.map(() => 0)), limit: fill(limit, shape), step: shape.map((_, i) => (i === axis ? step : 1)),
  }));
};

export const pad: Step = (context, x) => {
  const axis = axisOf(context, x);
  if (axis === undefined) return undefined;
  const { shape } = x.node.type;
  const only = (value: number) => shape.map((_, i) => (i === axis ? value : 0));
  return moved({ ...x, bound: Math.max(x.bound, 1) }, context.b.make("pad", [x.node], {
    low: only(context.choices.next(3)), high: only(context.choices.next(3)), interior: only(context.choices.next(2)), value: 1,
  }));
};

export const concat: Step = (context, x) => {
  const axis = axisOf(context, x);
  if (axis === undefined) return undefined;
  const others = context.values.filter((y) => y.node.type.dtype === x.node.type.dtype && y.node.type.shape.length === x.node.type.shape.length
    && y.node.type.shape.every((dim, i) => i === axis || dim === x.node.type.shape[i]));
  const y = context.choices.pick(others);
  return { node: context.b.make("concat", [x.node, y.node], { axis }), bound: Math.max(x.bound, y.bound) };
};

/** Rows taken by computed indices, with repetition. */
export const gather: Step = (context, x) => {
  const axis = axisOf(context, x);
  const extent = axis === undefined ? undefined : x.node.type.shape[axis];
  if (axis === undefined || typeof extent !== "number") return undefined;
  const { b, choices } = context;
  const shape = choices.pick([[3], [2, 2], []]);
  const raw = b.make("iota", [], { dtype: "i32", shape: shape.length === 0 ? [1] : shape, axis: 0 });
  const index = b.binary("rem", b.mul(shape.length === 0 ? b.reshape(raw, []) : raw, b.full(5, "i32", shape)), b.full(extent, "i32", shape));
  return moved(x, b.make("gather", [x.node, index], { axes: [axis], bounds: "check" }));
};

export const windowedMax: Step = (context, x) => {
  const { shape } = x.node.type;
  const axis = axisOf(context, x);
  const extent = axis === undefined ? undefined : shape[axis];
  if (axis === undefined || typeof extent !== "number" || extent < 3) return undefined;
  const only = (value: number, other: number) => shape.map((_, i) => (i === axis ? value : other));
  return moved(x, context.b.make(reduceWindow.name, [x.node], {
    kind: "max", window: only(3, 1), strides: only(context.choices.pick([1, 2]), 1), dilation: only(1, 1), low: only(1, 0), high: only(0, 0),
  }));
};

export const shapeSteps: readonly Step[] = [transpose, newAxis, mergeAxes, splitAxis, reverse, slice, pad, concat, gather, windowedMax];

