// Reading by a boolean mask. How many elements a mask keeps is known only from its values, so the result has the size
// that the caller states, as in JAX: kept elements in order, then a fill value.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { productOfDims } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import { neverEqual, toAxis, toDim } from "../shape.ts";
import { stretchTo } from "./movement.ts";
import { type Operand, toNode, type Weak, weakNode } from "./operand.ts";
import { assume, convert, fullLike, make, reshape, transpose } from "./primitive.ts";

export interface CompressOptions {
  /** Places of the result: elements that are kept beyond it are left out. */
  readonly size: number | string;
  /** The axis the condition runs along; without one x is read as if it were flat. */
  readonly axis?: number | null | undefined;
  /** What stands behind the kept elements; 0 by default. */
  readonly fillValue?: Weak | undefined;
}

/** In place of options that state a size: E102 then says that it lacks. */
export const notGiven = {} as { readonly size: number; readonly stored: number; readonly length: number };

/** The elements of x, along an axis, at which the condition (bool, one axis) holds. E202, E203, E204. */
export function compress(condition: Operand, x: Operand, { size, axis = null, fillValue = 0 }: CompressOptions = notGiven): Node {
  const op = "compress";
  const mask = toNode(op, condition);
  const given = toNode(op, x);
  if (mask.type.dtype !== "bool" || mask.type.shape.length !== 1) {
    throw userError("E202", { op, message: `the condition ${describeTyped(mask)} must be bool of one axis` });
  }
  const node = axis === null ? reshape(given, [productOfDims(given.type.shape)]) : given;
  const { shape, dtype } = node.type;
  const along = axis === null ? 0 : toAxis(op, axis, shape.length);
  const extent = shape[along]!;
  if (neverEqual(mask.type.shape[0]!, extent)) {
    throw userError("E203", { op, message: `the condition ${describeTyped(mask)} does not have the size of axis ${along} of ${describeTyped(node)}` });
  }
  const kept = mask.type.shape[0] === extent ? mask : assume(mask, [extent]);
  const limit = toDim(size);
  // The i-th kept element goes to place i; the others go past the end, where a scatter drops them.
  const counted = make("cumsum", [convert(kept, "i32")], { axis: 0, reverse: false });
  const places = make("select", [kept, make("sub", [counted, fullLike(counted, 1)]), stretchTo(op, make("size", [], { size: [limit] }), [extent])]);
  const order = [along, ...shape.map((_, i) => i).filter((i) => i !== along)];
  const rows = transpose(node, order);
  const blank = weakNode(op, fillValue, dtype, [limit, ...rows.type.shape.slice(1)]);
  const packed = make("scatter", [blank, rows, places], { axes: [0], mode: "set", bounds: "drop" });
  return transpose(packed, shape.map((_, i) => order.indexOf(i)));
}
