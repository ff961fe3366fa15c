// Sliding windows: where they lie along each axis, and how many fit.

import { dimsAttribute, intsAttribute } from "../attributes.ts";
import { type Dim, addDims, floorDivDims, subDims } from "../size.ts";
import { checkAtLeast, checkEntries } from "./structural-checks.ts";

/** One entry per axis. `low` and `high` are virtual elements before and after the operand's; negative ones crop. */
export interface WindowGeometry {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly low: readonly Dim[];
  readonly high: readonly Dim[];
}

export const geometryAttributes = { window: "ints", strides: "ints", dilation: "ints", low: "dims", high: "dims" } as const;

type HasAttributes = Parameters<typeof dimsAttribute>[0];

export function geometryOf(from: HasAttributes): WindowGeometry {
  return {
    window: intsAttribute(from, "window"),
    strides: intsAttribute(from, "strides"),
    dilation: intsAttribute(from, "dilation"),
    low: dimsAttribute(from, "low"),
    high: dimsAttribute(from, "high"),
  };
}

export function checkGeometry(op: string, geometry: WindowGeometry, rank: number): void {
  for (const name of ["window", "strides", "dilation", "low", "high"] as const) checkEntries(op, name, geometry[name], rank);
  checkAtLeast(op, "window", geometry.window, 1);
  checkAtLeast(op, "strides", geometry.strides, 1);
  checkAtLeast(op, "dilation", geometry.dilation, 1);
}

/** Places from the first to the last element of a window, along each axis. */
export function spansOf({ window, dilation }: WindowGeometry): readonly number[] {
  return window.map((size, axis) => (size - 1) * dilation[axis]! + 1);
}

/** Number of windows that fit along each axis; none where the padded axis is shorter than a window. */
export function windowCounts(geometry: WindowGeometry, shape: readonly Dim[]): readonly Dim[] {
  const { strides, low, high } = geometry;
  const spans = spansOf(geometry);
  return shape.map((dim, axis) => {
    const room = subDims(addDims(dim, addDims(low[axis]!, high[axis]!)), spans[axis]!);
    if (typeof room === "number" && room < 0) return 0;
    return addDims(floorDivDims(room, strides[axis]!), 1);
  });
}
