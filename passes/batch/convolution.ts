// Convolutions know a batch, channels and groups of their own. If the operand alone is batched, members are more of its
// batch; if the kernel alone is, more outputs; if both are, the convolution is taken apart into the product that it is.
//
//   operand N, spatial..., C;  kernel spatial..., C / groups, O;  result N / batch_groups, spatial..., O

import { InternalError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { convolutionOf } from "../../ir/ops/convolution-windows.ts";
import { divideExactly, mulDims } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { type Nested, valueRule } from "./rule.ts";
import { type Batch, type Value, moveAxis } from "./value.ts";

/** The batch becomes part of `axis` of the value (counted without it): within each of `groups` parts of that axis, the slower part. */
function joinBatch({ b, size }: Batch, node: Node, axis: number, groups: number): Node {
  const shape = node.type.shape.slice(1);
  const part = divideExactly(shape[axis]!, groups)!;
  const split = b.reshape(node, [size, ...shape.toSpliced(axis, 1, groups, part)]);
  const inside = moveAxis(b, split, 0, axis + 1);
  return b.reshape(inside, shape.with(axis, mulDims(size, shape[axis]!)));
}

/** The opposite, of the shape that the value has without the batch. */
function splitBatch({ b, size }: Batch, node: Node, shape: Node["type"]["shape"], axis: number, groups: number): Node {
  const part = divideExactly(shape[axis]!, groups)!;
  const split = b.reshape(node, shape.toSpliced(axis, 1, groups, size, part));
  return b.reshape(moveAxis(b, split, axis + 1, 0), [size, ...shape]);
}

/** Patches, products and what else the op is made of, batched one by one. */
function takenApart(batch: Batch, node: Node, operands: readonly Value[], nested: Nested): Node {
  const { lower } = opOf(node.op);
  if (lower.kind !== "convolution") throw new InternalError(`${node.op} is not made of other ops`);
  const stands = node.inputs.map(({ type }, i) => batch.b.parameter(i, `p${i}`, type));
  const like = batch.b.make(node.op, stands, node.attributes);
  const [result] = nested.nodes([lower.build(batch.b, like)], stands.map((stand, i) => [stand, operands[i]!]));
  return result!.node;
}

export const convGeneral = valueRule((batch, node, operands, nested) => {
  const [operand, kernel] = operands;
  if (operand!.isBatched && kernel!.isBatched) return takenApart(batch, node, operands, nested);
  const { groups, batch_groups } = convolutionOf(node);
  const make = (lhs: Node, rhs: Node): Node => batch.b.make(node.op, [lhs, rhs], node.attributes);
  const { shape } = node.type;
  if (operand!.isBatched) return splitBatch(batch, make(joinBatch(batch, operand!.node, 0, batch_groups), kernel!.node), shape, 0, 1);
  const outputs = shape.length - 1;
  return splitBatch(batch, make(operand!.node, joinBatch(batch, kernel!.node, outputs, groups * batch_groups)), shape, outputs, groups * batch_groups);
});

/** Operand and cotangent give a kernel: members of the first are more of its channels, of the second more outputs. */
export const convFilterGradient = valueRule((batch, node, operands, nested) => {
  const [operand, cotangent] = operands;
  if (operand!.isBatched && cotangent!.isBatched) return takenApart(batch, node, operands, nested);
  const { groups, batch_groups } = convolutionOf(node);
  const make = (lhs: Node, rhs: Node): Node => batch.b.make(node.op, [lhs, rhs], node.attributes);
  const { shape } = node.type;
  const [channels, outputs] = [shape.length - 2, shape.length - 1];
  if (operand!.isBatched) return splitBatch(batch, make(joinBatch(batch, operand!.node, outputs, groups), cotangent!.node), shape, channels, 1);
  const parts = groups * batch_groups;
  return splitBatch(batch, make(operand!.node, joinBatch(batch, cotangent!.node, outputs, parts)), shape, outputs, parts);
});

