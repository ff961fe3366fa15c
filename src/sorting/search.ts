// Where values belong in a sorted line.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { searchSorted as searchSortedOp } from "../../ir/routines/sorting/search-sorted.ts";
import { productOfDims } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import { stretchTo } from "../ops/movement.ts";
import { meet, type Operand, toDType, toNode } from "../ops/operand.ts";
import { make, reshape } from "../ops/primitive.ts";
import { sortedAs } from "./sort.ts";

export interface SearchOptions {
  /** Before or behind elements that are equal; before (`left`) unless said otherwise. */
  readonly side?: "left" | "right" | undefined;
}

/**
 * The places, 0 to n, at which values stand in the line without disturbing its order. One line of n elements serves values of any shape;
 * lines [..., n] have values [..., m] each. The line is in ascending order: that is not checked. E203, E205.
 */
export function searchSorted(line: Operand, values: Operand, { side = "left" }: SearchOptions = {}): Node {
  const op = "searchSorted";
  if (side !== "left" && side !== "right") throw userError("E205", { op, message: `side is ${String(side)}`, hint: 'use "left" or "right"' });
  const dtype = sortedAs(meet(op, [line, values]));
  const lines = toDType(op, toNode(op, line), dtype);
  const wanted = toDType(op, values, dtype);
  const rank = lines.type.shape.length;
  const batch = lines.type.shape.slice(0, -1);
  if (rank === 0 || (rank > 1 && wanted.type.shape.length !== rank)) {
    throw userError("E203", { op, message: `${describeTyped(wanted)} cannot be looked up in ${describeTyped(lines)}`, hint: "a line has one axis; several lines have values with as many axes" });
  }
  const rows = rank === 1 ? reshape(wanted, [productOfDims(wanted.type.shape)]) : stretchTo(op, wanted, [...batch, wanted.type.shape.at(-1)!]);
  return reshape(make(searchSortedOp.name, [lines, rows], { right: side === "right" }), rank === 1 ? wanted.type.shape : rows.type.shape);
}
