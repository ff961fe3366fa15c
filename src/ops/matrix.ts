// Triangles, diagonals and grids: made of iotas, which cost nothing once fused.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isInt, type DType } from "../../ir/types.ts";
import { describeNode, describeTyped } from "../expression.ts";
import { toAxis, toDim, toShape } from "../shape.ts";
import { checkDType, ge, le, select, sub } from "./elementwise.ts";
import { expandDims, sliceAxis } from "./movement.ts";
import { type Operand, stretch, toNode, type Weak, weakNode } from "./operand.ts";
import { convert, full as fullNode, iota, make } from "./primitive.ts";

export interface DTypeOption {
  readonly dtype?: DType | undefined;
}

const dtypeFrom = (op: string, options: DTypeOption | undefined): DType => checkDType(op, options?.dtype ?? "f32");

export function zeros(shape: readonly unknown[], options?: DTypeOption): Node {
  return fullNode(0, dtypeFrom("zeros", options), toShape(shape));
}

export function ones(shape: readonly unknown[], options?: DTypeOption): Node {
  return fullNode(1, dtypeFrom("ones", options), toShape(shape));
}

export function full(shape: readonly unknown[], value: Weak, options?: DTypeOption): Node {
  return weakNode("full", value, dtypeFrom("full", options), toShape(shape));
}

function likeOf(op: string, value: number) {
  return (x: Operand, options?: DTypeOption): Node => {
    const { dtype, shape } = toNode(op, x).type;
    return fullNode(value, checkDType(op, options?.dtype ?? dtype), shape);
  };
}
export const zerosLike = likeOf("zerosLike", 0);
export const onesLike = likeOf("onesLike", 1);

/** 0, 1, 2, ... along the one axis; i32 unless said otherwise. */
export function arange(size: unknown, options?: DTypeOption): Node {
  return iota(checkDType("arange", options?.dtype ?? "i32"), [toDim(size)], 0);
}

/** `count` evenly spaced values from `start` to `stop`, both included. */
export function linspace(start: number, stop: number, count: number, options?: DTypeOption): Node {
  const dtype = dtypeFrom("linspace", options);
  if (!Number.isInteger(count) || count < 0) throw userError("E205", { op: "linspace", message: `${String(count)} is not a count` });
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  const rising = make("mul", [iota(dtype, [count], 0), fullNode(step, dtype, [count])]);
  const values = make("add", [rising, fullNode(start, dtype, [count])]);
  if (count < 2) return values;
  // The last is `stop` itself, whatever the rounding.
  const isLast = make("eq", [iota("i32", [count], 0), fullNode(count - 1, "i32", [count])]);
  return make("select", [isLast, fullNode(stop, dtype, [count]), values]);
}

/** Ones on the diagonal. */
export function eye(rows: unknown, columns: unknown = rows, options?: DTypeOption): Node {
  const shape = [toDim(rows), toDim(columns)];
  return convert(make("eq", [iota("i32", shape, 0), iota("i32", shape, 1)]), dtypeFrom("eye", options));
}

function triangle(op: string, keep: (row: Node, column: Node) => Node) {
  return (x: Operand, k = 0): Node => {
    const node = toNode(op, x);
    const { shape, dtype } = node.type;
    if (shape.length < 2) throw userError("E203", { op, message: `${describeNode(node)} has fewer than two axes` });
    if (!Number.isInteger(k)) throw userError("E205", { op, message: `the diagonal ${String(k)} is not an integer` });
    const row = iota("i32", shape, shape.length - 2);
    const column = sub(iota("i32", shape, shape.length - 1), k);
    return select(keep(row, column), node, fullNode(0, dtype, shape));
  };
}
/** Zero above the k-th diagonal of the last two axes. */
export const tril = triangle("tril", (row, column) => ge(row, column));
/** Zero below the k-th diagonal. */
export const triu = triangle("triu", (row, column) => le(row, column));

/** Differences of neighbours along the axis, which becomes one shorter. */
export function diff(x: Operand, axis = -1): Node {
  const node = toNode("diff", x);
  const at = toAxis("diff", axis, node.type.shape.length);
  return sub(sliceAxis(node, at, 1, undefined, 1), sliceAxis(node, at, 0, -1, 1));
}

/** A new last axis of `classes` with 1 at the label's place; a label out of range gives zeros. */
export function oneHot(labels: Operand, classes: unknown, options?: DTypeOption): Node {
  const node = toNode("oneHot", labels);
  const { shape, dtype } = node.type;
  if (!isInt(dtype)) throw userError("E202", { op: "oneHot", message: `labels ${describeTyped(node)} must be integers` });
  const wide = [...shape, toDim(classes)];
  const label = stretch(expandDims(convert(node, "i32"), -1), wide);
  return convert(make("eq", [label, iota("i32", wide, shape.length)]), dtypeFrom("oneHot", options));
}
