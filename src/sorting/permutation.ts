// A random order that comes of sorting: every order is equally likely, but for two equal draws of 64 bits among all. It costs
// a sort; `permutation` of damo/random is cheaper, and computes single places.

import type { Node } from "../../ir/node.ts";
import { take } from "../indexing.ts";
import * as e from "../ops/elementwise.ts";
import { type Operand, toNode } from "../ops/operand.ts";
import { convert } from "../ops/primitive.ts";
import { randomWords } from "../random/keys.ts";
import { toAxis, toDim } from "../shape.ts";
import { argsort } from "./sort.ts";

/** A random order of 0 ... n - 1 for a size, of the slices along `axis` for a tensor. */
export function permutationBySort(key: Operand, of: number | string | Operand, axis = 0): Node {
  const op = "permutationBySort";
  const node = typeof of === "number" || typeof of === "string" ? undefined : toNode(op, of);
  const at = node === undefined ? 0 : toAxis(op, axis, node.type.shape.length);
  const [high, low] = randomWords(op, key, [node === undefined ? toDim(of) : node.type.shape[at]!]);
  const order = argsort(e.add(e.shiftLeft(convert(high, "i64"), 32), convert(low, "i64")));
  return node === undefined ? order : take(node, order, at);
}
