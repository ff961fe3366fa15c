// Gradients of cumprod, cummax and cummin. A running extremum's gradient goes to the first element, in running order,
// that has its value.

import { boolAttribute, intAttribute } from "../attributes.ts";
import type { Node } from "../node.ts";
import type { Gradient, GraphBuilder } from "../op.ts";
import { shift } from "./exclusive-product.ts";

const flip = (b: GraphBuilder, x: Node, axis: number): Node => b.make("reverse", [x], { axes: [axis] });

/**
 * d result i / d element j, of shape [..., j, ..., i] with i last, for a forward cumprod: the product of the elements up to
 * i without j, and 0 for j > i. Quadratic in the length of the axis, but free of divisions, hence right at zeros.
 */
function productJacobian(b: GraphBuilder, x: Node, axis: number): Node {
  const rank = x.type.shape.length;
  const length = x.type.shape[axis]!;
  const shape = [...x.type.shape, length];
  // columns[..., j, ..., i] is element i of the line.
  const line = x.type.shape.map((_, a) => a).filter((a) => a !== axis);
  const columns = b.broadcast(b.transpose(x, [...line, axis]), shape, [...line, rank]);
  const row = b.make("iota", [], { dtype: "i32", shape, axis });
  const column = b.make("iota", [], { dtype: "i32", shape, axis: rank });
  const others = b.select(b.binary("eq", row, column), b.fullLike(columns, 1), columns);
  const products = b.make("cumprod", [others], { axis: rank, reverse: false });
  return b.select(b.binary("le", row, column), products, b.fullLike(products, 0));
}

export const productGradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const axis = intAttribute(node, "axis");
    const turn = (x: Node): Node => (boolAttribute(node, "reverse") ? flip(b, x, axis) : x);
    const jacobian = productJacobian(b, turn(node.inputs[0]!), axis);
    const rank = node.type.shape.length;
    const line = node.type.shape.map((_, a) => a).filter((a) => a !== axis);
    const stretched = b.broadcast(b.transpose(turn(cotangent), [...line, axis]), jacobian.type.shape, [...line, rank]);
    return [turn(b.sum(b.mul(jacobian, stretched), [rank]))];
  },
  jvp(b, node, [tangent]) {
    if (tangent === undefined) return undefined;
    const axis = intAttribute(node, "axis");
    const turn = (x: Node): Node => (boolAttribute(node, "reverse") ? flip(b, x, axis) : x);
    const jacobian = productJacobian(b, turn(node.inputs[0]!), axis);
    const rank = node.type.shape.length;
    const stretched = b.broadcast(turn(tangent), jacobian.type.shape, node.type.shape.map((_, a) => a));
    const summed = b.sum(b.mul(jacobian, stretched), [axis]);
    // The axis i, which was last, goes back to its place.
    const permutation = Array.from({ length: rank }, (_, a) => (a < axis ? a : a === axis ? rank - 1 : a - 1));
    return turn(b.transpose(summed, permutation));
  },
};

/** For each element of a forward cummax or cummin, the position along the axis of the element it comes from. */
function positionsOf(b: GraphBuilder, running: Node, axis: number): Node {
  const before = shift(b, running, axis, 1);
  const position = b.make("iota", [], { dtype: "i32", shape: running.type.shape, axis });
  const changed = b.select(b.binary("ne", running, before), position, b.full(0, "i32", running.type.shape));
  return b.make("cummax", [changed], { axis, reverse: false });
}

/** Index arrays that name, along `axis`, the given positions and keep all other axes. */
function indicesOf(b: GraphBuilder, positions: Node, axis: number): { readonly indices: readonly Node[]; readonly axes: readonly number[] } {
  const { shape } = positions.type;
  const axes = shape.map((_, a) => a);
  const indices = axes.map((a) => (a === axis ? positions : b.make("iota", [], { dtype: "i32", shape, axis: a })));
  return { indices, axes };
}

export const extremumGradient: Gradient = {
  kind: "both",
  vjp(b, node, cotangent) {
    const axis = intAttribute(node, "axis");
    const turn = (x: Node): Node => (boolAttribute(node, "reverse") ? flip(b, x, axis) : x);
    const { indices, axes } = indicesOf(b, positionsOf(b, turn(node), axis), axis);
    return [turn(b.make("scatter", [b.fullLike(node, 0), turn(cotangent), ...indices], { axes, mode: "add", bounds: "clamp" }))];
  },
  jvp(b, node, [tangent]) {
    if (tangent === undefined) return undefined;
    const axis = intAttribute(node, "axis");
    const turn = (x: Node): Node => (boolAttribute(node, "reverse") ? flip(b, x, axis) : x);
    const { indices, axes } = indicesOf(b, positionsOf(b, turn(node), axis), axis);
    return turn(b.make("gather", [turn(tangent), ...indices], { axes, bounds: "clamp" }));
  },
};
