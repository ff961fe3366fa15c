// Bringing computed indices into range, since every lane of a kernel loads.

import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder } from "../op.ts";
import { type Dim, subDims } from "../size.ts";

/** An index brought into an axis of that size: 0 where the axis is empty. */
export function clampIndex(b: ElementBuilder, index: ValueId, size: Dim): ValueId {
  return clampBetween(b, index, typeof size === "number" ? Math.max(0, size - 1) : subDims(size, 1));
}

/** An index brought into 0..last. */
export function clampBetween(b: ElementBuilder, index: ValueId, last: Dim): ValueId {
  return b.kernel.max(b.kernel.min(index, b.dim(last)), b.kernel.i32(0));
}
