// reduce_window: the sum or extremum of every window (pooling). Padding never wins: it holds the identity.

import { enumAttribute } from "../attributes.ts";
import { type CombineOp, identityOf } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { Gradient, GraphBuilder, OpDefinition } from "../op.ts";
import { tensorType } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { forEachIndex, tabulate } from "./index-space.ts";
import { paddedReader } from "./padding.ts";
import { tiesOf } from "./reduction.ts";
import { checkDType } from "./structural-checks.ts";
import { checkGeometry, geometryAttributes, geometryOf, windowCounts } from "./window-geometry.ts";

type Kind = "sum" | "max" | "min";

const combinations: { readonly [K in Kind]: CombineOp } = { sum: "add", max: "max", min: "min" };

const kindOf = (from: Pick<Node, "attributes">): Kind => enumAttribute<Kind>(from, "kind");

/** Every window of `x`, with the kind's identity as padding; the reduced axes are the last half. */
function windowsOf(b: GraphBuilder, x: Node, node: Node, value: number | bigint): { readonly all: Node; readonly axes: readonly number[] } {
  const { kind: _, ...geometry } = node.attributes;
  const rank = x.type.shape.length;
  return { all: b.make("windows", [x], { ...geometry, value }), axes: Array.from({ length: rank }, (_unused, axis) => rank + axis) };
}

function paddingOf(node: Node): number | bigint {
  return identityOf(combinations[kindOf(node)], node.type.dtype);
}

function overlapAdd(b: GraphBuilder, cotangent: Node, node: Node): Node {
  const { kind: _, ...geometry } = node.attributes;
  return b.make("overlap_add", [cotangent], { ...geometry, shape: node.inputs[0]!.type.shape });
}

/** The elements of a window that equal its extremum share the gradient equally. */
const gradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const { all, axes } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
    const stretch = (x: Node): Node => b.broadcast(x, all.type.shape, x.type.shape.map((_, axis) => axis));
    if (kindOf(node) === "sum") return [overlapAdd(b, stretch(cotangent), node)];
    const { ties, count } = tiesOf(b, all, node, axes);
    return [overlapAdd(b, b.mul(ties, stretch(b.div(cotangent, count))), node)];
  },
  jvp(b, node, [tangent]) {
    if (tangent === undefined) return undefined;
    if (kindOf(node) === "sum") return b.make("reduce_window", [tangent], node.attributes);
    const { all, axes } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
    const { ties, count } = tiesOf(b, all, node, axes);
    return b.div(b.sum(b.mul(ties, windowsOf(b, tangent, node, 0).all), axes), count);
  },
};

const reduceWindow: OpDefinition = {
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
      const { all, axes } = windowsOf(b, node.inputs[0]!, node, paddingOf(node));
      return b.make(`reduce_${kindOf(node)}`, [all], { axes });
    },
  },
};

export const reduceWindowOps: readonly OpDefinition[] = [reduceWindow];
