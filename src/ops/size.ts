// A size as a value: what turns a dimension into a number of the computation.

import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { full, make } from "./primitive.ts";

/** An i32 scalar holding the size. */
export function sizeValue(size: Dim): Node {
  return typeof size === "number" ? full(size, "i32", []) : make("size", [], { size: [size] });
}
