// Reads and writes at places given by values. Where the places differ from member to member, the batch becomes one more
// indexed axis, along which each member names its own place.

import { dimsAttribute, intsAttribute } from "../../ir/attributes.ts";
import type { LocatedBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { subDims } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { valueRule } from "./rule.ts";
import { type Batch, type Value, moveAxis, shifted, spread } from "./value.ts";

const ownMember = (b: LocatedBuilder, shape: Shape): Node => b.make("iota", [], { dtype: "i32", shape, axis: 0 });

export const gather = valueRule((batch, node, [operand, ...indices]) => {
  const { b } = batch;
  const axes = intsAttribute(node, "axes");
  const { bounds } = node.attributes;
  if (indices.every(({ isBatched }) => !isBatched)) {
    const read = b.make("gather", [operand!.node, ...indices.map((index) => index.node)], { axes: shifted(axes), bounds: bounds! });
    return moveAxis(b, read, indices[0]!.node.type.shape.length, 0);
  }
  const places = indices.map((index) => spread(batch, index));
  if (!operand!.isBatched) return b.make("gather", [operand!.node, ...places], { axes, bounds: bounds! });
  return b.make("gather", [operand!.node, ownMember(b, places[0]!.type.shape), ...places], { axes: [0, ...shifted(axes)], bounds: bounds! });
});

export const scatter = valueRule((batch, node, [operand, updates, ...indices]) => {
  const { b } = batch;
  const axes = intsAttribute(node, "axes");
  const [to, from] = [spread(batch, operand!), spread(batch, updates!)];
  if (indices.every(({ isBatched }) => !isBatched)) {
    const places = indices.map((index) => index.node);
    return b.make("scatter", [to, moveAxis(b, from, 0, places[0]!.type.shape.length), ...places], { ...node.attributes, axes: shifted(axes) });
  }
  const places = indices.map((index) => spread(batch, index));
  return b.make("scatter", [to, from, ownMember(b, places[0]!.type.shape), ...places], { ...node.attributes, axes: [0, ...shifted(axes)] });
});

/** A block whose place each member says for itself, as index arrays. */
interface Block {
  /** The operand's axes that are not read whole; the others keep their order behind them. */
  readonly axes: readonly number[];
  /** One array for each of these axes, of the batch's size and the block's sizes along them. */
  readonly indices: readonly Node[];
}

/** As dynamic slices do it, starts are moved so that the block lies inside. */
function blockOf(batch: Batch, shape: Shape, sizes: Shape, starts: readonly Value[]): Block {
  const { b, size } = batch;
  const axes = shape.map((_, axis) => axis).filter((axis) => sizes[axis] !== shape[axis]);
  const block = [size, ...axes.map((axis) => sizes[axis]!)];
  const indices = axes.map((axis, i) => {
    const given = spread(batch, starts[axis]!);
    const last = dimLike(b, subDims(shape[axis]!, sizes[axis]!), given);
    const start = b.binary("max", b.binary("min", given, last), b.fullLike(given, 0));
    return b.add(b.broadcast(start, block, [0]), b.make("iota", [], { dtype: "i32", shape: block, axis: i + 1 }));
  });
  return { axes, indices };
}

/** A size as an i32 tensor of another's shape. */
function dimLike(b: LocatedBuilder, dim: Dim, like: Node): Node {
  if (typeof dim === "number") return b.fullLike(like, dim);
  return b.broadcast(b.make("size", [], { size: [dim] }), like.type.shape, []);
}

/** The order of a batched block's axes when the indexed ones have come to the front. */
const frontOrder = (rank: number, axes: readonly number[]): readonly number[] => {
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis));
  return [0, ...shifted([...axes, ...rest])];
};

const inverse = (permutation: readonly number[]): readonly number[] => permutation.map((_, axis) => permutation.indexOf(axis));

export const dynamicSlice = valueRule((batch, node, [operand, ...starts]) => {
  const { b, size } = batch;
  const sizes = dimsAttribute(node, "sizes");
  if (starts.every(({ isBatched }) => !isBatched)) {
    return b.make("dynamic_slice", [operand!.node, b.full(0, "i32", []), ...starts.map((start) => start.node)], { sizes: [size, ...sizes] });
  }
  const { axes, indices } = blockOf(batch, node.inputs[0]!.type.shape, sizes, starts);
  // The block is all of the operand.
  if (axes.length === 0) return spread(batch, operand!);
  const read = operand!.isBatched
    ? b.make("gather", [operand!.node, ownMember(b, indices[0]!.type.shape), ...indices], { axes: [0, ...shifted(axes)], bounds: "clamp" })
    : b.make("gather", [operand!.node, ...indices], { axes, bounds: "clamp" });
  return b.transpose(read, inverse(frontOrder(sizes.length, axes)));
});

export const dynamicUpdateSlice = valueRule((batch, node, [operand, update, ...starts]) => {
  const { b } = batch;
  const [to, from] = [spread(batch, operand!), spread(batch, update!)];
  if (starts.every(({ isBatched }) => !isBatched)) {
    return b.make("dynamic_update_slice", [to, from, b.full(0, "i32", []), ...starts.map((start) => start.node)]);
  }
  const { axes, indices } = blockOf(batch, node.type.shape, node.inputs[1]!.type.shape, starts);
  if (axes.length === 0) return from;
  const turned = b.transpose(from, frontOrder(node.type.shape.length, axes));
  return b.make("scatter", [to, turned, ownMember(b, indices[0]!.type.shape), ...indices], { axes: [0, ...shifted(axes)], mode: "set", bounds: "clamp" });
});
