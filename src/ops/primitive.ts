// The IR's ops under the hands of the language layer: one shared builder whose nodes carry the user's line, and a typed
// function for each structural op, so that attribute names stand here and nowhere else in this layer.

import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import type { DType, Shape } from "../../ir/types.ts";
import { captureLocation } from "../location.ts";

const builder = createBuilder();

export function make(op: string, inputs: readonly Node[], attributes: Attributes = {}): Node {
  builder.at = captureLocation();
  return builder.make(op, inputs, attributes);
}

export function full(value: number | bigint | boolean, dtype: DType, shape: Shape): Node {
  builder.at = captureLocation();
  return builder.full(value, dtype, shape);
}

export function fullLike(node: Node, value: number | bigint | boolean): Node {
  return full(value, node.type.dtype, node.type.shape);
}

export function constant({ dtype, shape, data }: TensorData): Node {
  return make("constant", [], { data: { dtype, shape, data } });
}

export function parameter(index: number, name: string, dtype: DType, shape: Shape): Node {
  return make("parameter", [], { index, name, dtype, shape });
}

export function convert(node: Node, dtype: DType): Node {
  if (node.type.dtype === dtype) return node;
  return make("convert", [node], { dtype });
}

export function assume(node: Node, shape: Shape): Node {
  return make("assume", [node], { shape });
}

export function broadcastInDim(node: Node, shape: Shape, axes: readonly number[]): Node {
  builder.at = captureLocation();
  return builder.broadcast(node, shape, axes);
}

export function reshape(node: Node, shape: Shape): Node {
  builder.at = captureLocation();
  return builder.reshape(node, shape);
}

export function transpose(node: Node, permutation: readonly number[]): Node {
  builder.at = captureLocation();
  return builder.transpose(node, permutation);
}

export function reduce(op: string, node: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? node : make(`reduce_${op}`, [node], { axes });
}

/** From start to before limit in steps of at least 1, per axis. */
export function sliceAxes(node: Node, start: readonly Dim[], limit: readonly Dim[], step: readonly number[]): Node {
  const whole = start.every((dim) => dim === 0) && limit.every((dim, axis) => dim === node.type.shape[axis]) && step.every((s) => s === 1);
  return whole ? node : make("slice", [node], { start, limit, step });
}

export function reverse(node: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? node : make("reverse", [node], { axes });
}

export function iota(dtype: DType, shape: Shape, axis: number): Node {
  return make("iota", [], { dtype, shape, axis });
}
