// Where an element of a reshaped tensor comes from. Axes that the reshape leaves alone keep their index, merged axes
// stay affine, and only axes that are split in the operand cost divisions: so most reshapes vectorise.

import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder } from "../op.ts";
import { type Dim, divideExactly, mulDims } from "../size.ts";

/** Axes of the operand and of the result that hold the same elements. */
export interface ReshapeGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Splits a reshape into the smallest groups of neighbouring axes that can be shown to have equal products. Axes of size
 *  1 are in no group: their index is 0. */
export function reshapeGroups(from: readonly Dim[], to: readonly Dim[]): readonly ReshapeGroup[] {
  const left = from.map((_, axis) => axis).filter((axis) => from[axis] !== 1);
  const right = to.map((_, axis) => axis).filter((axis) => to[axis] !== 1);
  const trailing: ReshapeGroup[] = [];
  while (left.length > 0 && right.length > 0 && from[left[left.length - 1]!] === to[right[right.length - 1]!]) {
    trailing.unshift({ from: [left.pop()!], to: [right.pop()!] });
  }
  const groups: ReshapeGroup[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const start = [i, j] as const;
    let [a, b] = [from[left[i++]!]!, to[right[j++]!]!];
    while (a !== b) {
      const side = shorterSide(a, b);
      if (side === "from" && i < left.length) a = mulDims(a, from[left[i++]!]!);
      else if (side === "to" && j < right.length) b = mulDims(b, to[right[j++]!]!);
      else [i, j, a, b] = [left.length, right.length, 0, 0];
    }
    groups.push({ from: left.slice(start[0], i), to: right.slice(start[1], j) });
  }
  return [...groups, ...trailing];
}

/** The side whose product must grow before both can be equal; undefined where that is not known. */
function shorterSide(a: Dim, b: Dim): "from" | "to" | undefined {
  if (typeof a === "number" && typeof b === "number") return a < b ? "from" : "to";
  if (a === 0 || b === 0) return undefined;
  if (divideExactly(b, a) !== undefined) return "from";
  return divideExactly(a, b) !== undefined ? "to" : undefined;
}

/** The operand's index of the element at `index` of the result. */
export function reshapeIndex(b: ElementBuilder, from: readonly Dim[], to: readonly Dim[], index: readonly ValueId[]): readonly ValueId[] {
  const { kernel } = b;
  const source = from.map(() => kernel.i32(0));
  for (const group of reshapeGroups(from, to)) {
    let position = kernel.i32(0);
    for (const axis of group.to) position = kernel.add(kernel.mul(position, b.dim(to[axis]!)), index[axis]!);
    for (let k = group.from.length - 1; k >= 0; k--) {
      const axis = group.from[k]!;
      source[axis] = k === 0 ? position : kernel.rem(position, b.dim(from[axis]!));
      position = k === 0 ? position : kernel.div(position, b.dim(from[axis]!));
    }
  }
  return source;
}
