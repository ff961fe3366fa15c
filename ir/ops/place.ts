// Places in a tensor given by index arrays, as gather and scatter share them: one i32 array per indexed axis, all of one
// shape I; a place is an index of I followed by indices of the axes that are not indexed.

import type { TensorData } from "../data.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder } from "../op.ts";
import type { Dim } from "../size.ts";
import { type Shape, type TensorType, shapeEquals, showShape, showType } from "../types.ts";
import { clampIndex } from "./clamp-index.ts";
import { readerOf } from "./index-space.ts";
import { checkAxes, checkEntries } from "./structural-checks.ts";

/** The shape that all index arrays have. */
export function checkIndices(op: string, indices: readonly TensorType[], axes: readonly number[], rank: number): Shape {
  checkAxes(op, axes, rank);
  checkEntries(op, "the list of index arrays", indices, axes.length);
  if (indices.length === 0) throw userError("E201", { op, message: "got no index array" });
  for (const index of indices) {
    if (index.dtype !== "i32") throw userError("E202", { op, message: `an index array is i32, not ${showType(index)}` });
    if (!shapeEquals(index.shape, indices[0]!.shape)) {
      throw userError("E203", { op, message: `index arrays have shapes ${showShape(indices[0]!.shape)} and ${showShape(index.shape)}` });
    }
  }
  return indices[0]!.shape;
}

/** I, then the sizes of the axes that are not indexed. */
export function placesShape(shape: Shape, axes: readonly number[], indexShape: Shape): Shape {
  return [...indexShape, ...shape.filter((_, axis) => !axes.includes(axis))];
}

/** What happens to an index that lies outside: E601, the nearest one (if there is any), or nothing is read or written. */
export type OutOfRange = "check" | "clamp" | "skip";

/** The operand's index at a place, or undefined where there is none. */
export function placeReader(
  op: string, shape: readonly number[], indices: readonly TensorData[], axes: readonly number[], outOfRange: OutOfRange,
): (place: readonly number[]) => readonly number[] | undefined {
  const readers = indices.map(readerOf);
  const rank = indices[0]!.shape.length;
  return (place) => {
    const own = new Array<number>(shape.length);
    for (let k = 0; k < axes.length; k++) {
      const size = shape[axes[k]!]!;
      const given = Number(readers[k]!(place));
      const index = given < 0 ? given + size : given;
      if (index < 0 || index >= size) {
        if (outOfRange === "skip" || (outOfRange === "clamp" && size === 0)) return undefined;
        if (outOfRange === "check") {
          throw userError("E601", { op, message: `index ${given} is out of range for axis ${axes[k]} of size ${size}` });
        }
      }
      own[axes[k]!] = Math.min(Math.max(index, 0), size - 1);
    }
    let next = rank;
    for (let axis = 0; axis < shape.length; axis++) if (!axes.includes(axis)) own[axis] = place[next++]!;
    return own;
  };
}

/** A place in a kernel: always in range, with the condition that the given indices were. */
export interface Place {
  readonly index: readonly ValueId[];
  readonly conditions: readonly ValueId[];
}

/** `first` is the operand that holds the first index array, `rank` the rank of the index arrays. */
export function placeOf(
  b: ElementBuilder, first: number, shape: readonly Dim[], axes: readonly number[], rank: number, place: readonly ValueId[],
): Place {
  const { kernel } = b;
  const conditions: ValueId[] = [];
  const rest = place.slice(rank);
  let next = 0;
  const index = shape.map((size, axis) => {
    const k = axes.indexOf(axis);
    if (k < 0) return rest[next++]!;
    const given = b.operand(first + k, place.slice(0, rank));
    const wrapped = kernel.select(kernel.op("lt", given, kernel.i32(0)), kernel.add(given, b.dim(size)), given);
    conditions.push(kernel.op("ge", wrapped, kernel.i32(0)), kernel.op("lt", wrapped, b.dim(size)));
    return clampIndex(b, wrapped, size);
  });
  return { index, conditions };
}
