// Values that take the place of others: updates of variables, givens of functions, what loops carry on, gradients that are given.

import { userError } from "../ir/errors.ts";
import type { Node } from "../ir/node.ts";
import { shapeEquals, typeEquals } from "../ir/types.ts";
import { describeTyped } from "./expression.ts";
import { isWeak, toNode, weakNode } from "./ops/operand.ts";
import { assume } from "./ops/primitive.ts";
import { neverEqual } from "./shape.ts";

/** A value for the place of `target`: of its type; sizes that are equal only by assumption are checked when it runs. */
export function valueFor(code: "E211" | "E305" | "E405" | "E407", op: string, what: string, target: Node, value: unknown): Node {
  const { dtype, shape } = target.type;
  if (isWeak(value) && shape.length === 0) return weakNode(op, value, dtype, []);
  const node = isWeak(value) ? weakNode(op, value, dtype, []) : toNode(op, value);
  if (typeEquals(node.type, target.type)) return node;
  const fits = node.type.dtype === dtype && node.type.shape.length === shape.length
    && shape.every((dim, axis) => !neverEqual(dim, node.type.shape[axis]!));
  if (!fits) throw userError(code, { op, message: `${what} is ${describeTyped(node)}, ${describeTyped(target)} is needed`, location: node.location });
  return shapeEquals(node.type.shape, shape) ? node : assume(node, shape);
}
