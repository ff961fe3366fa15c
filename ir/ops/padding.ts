// Virtual padding: reading a tensor as if it stood, spread out by a dilation, in a field of some value.

import type { TensorData } from "../data.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder } from "../op.ts";
import { type Dim, addDims, maxDims, mulDims } from "../size.ts";
import { clampIndex, clampedOperand } from "./clamp-index.ts";
import { type Element, readerOf } from "./index-space.ts";

/** Size of an axis with `interior` gaps between neighbours. */
export function dilatedSize(dim: Dim, interior: number): Dim {
  return interior === 0 ? dim : maxDims(0, addDims(mulDims(dim, interior + 1), -interior));
}

/** Reads at an index of the padded tensor. */
export function paddedReader(
  tensor: TensorData, low: readonly number[], interior: readonly number[], value: Element,
): (index: readonly number[]) => Element {
  const read = readerOf(tensor);
  const own = tensor.shape.map(() => 0);
  return (index) => {
    for (let axis = 0; axis < own.length; axis++) {
      const position = (index[axis]! - low[axis]!) / (interior[axis]! + 1);
      if (!Number.isInteger(position) || position < 0 || position >= tensor.shape[axis]!) return value;
      own[axis] = position;
    }
    return read(own);
  };
}

/** Where positions may lie: within `low` before and `high` after an axis, in steps that need `span` places at least. */
export interface Margins {
  readonly low: readonly Dim[];
  readonly high: readonly Dim[];
  readonly span: readonly number[];
}

const mayExceed = (margin: Dim): boolean => typeof margin !== "number" || margin > 0;

/** Whether there can be positions although the axis is empty. */
function mayBeEmpty({ low, high, span }: Margins, axis: number): boolean {
  const room = addDims(low[axis]!, high[axis]!);
  return typeof room !== "number" || room >= span[axis]!;
}

/**
 * The operand's element at `positions` of its dilated index space, or `value` between and outside its elements. The load
 * is always in range, and stays affine along axes that nothing sticks out of: only the choice depends on the position.
 */
export function paddedElement(
  b: ElementBuilder, shape: readonly Dim[], margins: Margins, positions: readonly ValueId[], interior: readonly number[], value: ValueId,
): ValueId {
  if (shape.includes(0)) return value;
  const { kernel } = b;
  const conditions: ValueId[] = [];
  const clamped: number[] = [];
  const index = positions.map((position, axis) => {
    const spacing = interior[axis]! + 1;
    const own = spacing === 1 ? position : kernel.div(position, kernel.i32(spacing));
    const [below, above] = [mayExceed(margins.low[axis]!), mayExceed(margins.high[axis]!)];
    if (spacing !== 1) conditions.push(kernel.op("eq", kernel.rem(position, kernel.i32(spacing)), kernel.i32(0)));
    if (below) conditions.push(kernel.op("ge", position, kernel.i32(0)));
    if (above) conditions.push(kernel.op("lt", own, b.dim(shape[axis]!)));
    if (mayBeEmpty(margins, axis)) clamped.push(axis);
    return below || above ? clampIndex(b, own, shape[axis]!) : own;
  });
  return selectWhere(b, conditions, clampedOperand(b, 0, shape, index, clamped, value), value);
}

/** `inside` where all conditions hold, else `outside`. */
export function selectWhere(b: ElementBuilder, conditions: readonly ValueId[], inside: ValueId, outside: ValueId): ValueId {
  if (conditions.length === 0) return inside;
  const all = conditions.reduce((left, right) => b.kernel.op("and", left, right));
  return b.kernel.select(all, inside, outside);
}
