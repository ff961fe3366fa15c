// Checks that the ops which move, reduce and contract elements share. Each throws the user's error.

import { userError } from "../errors.ts";
import { type Dim, showDim } from "../size.ts";
import { type DType, type TensorType, showShape } from "../types.ts";

/** Axes of a tensor of that rank, each named once. */
export function checkAxes(op: string, axes: readonly number[], rank: number): void {
  const seen = new Set<number>();
  for (const axis of axes) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) {
      throw userError("E204", { op, message: `axis ${axis} is out of range for rank ${rank}` });
    }
    if (seen.has(axis)) throw userError("E204", { op, message: `axis ${axis} is named twice` });
    seen.add(axis);
  }
}

/** An attribute with one entry per axis. */
export function checkEntries(op: string, name: string, entries: readonly unknown[], rank: number): void {
  if (entries.length !== rank) {
    throw userError("E205", { op, message: `${name} has ${entries.length} entries, ${rank} are needed, one per axis` });
  }
}

/** Integers that are at least `least`. */
export function checkAtLeast(op: string, name: string, values: readonly number[], least: number): void {
  for (const value of values) {
    if (!Number.isInteger(value) || value < least) {
      throw userError("E205", { op, message: `${name} holds ${value}, the least is ${least}` });
    }
  }
}

/** Sizes that are known must not be negative. */
export function checkShape(op: string, shape: readonly Dim[]): void {
  for (const dim of shape) {
    if (typeof dim === "number" && (!Number.isInteger(dim) || dim < 0)) {
      throw userError("E102", { op, message: `${showShape(shape)} is not a shape` });
    }
  }
}

export function checkSameDType(op: string, operands: readonly TensorType[]): void {
  const first = operands[0]!.dtype;
  for (const { dtype } of operands) {
    if (dtype !== first) throw userError("E202", { op, message: `operands have dtypes ${first} and ${dtype}`, hint: "convert one of them" });
  }
}

export function checkDType(op: string, type: TensorType, allowed: (dtype: DType) => boolean, wanted: string): void {
  if (!allowed(type.dtype)) throw userError("E202", { op, message: `takes ${wanted}, not ${type.dtype}` });
}

export function checkRank(op: string, what: string, type: TensorType, rank: number): void {
  if (type.shape.length !== rank) {
    throw userError("E203", { op, message: `${what} has shape ${showShape(type.shape)}, its rank must be ${rank}` });
  }
}

export function checkSameDim(op: string, what: string, a: Dim, b: Dim): void {
  if (a !== b) throw userError("E203", { op, message: `${what}: ${showDim(a)} and ${showDim(b)}` });
}
