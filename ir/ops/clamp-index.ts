// Bringing computed indices into range, since every lane of a kernel loads.

import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder } from "../op.ts";
import { type Dim, minDims, productOfDims, subDims } from "../size.ts";

/** An index brought into an axis of that size: 0 where the axis is empty. */
export function clampIndex(b: ElementBuilder, index: ValueId, size: Dim): ValueId {
  return clampBetween(b, index, typeof size === "number" ? Math.max(0, size - 1) : subDims(size, 1));
}

/** An index brought into 0..last. */
export function clampBetween(b: ElementBuilder, index: ValueId, last: Dim): ValueId {
  return b.kernel.max(b.kernel.min(index, b.dim(last)), b.kernel.i32(0));
}

/**
 * The operand's element at an index whose `clamped` axes were brought into range, or `otherwise` where one of them turns out
 * to be empty when the program runs: the load stands in a loop of at most one iteration, on whose index it depends.
 */
export function clampedOperand(
  b: ElementBuilder, input: number, shape: readonly Dim[], index: readonly ValueId[], clamped: readonly number[], otherwise: ValueId,
): ValueId {
  if (clamped.some((axis) => shape[axis] === 0)) return otherwise;
  const unknown = clamped.filter((axis) => typeof shape[axis] !== "number");
  if (unknown.length === 0) return b.operand(input, index);
  const rounds = minDims(1, productOfDims(unknown.map((axis) => shape[axis]!)));
  const [element] = b.accumulate([rounds], [otherwise], [undefined], ([round]) =>
    [b.operand(input, index.map((i, axis) => (axis === unknown[0] ? b.kernel.add(i, round!) : i)))]);
  return element!;
}
