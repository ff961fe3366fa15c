// reduce_window: the sum or extremum of every window (pooling). Padding never wins: it holds the identity.

import { enumAttribute } from "../attributes.ts";
import { type CombineOp, identityOf } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { Gradient, GraphBuilder, OpDefinition } from "../op.ts";
import { type Dim, addDims, mulDims, subDims } from "../size.ts";
import { registerOp } from "../table.ts";
import { tensorType } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { forEachIndex, tabulate } from "./index-space.ts";
import { paddedReader } from "./padding.ts";
import { tiesOf } from "./reduction.ts";
import { stretchBack } from "./stretch-back.ts";
import { transposePad } from "./slicing.ts";
import { checkDType } from "./structural-checks.ts";
import { overlapAdd, windows } from "./window.ts";
import { type WindowGeometry, checkGeometry, geometryAttributes, geometryOf, windowCounts } from "./window-geometry.ts";

type Kind = "sum" | "max" | "min";

const combinations: { readonly [K in Kind]: CombineOp } = { sum: "add", max: "max", min: "min" };

const kindOf = (from: Pick<Node, "attributes">): Kind => enumAttribute<Kind>(from, "kind");

/** All windows of a tensor side by side, and back. */
interface Windows {
  readonly all: Node;
  /** The axes of `all` that lie within windows. */
  readonly axes: readonly number[];
  /** The transpose: adds up what came from one place. */
  fold(cotangent: Node): Node;
}

/** Every window of `x`, padded with `value`. */
function windowsOf(b: GraphBuilder, x: Node, node: Node, value: number | bigint): Windows {
  const { kind: _, ...attributes } = node.attributes;
  const geometry = geometryOf(node);
  if (isTiling(geometry)) return tilesOf(b, x, node.type.shape, geometry, value);
  const rank = x.type.shape.length;
  return {
    all: b.make(windows.name, [x], { ...attributes, value }),
    axes: Array.from({ length: rank }, (_unused, axis) => rank + axis),
    fold: (cotangent) => b.make(overlapAdd.name, [cotangent], { ...attributes, shape: x.type.shape }),
  };
}

function isTiling({ window, strides, dilation }: WindowGeometry): boolean {
  return window.every((size, axis) => size === strides[axis] && dilation[axis] === 1);
}

/** Windows that neither overlap nor leave gaps are a reshape, in which the last axis keeps its place in memory. */
function tilesOf(b: GraphBuilder, x: Node, counts: readonly Dim[], { window, low }: WindowGeometry, value: number | bigint): Windows {
  const { shape } = x.type;
  const high = shape.map((dim, axis) => subDims(mulDims(counts[axis]!, window[axis]!), addDims(dim, low[axis]!)));
  const whole = [...low, ...high].every((margin) => margin === 0);
  const padded = whole ? x : b.make("pad", [x], { low, high, interior: shape.map(() => 0), value });
  const split = counts.flatMap((count, axis) => (window[axis] === 1 ? [count] : [count, window[axis]!]));
  const axes: number[] = [];
  window.forEach((size, axis) => {
    if (size > 1) axes.push(axis + axes.length + 1);
  });
  return {
    all: b.reshape(padded, split),
    axes,
    fold(cotangent) {
      const joined = b.reshape(cotangent, padded.type.shape);
      return whole ? joined : transposePad(b, padded, joined);
    },
  };
}

/** Windows of at most so many places are written out. */
const mostPlaces = 9;

/**
 * For each place of the window what stands there in all windows, as slices: extrema of small windows without padding, which
 * need no order of combination and no loops.
 */
function placesOf(b: GraphBuilder, x: Node, node: Node): readonly Node[] | undefined {
  const { window, strides, dilation, low, high } = geometryOf(node);
  const counts = node.type.shape;
  const { shape } = x.type;
  const places = window.reduce((product, size) => product * size, 1);
  const plain = window.every((size, axis) => (size === 1 && strides[axis] === 1) || (typeof shape[axis] === "number" && Number(counts[axis]) > 0));
  if (kindOf(node) === "sum" || places > mostPlaces || !plain || [...low, ...high].some((margin) => margin !== 0)) return undefined;
  return Array.from({ length: places }, (_, place) => {
    let rest = place;
    const start = new Array<number>(window.length).fill(0);
    for (let axis = window.length - 1; axis >= 0; axis--) {
      start[axis] = (rest % window[axis]!) * dilation[axis]!;
      rest = Math.floor(rest / window[axis]!);
    }
    const limit = shape.map((dim, axis) => (window[axis] === 1 && strides[axis] === 1 ? dim : start[axis]! + (Number(counts[axis]) - 1) * strides[axis]! + 1));
    return b.make("slice", [x], { start, limit, step: strides });
  });
}

function paddingOf(node: Node): number | bigint {
  return identityOf(combinations[kindOf(node)], node.type.dtype);
}

/** The elements of a window that equal its extremum share the gradient equally. */
const gradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const { all, axes, fold } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
    if (kindOf(node) === "sum") return [fold(stretchBack(b, cotangent, all, axes))];
    const { ties, count } = tiesOf(b, all, node, axes);
    return [fold(b.mul(ties, stretchBack(b, b.div(cotangent, count), all, axes)))];
  },
  jvp(b, node, [tangent]) {
    if (tangent === undefined) return undefined;
    if (kindOf(node) === "sum") return b.make("reduce_window", [tangent], node.attributes);
    const { all, axes } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
    const { ties, count } = tiesOf(b, all, node, axes);
    return b.div(b.sum(b.mul(ties, windowsOf(b, tangent, node, 0).all), axes), count);
  },
};

export const reduceWindow = registerOp<OpDefinition<"reduce_window">>({
  name: "reduce_window",
  arity: 1,
  attributes: { kind: ["sum", "max", "min"], ...geometryAttributes },
  infer([operand], attributes) {
    const geometry = geometryOf({ attributes });
    checkDType("reduce_window", operand!, (dtype) => dtype !== "bool", "numbers");
    checkGeometry("reduce_window", geometry, operand!.shape.length);
    return tensorType(operand!.dtype, windowCounts(geometry, operand!.shape));
  },
  evaluate([operand], context) {
    const { window, strides, dilation, low } = geometryOf(context);
    const op = combinations[kindOf(context)];
    const identity = identityOf(op, context.type.dtype);
    const combine = combineOf(op, context.type.dtype);
    const read = paddedReader(operand!, low as readonly number[], window.map(() => 0), identity);
    return tabulate(context, (index) => {
      let value = identity;
      forEachIndex(window, (offset) => {
        value = combine(value, read(index.map((i, axis) => i * strides[axis]! + offset[axis]! * dilation[axis]!)));
      });
      return value;
    });
  },
  gradient,
  lower: {
    kind: "expand",
    build(b, node) {
      const places = placesOf(b, node.inputs[0]!, node);
      if (places !== undefined) return places.reduce((left, right) => b.binary(kindOf(node), left, right));
      const { all, axes } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
      return b.make(`reduce_${kindOf(node)}`, [all], { axes });
    },
  },
});

export const reduceWindowOps = [reduceWindow] as const;
