// Sorting along an axis: values, their order, what is carried along, and the first of a sorted line. The ops work on the last axis and
// on dtypes of at least 32 bits; both come about here.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { sort as sortOp } from "../../ir/routines/sorting/sort.ts";
import { topK as topKOp } from "../../ir/routines/sorting/top-k.ts";
import { dimEquals, maxDims } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { takeAlongAxis } from "../indexing.ts";
import { moveAxis } from "../ops/movement.ts";
import { type Operand, toNode } from "../ops/operand.ts";
import { assume, convert, make } from "../ops/primitive.ts";
import { neverEqual, toAxis, toDim } from "../shape.ts";

export interface SortOptions {
  /** The axis to sort along; the last unless said otherwise. */
  readonly axis?: number | undefined;
  readonly descending?: boolean | undefined;
}

/** The dtype in which a routine orders these values. */
export function sortedAs(dtype: DType): DType {
  return dtype === "i8" || dtype === "u8" || dtype === "bool" ? "i32" : dtype;
}

interface Sorted {
  readonly values: Node;
  readonly order: Node;
}

/** Both results of an op on lines, back in the dtype and with the axis of the operand. */
function alongAxis(op: string, x: Operand, axis: number | undefined, run: (lines: Node) => Node): Sorted {
  const node = toNode(op, x);
  const at = toAxis(op, axis ?? -1, node.type.shape.length);
  const { dtype } = node.type;
  const sorted = run(convert(moveAxis(node, at, -1), sortedAs(dtype)));
  const result = (index: number): Node => moveAxis(make("result", [sorted], { index }), -1, at);
  return { values: convert(result(0), dtype), order: result(1) };
}

function sorted(op: string, x: Operand, { axis, descending = false }: SortOptions): Sorted {
  return alongAxis(op, x, axis, (lines) => make(sortOp.name, [lines], { descending }));
}

/** The elements in order along an axis. Stable; NaN is greater than every number. */
export function sort(x: Operand, options: SortOptions = {}): Node {
  return sorted("sort", x, options).values;
}

/** Where the elements of `sort(x)` were, as i32. */
export function argsort(x: Operand, options: SortOptions = {}): Node {
  return sorted("argsort", x, options).order;
}

/** `keys` in order along an axis, then each of the others, of the same shape, in the order of the keys. E203. */
export function sortBy(keys: Operand, others: readonly Operand[], options: SortOptions = {}): Node[] {
  const op = "sortBy";
  const node = toNode(op, keys);
  const { shape } = node.type;
  const { values, order } = sorted(op, node, options);
  const carried = others.map((other) => {
    const own = toNode(op, other);
    if (own.type.shape.length !== shape.length || own.type.shape.some((dim, i) => neverEqual(dim, shape[i]!))) {
      throw userError("E203", { op, message: `${describeTyped(own)} does not have the shape of the keys ${describeTyped(node)}` });
    }
    return takeAlongAxis(own, order, options.axis ?? -1);
  });
  return [values, ...carried];
}

export interface TopKOptions {
  /** The axis to look along; the last unless said otherwise. */
  readonly axis?: number | undefined;
  /** The smallest instead of the greatest. */
  readonly smallest?: boolean | undefined;
}

/** The k greatest elements along an axis, greatest first, and their indices; of equal ones the first counts first. A NaN is greater than every number. */
export function topK(x: Operand, k: unknown, { axis, smallest = false }: TopKOptions = {}): { readonly values: Node; readonly indices: Node } {
  const count = toDim(k);
  const { values, order } = alongAxis("topK", x, axis, (lines) => {
    const { shape } = lines.type;
    const length = shape.at(-1)!;
    if (typeof length === "number" && typeof count === "number" && count > length) {
      throw userError("E205", { op: "topK", message: `${count} elements are asked for, of ${length}` });
    }
    // That there are so many is checked when sizes have values.
    const least = maxDims(length, count);
    return make(topKOp.name, [dimEquals(least, length) ? lines : assume(lines, [...shape.slice(0, -1), least])], { count: [count], smallest });
  });
  return { values, indices: order };
}
