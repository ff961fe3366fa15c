// The largest of values that are not negative: 0 where there are none.

import type { Node } from "../../ir/node.ts";
import { isNonNegative, subDims } from "../../ir/size.ts";
import { eq, select } from "../ops/elementwise.ts";
import { max, sum } from "../ops/reduction.ts";
import { sizeValue } from "../ops/size.ts";

/** Over the last axis, of any size. */
export function largest(values: Node): Node {
  const size = values.type.shape.at(-1)!;
  if (size === 0) return sum(values, -1);
  return isNonNegative(subDims(size, 1)) ? max(values, -1) : select(eq(sizeValue(size), 0), 0, max(values, -1));
}
