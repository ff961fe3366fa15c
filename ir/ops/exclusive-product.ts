// The product of all other elements, without division: right also where elements are 0, or overflow together.

import type { Node } from "../node.ts";
import type { GraphBuilder } from "../op.ts";
import { type Shape } from "../types.ts";
import { type Dim, productOfDims } from "../size.ts";
import { invertPermutation } from "./movement.ts";

/** For each element of `x`, the product of the others that differ from it only along `axes`. */
export function exclusiveProduct(b: GraphBuilder, x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const permutation = [...kept, ...axes];
  const moved = b.transpose(x, permutation);
  const count = productOfDims(axes.map((axis) => shape[axis]!));
  const flat = b.reshape(moved, [...kept.map((axis) => shape[axis]!), count]);
  const axis = kept.length;
  const product = b.mul(
    b.make("cumprod", [shift(b, flat, axis, 1)], { axis, reverse: false }),
    b.make("cumprod", [shift(b, flat, axis, -1)], { axis, reverse: true }),
  );
  return b.transpose(b.reshape(product, moved.type.shape), invertPermutation(permutation));
}

/** Moves elements by one along an axis, towards the end or the start; 1 enters and the element at the border leaves. */
export function shift(b: GraphBuilder, x: Node, axis: number, by: 1 | -1, value: number | bigint = 1): Node {
  const along = (amount: number): readonly Dim[] => onAxis(x.type.shape, axis, amount);
  return b.make("pad", [x], { low: along(by), high: along(-by), interior: along(0), value });
}

function onAxis(shape: Shape, axis: number, amount: number): readonly Dim[] {
  return shape.map((_, a) => (a === axis ? amount : 0));
}
