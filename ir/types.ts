// Element types and tensor types: what a value is, before anything is known about where it lives.

import type { Dim } from "./size.ts";
import { dimEquals, showDim } from "./size.ts";

/** Element types. `bool` is stored as one byte, 0 or 1; `f16` on the host as `ir/half.ts` says. */
export type DType = "f16" | "f32" | "f64" | "i32" | "u32" | "i64" | "i8" | "u8" | "bool";

/** A shape: every entry an integer or an expression over named sizes. */
export type Shape = readonly Dim[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export const dtypes: readonly DType[] = ["f16", "f32", "f64", "i32", "u32", "i64", "i8", "u8", "bool"];

/** Bytes of one element in memory. */
export const itemSize: { readonly [D in DType]: number } = {
  f16: 2, f32: 4, f64: 8, i32: 4, u32: 4, i64: 8, i8: 1, u8: 1, bool: 1,
};

/** The floats that are computed in. An operation on f16 is that on f32, its result rounded. */
export type FloatDType = "f32" | "f64";
export type IntDType = "i32" | "u32" | "i64" | "i8" | "u8";

export function isFloat(dtype: DType): dtype is FloatDType | "f16" {
  return dtype === "f16" || dtype === "f32" || dtype === "f64";
}

export function isWideFloat(dtype: DType): dtype is FloatDType {
  return dtype === "f32" || dtype === "f64";
}

export function isInt(dtype: DType): dtype is IntDType {
  return dtype !== "bool" && !isFloat(dtype);
}

export function isSigned(dtype: DType): boolean {
  return dtype === "i8" || dtype === "i32" || dtype === "i64" || isFloat(dtype);
}

/** Smallest and largest value of an integer dtype (as bigint, so that i64 is exact). */
export const intRange: { readonly [D in IntDType]: readonly [bigint, bigint] } = {
  i8: [-128n, 127n],
  u8: [0n, 255n],
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
};

export function tensorType(dtype: DType, shape: Shape): TensorType {
  return { dtype, shape };
}

export function shapeEquals(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dimEquals(dim, b[axis]!));
}

export function typeEquals(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && shapeEquals(a.shape, b.shape);
}

export function showShape(shape: Shape): string {
  return `[${shape.map(showDim).join(",")}]`;
}

/** `f32[batch,784]`, the form of the text IR and of messages. */
export function showType(type: TensorType): string {
  return `${type.dtype}${showShape(type.shape)}`;
}
